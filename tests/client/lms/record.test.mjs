// What learning systems keep of a learner: a few characters an exercise; and how long a visit took, as they write it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOM, read, written } from "../../../site_hooks/client/lms/record";
import { clock, iso } from "../../../site_hooks/client/lms/time";

const DAY = 24 * 60 * 60 * 1000;
const day = (text) => Date.parse(text);

test("what was written is read: which exercise, and on which day", () => {
  const passed = new Map([
    ["abcd", day("2026-11-27T17:30:00Z")],
    ["-_09", day("1970-01-01T00:00:00Z")],
    ["ZZZZ", day("2400-02-29T23:59:59Z")],
  ]);
  const text = written(passed);
  assert.equal(text.length, 1 + 3 * 7);
  assert.deepEqual(
    [...read(text)],
    [
      ["abcd", day("2026-11-27")],
      ["-_09", 0],
      ["ZZZZ", day("2400-02-29")],
    ],
  );
});

test("what this module did not write is nothing", () => {
  for (const text of ["", "null", "2abcdAAA", "page=3", "{}"]) assert.equal(read(text).size, 0, text);
});

test("an entry that was cut is left out, the others are there", () => {
  const text = written(new Map([1, 2].map((n) => [`abc${n}`, n * DAY])));
  assert.deepEqual([...read(text.slice(0, -1)).keys()], ["abc1"]);
});

test("all fits into what systems keep; the first stay, whole", () => {
  const many = Array.from({ length: 2000 }, (_, n) => [String(1000 + n), n * DAY]);
  const text = written(new Map(many));
  assert.ok(text.length <= ROOM && text.length > ROOM - 7, String(text.length));
  assert.deepEqual([...read(text)], many.slice(0, 571));
});

test("how long a visit took", () => {
  for (const [ms, long, short] of [
    [0, "PT0H0M0S", "0000:00:00.00"],
    [3_723_456, "PT1H2M3.45S", "0001:02:03.45"],
    [59_999, "PT0H0M59.99S", "0000:00:59.99"],
    [100 * 3_600_000 + 600, "PT100H0M0.6S", "0100:00:00.60"],
    [-5, "PT0H0M0S", "0000:00:00.00"],
  ]) {
    assert.equal(iso(ms), long);
    assert.equal(clock(ms), short);
  }
});
