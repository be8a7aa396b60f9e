// The upward axis of a chart: which numbers it holds, and whether it is logarithmic.
import type { Run } from "./runs";
import type { Axis } from "./stage";

/** Decades below the first number that are shown at most. */
const DEEPEST = 1e-12;
/** What a logarithmic axis has beyond its numbers. */
const ROOM = 1.2;

/** `numbers`: of each run; one that diverges leaves the chart. */
export function chartAxis(name: string, runs: readonly Run[], numbers: (run: Run) => readonly number[]): Axis {
  // A run that ends above its start would leave the others no room, as in pylib/race/picture.py.
  const steady = runs.filter(({ stopped, loss }) => !stopped && loss.at(-1)! <= loss[0]!);
  const lines = (steady.length ? steady : runs).map(numbers);
  const first = Math.max(...lines.map((line) => line[0] ?? 0), 0);
  const all = lines.flat();
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (low < 0) {
    const bounded = Math.max(low, -10 * Math.max(first, 1));
    return { name, low: bounded, high: Math.max(Math.min(high, 10 * Math.max(first, 1)), bounded + 1) };
  }
  const top = Math.min(high, 100 * (first || high)) || 1;
  const least = Math.min(...all.filter((value) => value > 0), top);
  return { name, low: Math.max(Math.min(least, top / 10), top * DEEPEST) / ROOM, high: top * ROOM, isLog: true };
}
