// One hand-in judged: which code is run, and what is said of a file besides its results.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exercisesOf, regrade, requestFor, sameTimes } from "../../../site_hooks/client/grade/regrade";
import { baseHash } from "../../../site_hooks/client/shared/submission";

const cell = (id, source, check, needs = [], timeout = 30) => ({ id, title: id, source, needs, timeout, check });
const PAGES = [
  { page: "p", title: "P", cells: [cell("data", "d = 1", null), cell("a", "x = ___", "assert x", ["data"])] },
  { page: "q", title: "Q", cells: [cell("b", "y = ___", "assert y", [], 90), cell("c", "z = ___", "assert z")] },
];
const EXERCISES = exercisesOf(PAGES);
const SITE = { version: "v1", course: "Losses", exercises: EXERCISES, secret: new Map(), limit: 10 };

const SOURCES = { a: "x = ___", b: "y = ___", c: "z = ___" };
const written = (page, id, code, more = {}) => ({
  page,
  id,
  code,
  base: SOURCES[id] ? baseHash(SOURCES[id]) : null,
  claimed: false,
  runs: 1,
  first: 1,
  last: 2,
  ...more,
});
const file = (cells, more = {}) => ({
  submission: { schema: "", course: "Losses", version: "v1", name: "N", saved: "", cells, ...more },
  isSealed: true,
});
const judged = (outcome, more = {}) => ({ outcome, message: "", check: null, flags: [], renew: false, ...more });
const judge = async (read, outcomes = {}, site = SITE) => {
  const asked = [];
  const grade = async (request, seconds) => {
    asked.push([request.cell, seconds]);
    const found = outcomes[request.cell] ?? "pass";
    return typeof found === "string" ? judged(found) : found;
  };
  const { results, flags } = await regrade(read, site, grade, new AbortController().signal);
  return { asked, flags, outcomes: [...results].map(([key, { outcome }]) => `${key} ${outcome}`) };
};

test("what was written is judged, and nothing else; time follows the cell's own limit and what runs before", async () => {
  const found = await judge(file([written("p", "a", "x = 1"), written("q", "b", "y = 1"), written("q", "c", null)]));
  assert.deepEqual(found, {
    asked: [
      ["a", 20],
      ["b", 30],
    ],
    flags: [],
    outcomes: ["p#a pass", "q#b pass", "q#c untouched"],
  });
  const { asked } = await judge(file([written("p", "a", "x = ___\n"), written("q", "b", " ")]));
  assert.deepEqual(asked, [], "the lesson's own code is no answer");
});

test("what an exercise needs is run as it was handed in, else as the lesson has it", () => {
  const submitted = new Map([["p#a", written("p", "a", "x = d")]]);
  const secret = new Map([["p#a", [{ name: "secret 1", source: "assert x > 1" }]]]);
  assert.deepEqual(requestFor(EXERCISES[0], submitted, secret), {
    before: [{ id: "data", source: "d = 1" }],
    cell: "a",
    source: "x = d",
    lesson: "x = ___",
    checks: [
      { name: "lesson", source: "assert x" },
      { name: "secret 1", source: "assert x > 1" },
    ],
  });
  submitted.set("p#data", written("p", "data", "d = 2"));
  assert.deepEqual(requestFor(EXERCISES[0], submitted, secret).before, [{ id: "data", source: "d = 2" }]);
});

test("claims that do not hold, and what the code did, are said", async () => {
  const claims = [written("p", "a", "x = 1", { claimed: true }), written("q", "b", "y = 1", { claimed: true })];
  const flagged = judged("doubtful", { flags: ["replaces builtins.abs"] });
  const { flags } = await judge(file([...claims, written("q", "c", null, { claimed: true })]), {
    a: "fail",
    b: flagged,
  });
  assert.deepEqual(flags, [
    "Claimed, and not right here: p#a (fail), q#b (doubtful), q#c (untouched).",
    "q#b replaces builtins.abs.",
  ]);
  const secret = judged("fail", { check: "secret 1" });
  assert.deepEqual((await judge(file(claims), { a: secret })).flags, [], "a secret check was not claimed");
});

test("a file of another version, of another course, changed, or of other exercises is named", async () => {
  const flags = async (read) => (await judge(read)).flags;
  assert.deepEqual(await flags(file([], { version: "v0" })), ["Of another version of the site: v0."]);
  assert.deepEqual(await flags(file([], { version: "", course: "X" })), ["Of another course: “X”."]);
  assert.deepEqual(await flags({ ...file([]), isSealed: false }), ["Changed by hand: its checksum does not fit."]);
  assert.deepEqual(await flags(file([written("r", "a", "1"), written("p", "old", "1", { claimed: true })])), [
    "Not in this site: r#a, p#old.",
  ]);
  assert.deepEqual(await flags(file([written("p", "plain", "1")])), [], "a cell that was edited beside exercises");
  assert.deepEqual(await flags(file([written("p", "a", "x = 1", { base: "other" })])), [
    "Begun from another text of the exercise: p#a.",
  ]);
});

test("two endless loops are patience enough", async () => {
  const all = [written("p", "a", "x"), written("q", "b", "y"), written("q", "c", "z")];
  const { asked, outcomes, flags } = await judge(file(all), { a: "timeout", b: "timeout" });
  assert.equal(asked.length, 2);
  assert.deepEqual(outcomes, ["p#a timeout", "q#b timeout", "q#c skipped"]);
  assert.deepEqual(flags, ["p#a does not end.", "q#b does not end."]);
});

test("a stop ends between two answers", async () => {
  const stop = new AbortController();
  const grade = async () => {
    stop.abort();
    return judged("pass");
  };
  await assert.rejects(regrade(file([written("p", "a", "x"), written("q", "b", "y")]), SITE, grade, stop.signal));
});

test("files that were checked at the same milliseconds know of each other", () => {
  const one = [written("p", "a", "x", { first: 5, last: 9 })];
  const same = [written("p", "a", "z", { first: 5, last: 9 })];
  const other = [written("p", "a", "x", { first: 6, last: 9 }), written("q", "b", "y", { first: 3, last: 3 })];
  const third = [written("q", "b", "y", { first: 3, last: 3 })];
  assert.deepEqual(sameTimes([one, other, null, same, third]), [[3], [], [], [0], []], "one time alone may be chance");
});
