// How much of Python is there: it is brought in steps, and a run needs no more than its code does.

import type { Depth } from "./protocol";

export const DEPTHS = ["python", "numpy", "all"] as const satisfies Depth[];

/** What the code of a cell's build needs. */
export function depthOf(cell: Element): Depth {
  return DEPTHS.find((depth) => depth === cell.getAttribute("depth")) ?? "all";
}

/** How much of Python a cell needs that is the first to run; one that needs others may need all. */
export function firstDepth(cell: Element): Depth {
  return cell.getAttribute("needs") ? "all" : depthOf(cell);
}

/** Whether what is there is enough. */
export function reaches(there: Depth, needed: Depth): boolean {
  return DEPTHS.indexOf(there) >= DEPTHS.indexOf(needed);
}

export function deeper(one: Depth, other: Depth): Depth {
  return reaches(one, other) ? one : other;
}
