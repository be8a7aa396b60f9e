// Lines of equal height lie where the height is that, and a frame leads there and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contour, levels } from "../../../site_hooks/client/plane/contours";
import { Frame, frameOf, range, surfaceOf } from "../../../site_hooks/client/plane/surface";

const SIDE = 21;
const bowl = Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
  const [x, y] = [(at % SIDE) - 10, Math.floor(at / SIDE) - 10];
  return x * x + y * y;
});

test("each end of each segment of a bowl's line lies at its radius", () => {
  const segments = contour(bowl, SIDE, SIDE, 36);
  assert.ok(segments.length >= 4 * 24);
  for (let at = 0; at < segments.length; at += 2) {
    const radius = Math.hypot(segments[at] - 10, segments[at + 1] - 10);
    assert.ok(Math.abs(radius - 6) < 0.05, `${radius}`);
  }
});

test("both branches at a saddle are drawn, and neither crosses the other", () => {
  const saddle = Float32Array.from([1, 0, 0, 1]);
  const segments = contour(saddle, 2, 2, 0.4);
  assert.equal(segments.length, 8);
  // Its middle, 0.5, is high: the two low corners are cut off.
  const corners = [segments.slice(0, 4), segments.slice(4)].map(([x, y, u, v]) => [(x + u) / 2, (y + v) / 2]);
  const near = corners.map(([x, y]) => Math.min(Math.hypot(x - 1, y), Math.hypot(x, y - 1)));
  assert.ok(Math.max(...near) < 0.5, JSON.stringify(segments));
});

test("heights that are no numbers cut a line off", () => {
  const hole = Float32Array.from(bowl);
  hole[10 * SIDE + 16] = Number.NaN;
  assert.ok(contour(hole, SIDE, SIDE, 36).length < contour(bowl, SIDE, SIDE, 36).length);
  assert.deepEqual(range(Float32Array.from([Number.NaN, 2, Infinity, -1])), [-1, 2]);
  assert.ok(levels(bowl).every((level, at, all) => at === 0 || level > all[at - 1]));
});

test("a frame leads to a place of the picture and back, and no further than its edge", () => {
  const frame = new Frame([-2, 2], [0, 10], 400, 200);
  assert.deepEqual([frame.x(0), frame.y(10)], [200, 0]);
  assert.deepEqual(frame.at(100, 50), [-1, 7.5]);
  assert.deepEqual(frame.at(-50, 900), [-2, 0]);
});

test("heights come as float32 in base64; too few of them make no surface", () => {
  const heights = btoa(String.fromCharCode(...new Uint8Array(Float32Array.from([1, 4, 2]).buffer)));
  const record = { bounds: [[-1, 1]], columns: 3, rows: 1, heights, minima: [] };
  const surface = surfaceOf(record);
  assert.deepEqual([...surface.heights], [1, 4, 2]);
  assert.equal(surfaceOf({ ...record, columns: 4 }), null);
  const frame = frameOf(surface, 100, 100);
  assert.ok(frame.y(1) < 100 && frame.y(4) > 0);
});
