// How much of Python is there: it is brought in steps, and a run needs no more than its code does.

/** Python alone; with NumPy, and what of pylib needs no more; with matplotlib: all that a lesson's cell may need. */
export const DEPTHS = ["python", "numpy", "all"] as const;

export type Depth = (typeof DEPTHS)[number];

/** Whether what is there is enough. */
export function reaches(there: Depth, needed: Depth): boolean {
  return DEPTHS.indexOf(there) >= DEPTHS.indexOf(needed);
}

export function deeper(one: Depth, other: Depth): Depth {
  return reaches(one, other) ? one : other;
}
