// What the table counts of one hand-in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { counts } from "../../../site_hooks/client/grade/table";

const result = (outcome, claimed = false) => ({ outcome, claimed, message: "", check: null, flags: [] });
const results = new Map([
  ["losses/mse#a", result("pass", true)],
  ["losses/mse#b", result("doubtful", true)],
  ["losses/mse-2#a", result("untouched")],
  ["index#a", result("untouched")],
]);
const report = { results, flags: [] };
const of = (...pages) => counts({ report, cells: pages.map((page) => ({ page })) });

test("right are those that pass, of all on the pages that were handed in", () => {
  assert.deepEqual(of("losses/mse"), { right: 1, of: 2, claimed: 2, doubtful: 1 });
  assert.equal(of("losses/mse", "losses/mse", "index").of, 3);
  assert.equal(of("losses/mse", "losses/mse-2", "index").of, 4);
});

test("a file without any page of the site has none of all", () => {
  assert.equal(of().of, 4);
  assert.equal(of("elsewhere").of, 4);
});

test("what waits has no numbers", () => {
  assert.deepEqual(counts({ report: null, cells: [] }), { right: 0, of: 0, claimed: 0, doubtful: 0 });
});
