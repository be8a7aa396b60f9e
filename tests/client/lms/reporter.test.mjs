// What the learner has passed, what counts as passed, and what happens when a system does not answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NotOpened } from "../../../site_hooks/client/lms/not-opened";
import { read, written } from "../../../site_hooks/client/lms/record";
import { Reporter } from "../../../site_hooks/client/lms/reporter";
import { words } from "../../../site_hooks/client/lms/words";

const NOW = Date.parse("2026-11-27");
const ITEMS = ["a", "b", "c", "d", "e"].map((id) => ({
  page: "losses/mse",
  id,
  kind: "quiz",
  title: id,
  version: "1",
  code: `cod${id}`,
}));
const BEGUN = { done: "", at: "", silent: false, mark: null, back: null };
const settle = () => new Promise((done) => setImmediate(done));

/** A system that keeps everything in `kept`, but for what `own` says. */
function opened({ mark = 0.8, begun = {}, ...own } = {}) {
  const kept = [];
  const told = [];
  const ended = [];
  const lms = {
    begin: async () => ({ ...BEGUN, ...begun }),
    keep: async (standing) => void kept.push(standing),
    end: async (standing) => void ended.push(standing),
    ...own,
  };
  const reporter = new Reporter(
    { items: ITEMS, mark },
    lms,
    (one) => told.push(one),
    () => NOW,
  );
  return { reporter, kept, told, ended, lms, say: () => words(told.at(-1)) };
}

test("what counts is reported once, and what does not count is not", async () => {
  const { reporter, kept, say } = opened();
  await reporter.begin();
  await settle();
  assert.equal(kept.length, 1);
  for (const [page, id] of [
    ["losses/mse", "a"],
    ["losses/mse", "a"],
    ["losses/mse", "elsewhere"],
    ["losses/huber", "a"],
  ])
    reporter.passed(page, id);
  await settle();
  assert.equal(kept.length, 2);
  assert.deepEqual(kept[1], { done: written(new Map([["coda", NOW]])), at: "", share: 0.2, passed: false });
  assert.equal(say(), "1 of 5 done, passed with 4. Reported to the course.");
});

test("the mark is reached by a whole number of exercises, and floating point does not ask for one more", async () => {
  for (const [mark, need] of [
    [0.8, 4],
    [0.81, 5],
    [0.2, 1],
    [0.6, 3],
    [0.01, 1],
    [1, 5],
  ]) {
    const { reporter, kept, told } = opened({ mark });
    await reporter.begin();
    assert.equal(told.at(-1).need, need, String(mark));
    for (const { id } of ITEMS.slice(0, need - 1)) reporter.passed("losses/mse", id);
    await settle();
    assert.equal(kept.at(-1).passed, false);
    reporter.passed("losses/mse", ITEMS[need - 1].id);
    await settle();
    assert.equal(kept.at(-1).passed, true);
  }
});

test("a system's own mark is the one that counts", async () => {
  const { reporter, told } = opened({ begun: { mark: 0.4 } });
  await reporter.begin();
  assert.equal(told.at(-1).need, 2);
});

test("what earlier visits left is there, also what this package has no more", async () => {
  const done = written(
    new Map([
      ["gone", NOW],
      ["codb", NOW],
    ]),
  );
  const { reporter, kept } = opened({ begun: { done, at: "losses/mse/index.html" } });
  const begun = await reporter.begin();
  assert.deepEqual(begun.passed, [[ITEMS[1], NOW]]);
  assert.equal(begun.at, "losses/mse/index.html");
  reporter.passed("losses/mse", "a");
  await settle();
  assert.deepEqual([...read(kept.at(-1).done).keys()], ["codb", "coda", "gone"]);
  assert.equal(kept.at(-1).share, 0.4);
  assert.equal(kept.at(-1).at, "losses/mse/index.html");
});

test("what is passed before the system answers goes with the first report", async () => {
  const { reporter, kept } = opened();
  const beginning = reporter.begin();
  reporter.passed("losses/mse", "a");
  reporter.at("losses/mse/index.html");
  await beginning;
  await settle();
  assert.equal(kept.length, 1);
  assert.equal(kept[0].share, 0.2);
  assert.equal(kept[0].at, "losses/mse/index.html");
});

test("a report that is not taken is sent again, with all that is new", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isDown = true;
  const kept = [];
  const keep = async (standing) => {
    if (isDown) throw new Error("503");
    kept.push(standing);
  };
  const { reporter, say } = opened({ keep });
  await reporter.begin();
  reporter.passed("losses/mse", "a");
  await settle();
  assert.match(say(), /did not take the last report/);
  isDown = false;
  t.mock.timers.tick(15_000);
  await settle();
  assert.equal(kept.length, 1);
  assert.equal(kept[0].share, 0.2);
  assert.match(say(), /Reported to the course/);
});

test("while one report is under way the next ones are one", async () => {
  const kept = [];
  let release = () => {};
  const keep = (standing) => {
    kept.push(standing.share);
    return new Promise((done) => (release = done));
  };
  const { reporter } = opened({ keep });
  await reporter.begin();
  for (const { id } of ITEMS) reporter.passed("losses/mse", id);
  release();
  await settle();
  release();
  await settle();
  assert.deepEqual(kept, [0, 1]);
});

test("pages that are turned quickly are one report", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { reporter, kept } = opened();
  await reporter.begin();
  await settle();
  for (const page of ["a", "b", "c", "c"]) reporter.at(`${page}/index.html`);
  t.mock.timers.tick(999);
  await settle();
  assert.equal(kept.length, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.deepEqual(
    kept.slice(1).map(({ at }) => at),
    ["c/index.html"],
  );
});

test("the end has everything, once, and nothing comes after it", async () => {
  const { reporter, kept, ended } = opened();
  await reporter.begin();
  await settle();
  reporter.at("b/index.html");
  const ending = reporter.end();
  assert.deepEqual(
    ended.map(({ at }) => at),
    ["b/index.html"],
  );
  await ending;
  await reporter.end();
  reporter.passed("losses/mse", "a");
  await settle();
  assert.equal(ended.length, 1);
  assert.equal(kept.length, 1);
});

test("an end that the system refuses throws nothing", async () => {
  const { reporter } = opened({ end: () => Promise.reject(new Error("gone")) });
  await reporter.begin();
  await reporter.end();
});

test("a course that only shows the lesson gets nothing but an end", async () => {
  const { reporter, kept, ended, say } = opened({ begun: { silent: true } });
  await reporter.begin();
  reporter.passed("losses/mse", "a");
  await settle();
  await reporter.end();
  assert.deepEqual([kept, ended], [[], [null]]);
  assert.match(say(), /nothing that you do here is reported/);
});

test("where nobody takes reports, it is said and nothing is thrown", async () => {
  for (const [error, said] of [
    [new NotOpened("In words."), "In words."],
    [
      new TypeError("Failed to fetch"),
      "The course did not answer, so nothing is reported. Open the lesson from the course again.",
    ],
  ]) {
    const { reporter, kept, ended, say } = opened({ begin: () => Promise.reject(error) });
    assert.equal(await reporter.begin(), null);
    reporter.passed("losses/mse", "a");
    reporter.at("b/index.html");
    await settle();
    await reporter.end();
    assert.deepEqual([kept, ended], [[], []]);
    assert.equal(say(), said);
  }
});
