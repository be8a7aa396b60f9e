// One worker that judges: its time, what it says while it runs, and when it makes way for a new one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge, StartError } from "../../../site_hooks/client/grade/judge";

const REQUEST = { before: [], cell: "a", source: "x = 1", lesson: "x = ___", checks: [] };
const graded = (more) => ({ outcome: "pass", message: "", check: null, flags: [], renew: false, ...more });

/** A judge before stand-ins for its worker; `answer` says what one does with a request. */
function judge(answer, started = { type: "ready" }) {
  const workers = [];
  const create = () => {
    const worker = {
      ended: false,
      terminate: () => (worker.ended = true),
      postMessage: (message) => {
        const say = (data) => queueMicrotask(() => !worker.ended && worker.onmessage?.({ data }));
        if (message.type === "load") say(started);
        else answer(message, say, worker);
      },
    };
    workers.push(worker);
    return worker;
  };
  return { workers, judge: new Judge(create, () => ({ port: new MessageChannel().port1, seal: null })) };
}

test("a worker is started once, and judges one after the other", async () => {
  const { workers, judge: own } = judge(({ id }, say) => say({ type: "graded", id, graded: graded() }));
  assert.equal((await own.grade(REQUEST, 1)).outcome, "pass");
  assert.equal((await own.grade(REQUEST, 1)).outcome, "pass");
  assert.equal(workers.length, 1);
  own.end();
  assert.ok(workers[0].ended);
});

test("what does not end is stopped, and a new worker goes on", async () => {
  const { workers, judge: own } = judge(({ id, request }, say) => {
    if (request.source !== "loop") say({ type: "graded", id, graded: graded() });
  });
  const stopped = await own.grade({ ...REQUEST, source: "loop" }, 0.02);
  assert.deepEqual([stopped.outcome, workers[0].ended], ["timeout", true]);
  assert.equal((await own.grade(REQUEST, 1)).outcome, "pass");
  assert.equal(workers.length, 2);
  own.end();
});

test("what was told while it ran stands, whatever the result says", async () => {
  const { workers, judge: own } = judge(({ id }, say) => {
    say({ type: "flag", id, words: "looks through Python’s memory" });
    say({ type: "flag", id: id + 1, words: "of another" });
    say({ type: "graded", id, graded: graded() });
  });
  const found = await own.grade(REQUEST, 1);
  assert.deepEqual([found.outcome, found.flags], ["doubtful", ["looks through Python’s memory"]]);
  assert.ok(workers[0].ended, "something may be left of it");
});

test("a result that asks for a new worker gets one", async () => {
  const { workers, judge: own } = judge(({ id }, say) => say({ type: "graded", id, graded: graded({ renew: true }) }));
  await own.grade(REQUEST, 1);
  await own.grade(REQUEST, 1);
  assert.equal(workers.length, 2);
});

test("a breakdown, and what is no result, pass nobody", async () => {
  for (const broken of [
    (id, say) => say({ type: "broke", id, detail: "memory" }),
    (id, say) => say({ type: "graded", id, graded: { outcome: "passed" } }),
    (id, say) => say({ type: "graded", id, graded: graded({ flags: "none" }) }),
    (_, __, worker) => queueMicrotask(() => worker.onerror({ message: "gone" })),
  ]) {
    const { workers, judge: own } = judge(({ id }, say, worker) => broken(id, say, worker));
    assert.equal((await own.grade(REQUEST, 1)).outcome, "broke");
    assert.ok(workers[0].ended);
  }
});

test("words are cut, and flags are counted", async () => {
  const flags = Array.from({ length: 100 }, (_, at) => `flag ${at}`);
  const long = graded({ outcome: "fail", message: "x".repeat(1e6), flags });
  const { judge: own } = judge(({ id }, say) => say({ type: "graded", id, graded: long }));
  const found = await own.grade(REQUEST, 1);
  assert.ok(found.message.length < 2100 && found.flags.length === 20);
});

test("a start that fails says why, and can be tried again", async () => {
  const failure = { kind: "offline", message: "No line." };
  const { workers, judge: own } = judge(() => {}, { type: "failed", failure });
  await assert.rejects(own.grade(REQUEST, 1), (error) => error instanceof StartError && error.message === "No line.");
  await assert.rejects(own.start());
  assert.equal(workers.length, 2);
});
