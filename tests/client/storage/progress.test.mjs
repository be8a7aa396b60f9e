// Marks of what was done: growing, two tabs, review, files, storage that refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { doneWith, grown, Progress, REVIEW_DAYS, union } from "../../../site_hooks/client/storage/progress";

const DAY = 24 * 60 * 60 * 1000;
const quiz = { kind: "quiz", title: "Which?", version: "v1" };

function memory() {
  const items = new Map();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
    key: (index) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}

/** Marks of every shape, from few numbers. */
function marks() {
  const found = [];
  for (const [last, done] of [
    [5, []],
    [5, [{ at: 4, version: "v1", helped: false }]],
    [7, [{ at: 3, version: "v2", helped: true }]],
    [7, [{ at: 6, version: "v1", helped: false }]],
    [7, [{ at: 2, version: "v1", helped: true }]],
    [9, []],
  ])
    for (const tries of [1, 4]) found.push({ ...quiz, tries, first: 1, last, done, box: tries % 3, due: last * 2 });
  return found;
}

test("what was done stays done, however often it fails later", () => {
  let mark = grown(null, { ...quiz, ok: false }, 10);
  assert.deepEqual([mark.tries, mark.done], [1, []]);
  mark = grown(mark, { ...quiz, ok: true }, 20);
  mark = grown(mark, { ...quiz, ok: false }, 30);
  mark = grown(mark, { ...quiz, ok: true, helped: true }, 40);
  assert.deepEqual([mark.tries, mark.first, mark.last], [4, 10, 40]);
  assert.deepEqual(mark.done, [{ at: 20, version: "v1", helped: false }]);
});

test("a new version of the lesson keeps the old mark until the new one is done", () => {
  const old = grown(null, { ...quiz, ok: true }, 10);
  const failed = grown(old, { ...quiz, version: "v2", ok: false }, 20);
  assert.deepEqual(failed.done, [{ at: 10, version: "v1", helped: false }]);
  assert.equal(doneWith(failed, "v2").version, "v1");
  assert.equal(failed.version, "v2");
  const passed = grown(failed, { ...quiz, version: "v2", ok: true }, 30);
  assert.equal(doneWith(passed, "v2").at, 30);
  assert.equal(doneWith(passed, "v1").at, 10, "the lesson may take a change back");
  assert.equal(doneWith(null, "v1"), null);
});

test("a pass without help counts more than an earlier one with it", () => {
  const helped = grown(null, { ...quiz, ok: true, helped: true }, 10);
  const alone = grown(helped, { ...quiz, ok: true }, 20);
  assert.deepEqual(alone.done, [{ at: 20, version: "v1", helped: false }]);
  assert.deepEqual(grown(alone, { ...quiz, ok: true, helped: true }, 30).done, alone.done);
});

test("what was missed comes back later and later, and only then", () => {
  let now = 0;
  let mark = grown(null, { ...quiz, ok: true }, now);
  assert.equal(mark.due, null, "right at once: nothing to review");
  mark = grown(mark, { ...quiz, ok: false }, now);
  assert.equal(mark.due, REVIEW_DAYS[0] * DAY);
  const soon = grown(mark, { ...quiz, ok: true }, now + 1000);
  assert.deepEqual([soon.box, soon.due], [mark.box, mark.due], "the second choice at once is no review");
  for (const [box, days] of REVIEW_DAYS.entries()) {
    assert.deepEqual([mark.box, mark.due], [box, now + days * DAY]);
    now = mark.due;
    mark = grown(mark, { ...quiz, ok: true }, now);
  }
  assert.deepEqual([mark.box, mark.due], [0, null]);
  const cell = { kind: "cell", title: "Fit", version: "" };
  assert.equal(grown(null, { ...cell, ok: false }, now).due, null, "a cell is no question");
});

test("the union of two marks is the same in any order and any number of times, and loses nothing done", () => {
  for (const a of marks())
    for (const b of marks()) {
      const both = union(a, b);
      assert.deepEqual(both, union(b, a));
      assert.deepEqual(union(both, b), both);
      assert.equal(both.tries, Math.max(a.tries, b.tries));
      for (const { version } of [...a.done, ...b.done]) assert.ok(both.done.some((one) => one.version === version));
      for (const c of marks()) assert.deepEqual(union(union(a, b), c), union(a, union(b, c)));
    }
});

test("two tabs add to what is there", () => {
  const store = memory();
  const [one, other] = [1, 2].map(
    () =>
      new Progress(
        "p:",
        () => store,
        () => 5,
      ),
  );
  one.add("a", "x", { ...quiz, ok: true });
  other.add("a", "x", { ...quiz, ok: false });
  other.add("a", "y", { ...quiz, ok: false });
  for (const tab of [one, other]) {
    assert.equal(tab.get("a", "x").tries, 2);
    assert.notEqual(tab.get("a", "x").done.length, 0);
    assert.deepEqual([...tab.all().keys()].sort(), ["a#x", "a#y"]);
  }
  let heard = 0;
  one.watch(() => (heard += 1));
  one.hear({ key: "p:a#x" });
  one.hear({ key: "drafts" });
  one.hear({ key: null });
  assert.equal(heard, 2);
});

test("a file brings all marks back, and is added to what is there", () => {
  const first = new Progress("p:", memory, () => 5);
  const store = memory();
  const source = new Progress(
    "p:",
    () => store,
    () => 5,
  );
  source.add("losses/mse", "x", { ...quiz, ok: true });
  source.add("losses/mse", "y", { ...quiz, ok: false });
  const file = source.export();
  assert.deepEqual(first.import(file), { added: 2, merged: 0, refused: null });
  source.add("losses/mse", "z", { ...quiz, ok: true });
  const before = source.export();
  assert.deepEqual(source.import(file), { added: 0, merged: 2, refused: null });
  assert.equal(source.export(), before);
  const cleared = source.clear();
  assert.equal(source.all().size, 0);
  source.restore(cleared);
  assert.equal(source.export(), before);
});

test("a bad file changes nothing, and says what is wrong with it", () => {
  const store = memory();
  const progress = new Progress(
    "p:",
    () => store,
    () => 5,
  );
  progress.add("a", "x", { ...quiz, ok: true });
  const before = [...store.items];
  const good = JSON.parse(progress.export());
  const mark = good.marks["a#x"];
  const bad = (change) => JSON.stringify({ ...good, ...change });
  for (const [text, words] of [
    ["", /no file/],
    ["{", /no file/],
    ["[]", /no file/],
    [bad({ format: "other" }), /no file/],
    [bad({ version: 2 }), /version 2/],
    [bad({ marks: [] }), /list of marks/],
    [bad({ marks: { "b#y": mark, nonsense: mark } }), /“nonsense”/],
    [bad({ marks: { "b#y": mark, "b#z": { ...mark, tries: -1 } } }), /“b#z”/],
    [bad({ marks: { "b#z": { ...mark, last: 1e99 } } }), /“b#z”/],
    [bad({ marks: { "b#z": { ...mark, kind: "grade" } } }), /“b#z”/],
    [bad({ marks: { "b#z": { ...mark, done: [{ at: "today" }] } } }), /“b#z”/],
    [bad({ marks: { "b#z": { ...mark, box: 17 } } }), /“b#z”/],
    [bad({ marks: { "b#z": { ...mark, title: "x".repeat(301) } } }), /“b#z”/],
    [bad({ marks: { "b#z": null } }), /“b#z”/],
  ]) {
    assert.match(progress.import(text).problem, words, text);
    assert.deepEqual([...store.items], before);
  }
});

test("nonsense in storage is no mark", () => {
  const store = memory();
  store.setItem("p:a#x", "{");
  store.setItem("p:a#y", '{"kind":"quiz"}');
  const progress = new Progress("p:", () => store);
  assert.equal(progress.all().size, 0);
  assert.equal(progress.add("a", "x", { ...quiz, ok: true }), "kept");
  assert.equal(progress.all().size, 1);
});

test("where storage refuses, marks live as long as the page, and are kept when there is room again", () => {
  let full = true;
  const store = memory();
  const set = store.setItem;
  store.setItem = (key, value) => {
    if (full) throw new DOMException("", "QuotaExceededError");
    set(key, value);
  };
  const progress = new Progress("p:", () => store);
  assert.equal(progress.add("a", "x", { ...quiz, ok: true }), "full");
  assert.equal(progress.all().size, 1);
  full = false;
  assert.equal(progress.add("a", "y", { ...quiz, ok: true }), "kept");
  assert.equal(store.items.size, 2);
  const blocked = new Progress("p:", () => null);
  assert.equal(blocked.add("a", "x", { ...quiz, ok: true }), "blocked");
  assert.equal(blocked.blocked, true);
  assert.notEqual(blocked.get("a", "x").done.length, 0);
  assert.equal(blocked.clear().size, 1);
  assert.equal(blocked.all().size, 0);
});

test("due for review, the longest due first", () => {
  let now = 0;
  const store = memory();
  const progress = new Progress(
    "p:",
    () => store,
    () => now,
  );
  progress.add("a", "late", { ...quiz, ok: false });
  now = DAY;
  progress.add("a", "later", { ...quiz, ok: false });
  assert.deepEqual(progress.due(), []);
  now = 3 * DAY;
  assert.deepEqual(
    progress.due().map(([key]) => key),
    ["a#late", "a#later"],
  );
});
