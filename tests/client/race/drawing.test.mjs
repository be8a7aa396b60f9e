// Lines of equal height, axes, labels, and where a run is by the clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contours } from "../../../site_hooks/client/race/contours";
import { reached, ticks } from "../../../site_hooks/client/race/runs";
import { apart, stops } from "../../../site_hooks/client/race/stage";

const grid = (size, height) => Array.from({ length: size * size }, (_, at) => height(at % size, Math.floor(at / size)));
const segments = (found) => Array.from({ length: found.length / 4 }, (_, at) => [...found.slice(4 * at, 4 * at + 4)]);

test("a line of equal height joins points of that height", () => {
  const size = 41;
  const height = (x, y) => (x - 20) ** 2 + 3 * (y - 18) ** 2;
  const [found] = contours(grid(size, height), size, [90]);
  assert.ok(found.length > 100);
  for (const [x, y, toX, toY] of segments(found)) {
    for (const one of [height(x, y), height(toX, toY)]) assert.ok(Math.abs(one - 90) < 1.5, one);
    assert.ok(Math.hypot(toX - x, toY - y) < 1.5);
  }
});

test("lines are closed inside the grid", () => {
  const [found] = contours(
    grid(21, (x, y) => (x - 10) ** 2 + (y - 10) ** 2),
    21,
    [30],
  );
  const ends = new Map();
  for (const [x, y, toX, toY] of segments(found)) {
    for (const key of [`${x},${y}`, `${toX},${toY}`]) ends.set(key, (ends.get(key) ?? 0) + 1);
  }
  assert.ok([...ends.values()].every((times) => times === 2));
});

for (const [middle, corners] of [
  ["low", [0, 5, 0, 5]],
  ["high", [4, 9, 4, 9]],
]) {
  test(`where a line crosses a square twice, its ${middle} middle joins its like`, () => {
    // Corners against the clock; the level is between them.
    const [a, b, c, d] = corners;
    const level = middle === "low" ? 3 : 6;
    const [found] = contours([a, b, d, c], 2, [level]);
    const cut = segments(found).map(([x, y, toX, toY]) => [Math.round((x + toX) / 2), Math.round((y + toY) / 2)]);
    // The corners that are cut off are those on the other side than the middle.
    const mean = (a + b + c + d) / 4;
    const off = [
      [[0, 0], a],
      [[1, 0], b],
      [[1, 1], c],
      [[0, 1], d],
    ].flatMap(([at, height]) => (height < level !== mean < level ? [String(at)] : []));
    assert.deepEqual(new Set(cut.map(String)), new Set(off));
  });
}

test("a grid with holes has no lines in them", () => {
  const [found] = contours([0, 1, Number.NaN, 1], 2, [0.5]);
  assert.equal(found.length, 0);
});

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
