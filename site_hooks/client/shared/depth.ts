// How much of Python is there: it is brought in steps, and a run needs no more than its code does.

import type { Depth } from "./protocol";

export const DEPTHS = ["python", "numpy", "all"] as const satisfies Depth[];

/** Whether what is there is enough. */
export function reaches(there: Depth, needed: Depth): boolean {
  return DEPTHS.indexOf(there) >= DEPTHS.indexOf(needed);
}

export function deeper(one: Depth, other: Depth): Depth {
  return reaches(one, other) ? one : other;
}
