// What Python answers about a race, taken only as it should be; and where each run is at a moment of the clock.
import * as v from "valibot";
import type { By } from "./settings";

const numbers = v.array(v.pipe(v.number(), v.finite()));
const text = v.pipe(v.string(), v.maxLength(10_000));

const run = v.pipe(
  v.object({
    /** Where it is drawn. */
    x: numbers,
    y: numbers,
    loss: numbers,
    distance: numbers,
    /** Gradients computed until then. */
    evaluations: numbers,
    /** Of each update: one less than points. */
    lr: numbers,
    /** Why it ended before the others. */
    stopped: v.nullable(text),
    /** The worst loss of its last fifth. */
    score: v.nullable(v.number()),
    /** The share of rows not trained on that it gets right. */
    right: v.nullable(v.number()),
  }),
  v.check(({ x, y, loss, distance, evaluations, lr }) =>
    [x, y, loss, distance, evaluations].every(({ length }) => length === lr.length + 1),
  ),
);
const plane = v.pipe(
  v.object({
    names: v.nullable(v.tuple([text, text])),
    share: v.number(),
    weights: v.number(),
    /** Left, right, bottom, top. */
    bounds: v.tuple([v.number(), v.number(), v.number(), v.number()]),
    /** Columns, and rows, of the heights. */
    size: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(500)),
    heights: numbers,
    levels: numbers,
    minima: v.array(v.tuple([v.number(), v.number()])),
    from: v.picklist(["minimum", "start"]),
  }),
  v.check(({ size, heights }) => heights.length === size * size),
);
const answer = v.object({
  runs: v.pipe(v.array(v.union([run, v.object({ error: text })])), v.maxLength(6)),
  plane: v.nullable(plane),
});
const trials = v.union([
  v.object({ error: text }),
  v.object({
    trials: v.array(v.tuple([v.number(), v.nullable(v.number())])),
    best: v.nullable(v.number()),
  }),
]);
const own = v.array(v.tuple([text, v.number()]));

export type Run = v.InferOutput<typeof run>;
export type Plane = v.InferOutput<typeof plane>;
export type Answer = v.InferOutput<typeof answer>;
export type Trials = v.InferOutput<typeof trials>;

export const answerFrom = (json: string): Answer => v.parse(answer, JSON.parse(json));
export const trialsFrom = (json: string): Trials => v.parse(trials, JSON.parse(json));
export const ownFrom = (json: string): [string, number][] => v.parse(own, JSON.parse(json));

/** The clock's number at each point: what is equal for all contenders. */
export function ticks(run: Run, by: By): number[] {
  return by === "steps" ? run.x.map((_, step) => step) : run.evaluations;
}

/** The last point that a run has reached. */
export function reached(ticks: readonly number[], clock: number): number {
  let low = 0;
  let high = ticks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ticks[middle]! <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}
