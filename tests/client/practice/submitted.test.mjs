// What goes into a hand-in: code from the page or from storage, and what the browser remembers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draftsOf, pageOf, submitted } from "../../../site_hooks/client/practice/submitted";
import { baseHash } from "../../../site_hooks/client/shared/submission";

const item = (kind, id) => ({ kind, id, title: id, version: "1" });
const PAGES = [
  { page: "p", url: "p/", title: "P", items: [item("cell", "data"), item("exercise", "a"), item("quiz", "q")] },
  { page: "plain", url: "plain/", title: "No exercise", items: [item("cell", "data")] },
  { page: "r", url: "r/", title: "R", items: [item("exercise", "b"), item("cell", "data")] },
];
const seen = (page, id, text, isExercise = true) => ({ page, id, isExercise, source: `${id} = ___`, text });
const mark = (more) => ({ kind: "exercise", tries: 3, first: 10, last: 30, done: [], ...more });
const sources = (more) => ({ seen: [], drafts: new Map(), marks: new Map(), ...more });
const NOTHING = { base: null, code: null, claimed: false, runs: 0, first: null, last: null };

test("the exercises of every page that has some, in order, and no cell that nobody edited", () => {
  assert.deepEqual(submitted(PAGES, sources()), [
    { page: "p", id: "a", ...NOTHING },
    { page: "r", id: "b", ...NOTHING },
  ]);
});

test("code comes from the page where it was seen, else from storage, with the text that it began from", () => {
  const drafts = new Map([
    ["p#a", { code: "a = 1", base: "a = ___" }],
    ["p#data", { code: "d = 2", base: "d = 1" }],
    ["r#b", { code: "b = 4", base: "old = ___" }],
  ]);
  const cells = submitted(PAGES, sources({ drafts, seen: [seen("p", "a", "a = 3"), seen("r", "b", "b = 4")] }));
  assert.deepEqual(
    cells.map(({ id, code, base }) => [id, code, base]),
    [
      ["a", "a = 3", baseHash("a = ___")],
      ["data", "d = 2", baseHash("d = 1")],
      ["b", "b = 4", baseHash("old = ___")],
    ],
  );
  const back = submitted(PAGES, sources({ drafts, seen: [seen("p", "a", "a = ___")] }));
  assert.equal(back[0].code, null, "what was put back is not written");
});

test("where nothing is stored the page has it", () => {
  const [a, data] = submitted([pageOf([seen("p", "data", "d = 2", false), seen("p", "a", "a = 1")], "p")], {
    ...sources(),
    seen: [seen("p", "data", "d = 2", false), seen("p", "a", "a = 1")],
  });
  assert.deepEqual([a.id, a.code, data.id, data.code], ["a", "a = 1", "data", "d = 2"]);
});

test("a claim is a check that was passed, and a cell that ran is none", () => {
  const done = [{ at: 20, version: "1", helped: false }];
  const marks = new Map([
    ["p#a", mark({ done })],
    ["r#b", mark({})],
    ["p#data", mark({ kind: "cell", done })],
  ]);
  const drafts = new Map([["p#data", { code: "d = 2", base: "d = 1" }]]);
  const found = submitted(PAGES, sources({ marks, drafts }));
  assert.deepEqual(
    found.map(({ id, claimed, runs, first, last }) => [id, claimed, runs, first, last]),
    [
      ["a", true, 3, 10, 30],
      ["data", false, 3, 10, 30],
      ["b", false, 3, 10, 30],
    ],
  );
});

test("drafts are read without the prefix of their keys, and what is none is left out", () => {
  const stored = new Map([
    ["py-cell:/:p#a", '{"code": "1", "base": "2"}'],
    ["py-cell:/:p#b", "broken"],
  ]);
  assert.deepEqual([...draftsOf(stored, "py-cell:/:")], [["p#a", { code: "1", base: "2" }]]);
});
