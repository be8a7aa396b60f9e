// Axes, labels, and where a run is by the clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contour } from "../../../site_hooks/client/plane/contours";
import { chartAxis } from "../../../site_hooks/client/race/chart-axis";
import { reached, ticks } from "../../../site_hooks/client/race/runs";
import { apart, stops } from "../../../site_hooks/client/race/stage";

for (const [middle, corners] of [
  ["low", [0, 5, 0, 5]],
  ["high", [4, 9, 4, 9]],
]) {
  test(`where a line crosses a square twice, its ${middle} middle joins its like`, () => {
    // Corners against the clock; the level is between them.
    const [a, b, c, d] = corners;
    const level = middle === "low" ? 3 : 6;
    const found = contour(Float32Array.of(a, b, d, c), 2, 2, level);
    const middles = [0, 4].map((at) => [(found[at] + found[at + 2]) / 2, (found[at + 1] + found[at + 3]) / 2]);
    // The corners that are cut off are those on the other side than the middle.
    const mean = (a + b + c + d) / 4;
    const places = ["0,0", "1,0", "1,1", "0,1"];
    const off = places.filter((_, at) => corners[at] < level !== mean < level);
    assert.deepEqual(new Set(middles.map((point) => String(point.map(Math.round)))), new Set(off));
  });
}

test("where a run is by the clock", () => {
  const run = { x: [0, 0, 0], evaluations: [0, 4, 9] };
  assert.deepEqual(ticks(run, "steps"), [0, 1, 2]);
  assert.deepEqual(
    [0, 3.9, 4, 8, 9, 99].map((clock) => reached(ticks(run, "evaluations"), clock)),
    [0, 0, 1, 1, 2, 2],
  );
});

test("round numbers along an axis", () => {
  assert.deepEqual(stops({ low: -2.3, high: 2.4 }, 5), [-2, -1, 0, 1, 2]);
  assert.deepEqual(stops({ low: 1e-4, high: 30, isLog: true }, 3).map(Math.log10), [-4, -2, 0]);
  // Less than two powers of 10 are too few to read a chart by.
  assert.deepEqual(stops({ low: 0.15, high: 4, isLog: true }, 4), [0.2, 0.5, 1, 2]);
  assert.deepEqual(stops({ low: 2.1e-6, high: 2.5e-5, isLog: true }, 4), [5e-6, 1e-5, 2e-5]);
});

test("a chart has room for those who arrive, and every number of theirs is inside", () => {
  const arrives = { loss: [4, 1, 0.5], stopped: null };
  const climbs = { loss: [4, 1e6, 1e7], stopped: null };
  const diverges = { loss: [4, 1e9], stopped: "Stopped." };
  const of = ({ loss }) => loss;
  for (const runs of [[arrives], [climbs, arrives], [arrives, diverges]]) {
    const { low, high, isLog } = chartAxis("loss", runs, of);
    assert.ok(isLog && low < 0.4 && low > 0.1 && high > 4 && high < 10);
  }
  assert.ok(chartAxis("loss", [climbs], of).high > 100);
  const below = chartAxis("loss", [{ loss: [0, -2, -1e9], stopped: null }], of);
  assert.ok(!below.isLog && below.low === -10);
  for (const nothing of [[0, 0], [0]]) {
    const { low, high } = chartAxis("loss", [{ loss: nothing, stopped: null }], of);
    assert.ok(low > 0 && low < high);
  }
});

test("labels keep apart, and as near as can be to where they belong", () => {
  const placed = apart([50, 51, 52, 200], 10, 100).sort((one, other) => one.at - other.at);
  const ys = placed.map(({ y }) => y);
  assert.deepEqual(
    [...ys].sort((a, b) => a - b),
    ys,
  );
  for (const [at, y] of ys.entries()) {
    assert.ok(y >= 10 && y <= 100);
    if (at) assert.ok(y - ys[at - 1] >= 15);
  }
});
