// A dict literal of Python is read one level at a time, and what is not changed stays as it was written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dict, entries, items } from "../../../site_hooks/client/microscope/python-dict";

test("entries keep their text, brackets and strings with commas and colons too", () => {
  const literal = `{"Adam": {"lr": 0.1, "betas": (0.9, 0.99)}, 'note': "a, {b}: 'c'", "flag": True}`;
  const found = entries(literal);
  assert.deepEqual(
    [...found],
    [
      ["Adam", '{"lr": 0.1, "betas": (0.9, 0.99)}'],
      ["note", `"a, {b}: 'c'"`],
      ["flag", "True"],
    ],
  );
  assert.deepEqual([...entries(found.get("Adam"))][1], ["betas", "(0.9, 0.99)"]);
  assert.equal(dict(new Map([["lr", "0.1"]])), '{"lr": 0.1}');
  assert.equal(entries("{}").size, 0);
});

test("what is no dict of strings is none", () => {
  for (const literal of ["dict(lr=1)", "{1: 2}", "{name: 2}", '{"a"}', '{"a": b: c}', "", "None"])
    assert.equal(entries(literal), null, literal);
});

test("items of lists and tuples", () => {
  assert.deepEqual(items("[-1.8, (1, 2), ]"), ["-1.8", "(1, 2)"]);
  assert.deepEqual(items("(1.0,)"), ["1.0"]);
  assert.equal(items("1.0"), null);
});
