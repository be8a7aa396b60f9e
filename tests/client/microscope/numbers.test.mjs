// Numbers are short where they are read, and whole where they are compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import { short, shortAll, whole } from "../../../site_hooks/client/microscope/numbers";

test("four digits, a minus sign, and powers of ten where a number is very small or large", () => {
  assert.equal(short(-0.123456), "−0.1235");
  assert.equal(short(12345.6), "12350");
  assert.equal(short(1.5e-7), "1.50e−7");
  assert.equal(short(3e12), "3.00e12");
  assert.equal(short(0), "0");
  assert.equal(short(null), "–");
  assert.equal(shortAll([1, -2.5]), "1, −2.5");
  assert.equal(shortAll(undefined), "–");
});

test("no digit is left out", () => {
  assert.equal(whole([0.1 + 0.2, null]), "0.30000000000000004 nan");
  assert.equal(whole(undefined), "");
});
