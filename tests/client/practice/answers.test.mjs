// What questions share without a page: numbers as learners type them, and an order that looks like chance.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isNear, parseNumber } from "../../../site_hooks/client/practice/number-answer";
import { numberOf, shuffled } from "../../../site_hooks/client/practice/shuffle";

test("numbers are read as people type them", () => {
  for (const [text, value] of [
    ["1.6", 1.6],
    [" −1,6 ", -1.6],
    [".5", 0.5],
    ["1e-3", 0.001],
    ["1 000", 1000],
    ["+2", 2],
    ["3.", 3],
  ])
    assert.equal(parseNumber(text), value, text);
  for (const text of ["", "-", "e3", "1.2.3", "1,2,3", "1,000.5", "two", "0x10", "Infinity", "1e999"])
    assert.equal(parseNumber(text), null, text);
});

test("a tolerance counts both ways, and its edge is inside whatever the rounding", () => {
  assert.ok(isNear(0.3, 0.1 + 0.2, 0));
  assert.ok(isNear(1.61, 1.6, 0.01));
  assert.ok(isNear(1.59, 1.6, 0.01));
  assert.ok(!isNear(1.6101, 1.6, 0.01));
  assert.ok(!isNear(-1.6, 1.6, 0.01));
});

test("an order is the same for one number, and every order comes", () => {
  const items = ["a", "b", "c"];
  assert.deepEqual(shuffled(items, 7), shuffled(items, 7));
  const counts = new Map();
  for (let seed = 0; seed < 6000; seed += 1) {
    const order = shuffled(items, seed).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(count > 850 && count < 1150, String(count));
  assert.deepEqual(items, ["a", "b", "c"]);
});

test("texts that differ in a letter give other numbers", () => {
  const keys = Array.from({ length: 1000 }, (_, index) => numberOf(`losses/mse#quiz-${index}`));
  assert.equal(new Set(keys).size, 1000);
});
