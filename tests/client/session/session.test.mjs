// The session before a worker made by hand: queue, stop, time limit, failure, crash, pages left.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Session } from "../../../site_hooks/client/session/session";

let workers, session, renewed;

class FakeWorker {
  sent = [];
  transferred = [];
  terminated = false;
  constructor() {
    workers.push(this);
  }
  postMessage(message, transfer = []) {
    this.sent.push(message);
    this.transferred.push(...transfer);
  }
  terminate() {
    this.terminated = true;
  }
  say(message) {
    this.onmessage?.({ data: message });
  }
  done(id) {
    this.say({ type: "event", id, event: { kind: "done", ok: true, ms: 1 } });
    this.say({ type: "free", id });
  }
  get runs() {
    return this.sent.filter((message) => message.type === "run").map((message) => message.request.cell);
  }
}

/** Asks for a run and writes down all that its observer hears. */
function run(cell, timeout = 30, more = {}, before = null) {
  const heard = [];
  const near = [];
  const observer = {
    state: (state, ahead) => heard.push(`state ${state}${ahead ? ` behind ${ahead.request.cell}` : ""}`),
    progress: ({ step, fraction, amount }) => heard.push(["progress", step, fraction, amount?.bytes].join(" ").trim()),
    event: (event) => heard.push(`event ${event.kind}`),
    failed: ({ kind, message }) => heard.push(`failed ${kind} ${message}`),
    ended: ({ how, kept, breakdown: { kind = "", detail = "" } = {} }) =>
      heard.push(`ended ${how} ${kept && how === "stopped" ? "kept" : kind} ${detail}`.trim()),
    nearLimit: (seconds) => near.push(seconds),
    ...more,
  };
  const started = session.run(
    { source: "", session: "page:main", cell, theme: "light", live: false, ratio: 1 },
    timeout,
    observer,
    before,
  );
  return { run: started, heard, near, id: started.request.id };
}

const latest = () => workers.at(-1);

const PORT = "the port for downloads";
const SEAL = { secret: "key", head: "tag" };
let kept;

const MEANS = {
  createWorker: () => new FakeWorker(),
  openDownloads: () => PORT,
  isThrifty: () => true,
  memory: { seal: () => SEAL, keep: (wanted) => kept.push(wanted) },
  explain: async (failure) =>
    failure.kind === "offline" ? { ...failure, message: `why: ${failure.message}` } : failure,
  renewScript: async () => renewed.shift(),
  createInterrupt: () => null,
  createTyped: () => null,
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  workers = [];
  kept = [];
  renewed = [];
  session = new Session(MEANS);
});

/** Until it is known why a start failed. */
const told = () => new Promise(setImmediate);

test("a start is told what the first cell needs, by who shows intent or by the run", () => {
  session.load("python");
  session.load("numpy");
  assert.equal(latest().sent[0].first, "python");
  session = new Session(MEANS);
  session.run({ source: "" }, 1, { state() {}, progress() {} }, null, "numpy");
  assert.equal(latest().sent[0].first, "numpy");
});

test("nothing starts before load or run", () => {
  assert.equal(workers.length, 0);
  session.load();
  session.load();
  assert.equal(workers.length, 1);
  assert.deepEqual(latest().sent, [{ type: "load", first: "all", isThrifty: true, downloads: PORT, seal: SEAL }]);
  assert.deepEqual(latest().transferred, [PORT]);
});

test("a run pressed early waits, hears the steps, and runs first", () => {
  const a = run("a");
  const b = run("b");
  latest().say({ type: "loading", step: "Loading NumPy", fraction: 0.5 });
  assert.ok(a.heard.includes("state loading"));
  assert.ok(a.heard.includes("progress Loading NumPy 0.5"));
  assert.equal(b.heard.at(-2), "state queued behind a");
  assert.deepEqual(latest().runs, []);
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().runs, ["a"]);
  assert.equal(a.heard.at(-1), "state running");
  latest().done(a.id);
  assert.deepEqual(latest().runs, ["a", "b"]);
});

test("a run hears at once that it waits, and for what", () => {
  const a = run("a");
  assert.deepEqual([...new Set(a.heard)], ["state queued", "state loading", "progress Starting Python 0"]);
  const b = run("b");
  assert.notEqual(a.id, b.id);
  latest().say({ type: "ready", depth: "all" });
  const { request } = latest().sent.find((message) => message.type === "run");
  assert.equal(request.id, a.id);
  assert.equal(b.heard.at(-1), "state queued behind a");
});

test("steps of a start that is over are told to nobody", () => {
  run("a");
  const b = run("b");
  latest().say({ type: "ready", depth: "all" });
  const { length } = b.heard;
  latest().say({ type: "loading", step: "late", fraction: 0.5 });
  assert.equal(b.heard.length, length);
});

test("events reach the run they belong to, and no other", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  latest().say({ type: "event", id: 99, event: { kind: "stdout", text: "x" } });
  latest().say({ type: "event", id: a.id, event: { kind: "stdout", text: "x" } });
  latest().done(a.id);
  latest().say({ type: "event", id: a.id, event: { kind: "stdout", text: "late" } });
  assert.deepEqual(a.heard.slice(-2), ["event stdout", "event done"]);
});

test("stop replaces the worker, and what waited for the same variables is dropped", () => {
  const a = run("a");
  const b = run("b");
  latest().say({ type: "ready", depth: "all" });
  session.stop(a.run);
  assert.equal(a.heard.at(-1), "ended stopped");
  assert.equal(b.heard.at(-1), "ended dropped");
  assert.ok(workers[0].terminated);
  assert.equal(workers.length, 2);
  const c = run("c");
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().runs, ["c"]);
  workers[0].say({ type: "event", id: c.id, event: { kind: "stdout", text: "from the dead" } });
  assert.equal(c.heard.at(-1), "state running");
});

test("stop of a waiting run costs nothing", () => {
  const a = run("a");
  const b = run("b");
  session.stop(a.run);
  assert.equal(a.heard.at(-1), "ended withdrawn");
  assert.ok(b.heard.includes("state loading"));
  assert.equal(workers.length, 1);
});

test("stop of a run that is over says nothing", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  latest().done(a.id);
  session.stop(a.run);
  assert.equal(a.heard.at(-1), "event done");
  assert.equal(workers.length, 1);
});

test("the time limit counts from the start of the run, not of Python", () => {
  const a = run("a", 2);
  mock.timers.tick(10_000);
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(1999);
  assert.equal(a.heard.at(-1), "state running");
  mock.timers.tick(1);
  assert.equal(a.heard.at(-1), "ended timeout");
  assert.equal(workers.length, 2);
});

test("a run that ended has no time limit any more", () => {
  const a = run("a", 2);
  latest().say({ type: "ready", depth: "all" });
  latest().done(a.id);
  mock.timers.tick(5000);
  assert.equal(a.heard.at(-1), "event done");
  assert.equal(workers.length, 1);
});

test("a failed start keeps the runs, and retry runs them in order", () => {
  const a = run("a");
  const b = run("b");
  latest().say({ type: "failed", failure: { kind: "gone", message: "no core" } });
  assert.equal(a.heard.at(-1), "failed gone no core");
  assert.equal(b.heard.at(-1), "failed gone no core");
  assert.ok(latest().terminated);
  session.load();
  assert.equal(workers.length, 1);
  session.retry();
  assert.equal(workers.length, 2);
  latest().say({ type: "ready", depth: "all" });
  latest().done(a.id);
  assert.deepEqual(latest().runs, ["a", "b"]);
});

const settled = () => new Promise(setImmediate);

/** The script of the latest worker fails, before and after it was fetched anew. */
async function failTwice(message) {
  latest().onerror({ message });
  await settled();
  latest().onerror({ message });
}

test("a run after a failed start tries again", async () => {
  session.load();
  await failTwice("");
  const a = run("a");
  assert.equal(workers.length, 3);
  latest().say({ type: "ready", depth: "all" });
  assert.equal(a.heard.at(-1), "state running");
});

test("a worker whose script does not come, or does not run here", async () => {
  for (const [message, expected] of [
    [undefined, /^failed offline why: The worker.s script/],
    ["", /^failed offline why: The worker.s script/],
    ["SyntaxError: x", /^failed unsupported .*\(SyntaxError: x\)/],
  ]) {
    const a = run("a");
    await failTwice(message);
    assert.match(a.heard.at(-1), expected);
    session.stop(a.run);
  }
});

test("a start that does not work in this browser may have another reason", async () => {
  session = new Session({ ...MEANS, explain: async () => ({ kind: "gone", message: "updated" }) });
  const a = run("a");
  latest().say({ type: "failed", failure: { kind: "unsupported", message: "no import" } });
  await told();
  assert.equal(a.heard.at(-1), "failed gone updated");
});

for (const message of [undefined, "SyntaxError: x"]) {
  test(`a worker whose script fails (${message}) starts once more, with the script fetched anew`, async () => {
    const a = run("a");
    const first = latest();
    first.onerror({ message });
    assert.equal(first.terminated, true);
    await settled();
    assert.equal(workers.length, 2);
    assert.ok(!a.heard.some((said) => said.startsWith("failed")));
    latest().say({ type: "ready", depth: "all" });
    assert.equal(a.heard.at(-1), "state running");
    // The next start may do so too.
    session.stop(a.run);
    latest().onerror({ message });
    await settled();
    assert.equal(workers.length, 4);
  });
}

test("a script that is no better when it was fetched anew says why, and Retry asks for it again", async () => {
  renewed = [{ kind: "changed", message: "It was cut." }];
  const a = run("a");
  latest().onerror({ message: "" });
  await settled();
  assert.equal(workers.length, 1);
  assert.equal(a.heard.at(-1), "failed changed It was cut.");
  session.retry();
  latest().onerror({ message: "" });
  await settled();
  assert.equal(workers.length, 3);
});

test("a script that does not arrive a second time either has stalled, and is not waited for", async () => {
  let arrive;
  renewed = [new Promise((resolve) => (arrive = resolve))];
  const a = run("a");
  latest().onerror({ message: "" });
  mock.timers.tick(120_000);
  assert.match(a.heard.at(-1), /^failed stalled/);
  arrive();
  await settled();
  assert.equal(workers.length, 1);
});

test("a start that says nothing for two minutes has stalled", () => {
  const a = run("a");
  mock.timers.tick(100_000);
  latest().say({ type: "loading", step: "Downloading", fraction: 0.2 });
  mock.timers.tick(100_000);
  assert.equal(a.heard.at(-1), "progress Downloading 0.2");
  mock.timers.tick(20_000);
  assert.match(a.heard.at(-1), /^failed stalled Nothing has arrived/);
});

test("a start that came to its end cannot stall any more", () => {
  const a = run("a", 1000);
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(900_000);
  assert.equal(latest().terminated, false);
  latest().done(a.id);
  assert.equal(a.heard.at(-1), "event done");
});

test("a start that failed does not stall as well", () => {
  const a = run("a");
  latest().say({ type: "failed", failure: { kind: "gone", message: "no core" } });
  mock.timers.tick(900_000);
  assert.equal(a.heard.at(-1), "failed gone no core");
});

test("a browser that refuses the worker", () => {
  const createWorker = () => {
    throw new TypeError("module workers are not supported");
  };
  session = new Session({ ...MEANS, createWorker });
  const a = run("a");
  assert.match(a.heard.at(-1), /^failed unsupported .*module workers are not supported/);
});

test("a crash ends the run and starts Python anew", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  latest().onerror({ message: "memory access out of bounds" });
  assert.equal(a.heard.at(-1), "ended crashed unknown memory access out of bounds");
  assert.equal(workers.length, 2);
});

test("a breakdown of Python ends the run at once, with its kind, and starts it anew", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  latest().say({ type: "broke", breakdown: { kind: "recursion", detail: "too deep" } });
  assert.equal(a.heard.at(-1), "ended crashed recursion too deep");
  assert.ok(workers[0].terminated);
  assert.equal(workers.length, 2);
});

test("a worker that dies with nothing to do is replaced when it is needed", () => {
  session.load();
  latest().say({ type: "ready", depth: "all" });
  latest().onerror({ message: "" });
  assert.equal(workers.length, 1);
  run("a");
  assert.equal(workers.length, 2);
});

test("a run of a page left goes on, but gives way to one that waits", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  session.leave(a.run, true);
  mock.timers.tick(10_000);
  assert.equal(a.heard.at(-1), "state running");
  const b = run("b");
  mock.timers.tick(2999);
  assert.equal(a.heard.at(-1), "state running");
  assert.equal(b.heard.at(-1), "state queued behind a");
  mock.timers.tick(1);
  assert.equal(a.heard.at(-1), "ended replaced");
  latest().say({ type: "ready", depth: "all" });
  assert.equal(b.heard.at(-1), "state running");
});

test("a run of a page left gives way in time though it prints", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  session.leave(a.run, true);
  run("b");
  for (let second = 0; second < 3; second++) {
    latest().say({ type: "event", id: a.run.request.id, event: { kind: "stdout", text: "." } });
    mock.timers.tick(1000);
  }
  assert.equal(a.heard.at(-1), "ended replaced");
});

test("a page that is back need not give way", () => {
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  session.leave(a.run, true);
  run("b");
  mock.timers.tick(1000);
  session.leave(a.run, false);
  mock.timers.tick(10_000);
  assert.equal(a.heard.at(-1), "state running");
});

test("who waits hears it when the page of the run before is left, and nothing new while Python starts", () => {
  const a = run("a");
  const b = run("b");
  const { length } = a.heard;
  session.leave(b.run, true);
  assert.equal(a.heard.length, length);
  session.leave(b.run, false);
  latest().say({ type: "ready", depth: "all" });
  const heard = b.heard.length;
  session.leave(a.run, true);
  assert.deepEqual(b.heard.slice(heard), ["state queued behind a"]);
});

test("a run says when its time is nearly up, and goes on if it is given more", () => {
  const a = run("a", 30);
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(19_999);
  assert.deepEqual(a.near, []);
  mock.timers.tick(1);
  assert.deepEqual(a.near, [10]);
  session.extend(a.run, 300);
  mock.timers.tick(289_999);
  assert.deepEqual(a.near, [10]);
  mock.timers.tick(1);
  assert.deepEqual(a.near, [10, 10]);
  mock.timers.tick(9_999);
  assert.equal(a.heard.at(-1), "state running");
  mock.timers.tick(1);
  assert.equal(a.heard.at(-1), "ended timeout");
});

test("a run with little time hears of it at half of it; one that is over hears nothing", () => {
  const a = run("a", 2);
  const b = run("b", 2);
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(1000);
  assert.deepEqual(a.near, [1]);
  latest().done(a.id);
  latest().done(b.id);
  mock.timers.tick(5000);
  assert.deepEqual(b.near, []);
});

const interrupted = (id) => {
  const words = { message: "", detail: "", traceback: "", name: null, line: null, frames: [] };
  return { type: "event", id, event: { kind: "error", type: "KeyboardInterrupt", ...words } };
};

function isolated() {
  const buffer = new Uint8Array(new SharedArrayBuffer(1));
  session = new Session({ ...MEANS, createInterrupt: () => buffer });
  return buffer;
}

test("where the page is isolated, stop interrupts Python and keeps the worker", () => {
  const buffer = isolated();
  const a = run("a");
  const b = run("b");
  const { life } = session;
  latest().say({ type: "ready", depth: "all" });
  assert.equal(latest().sent[0].interrupt, buffer);
  session.stop(a.run);
  session.stop(a.run);
  assert.equal(buffer[0], 2);
  assert.equal(a.heard.at(-1), "state running");
  latest().say(interrupted(a.id));
  latest().done(a.id);
  assert.equal(a.heard.at(-1), "ended stopped kept");
  assert.equal(b.heard.at(-1), "ended dropped");
  mock.timers.tick(5000);
  assert.equal(workers.length, 1);
  assert.equal(session.life, life);
  buffer[0] = 2; // it came too late for the run before
  const c = run("c");
  assert.equal(buffer[0], 0);
  assert.deepEqual(latest().runs, ["a", "c"]);
  latest().done(c.id);
});

test("Python that does not answer an interrupt is replaced after a second", () => {
  isolated();
  const a = run("a");
  const { life } = session;
  latest().say({ type: "ready", depth: "all" });
  session.stop(a.run);
  mock.timers.tick(999);
  assert.equal(workers.length, 1);
  mock.timers.tick(1);
  assert.equal(a.heard.at(-1), "ended stopped");
  assert.equal(workers.length, 2);
  assert.notEqual(session.life, life);
});

test("a run that ends by itself when it is interrupted has ended as it did", () => {
  isolated();
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  session.stop(a.run);
  latest().done(a.id);
  assert.equal(a.heard.at(-1), "event done");
  mock.timers.tick(5000);
  assert.equal(workers.length, 1);
});

test("an interrupt that breaks Python down is a stop", () => {
  isolated();
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  session.stop(a.run);
  latest().say({ type: "broke", breakdown: { kind: "unknown", detail: "" } });
  assert.equal(a.heard.at(-1), "ended stopped");
  assert.equal(workers.length, 2);
});

test("the time limit interrupts too", () => {
  const buffer = isolated();
  const a = run("a", 2);
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(2000);
  assert.equal(buffer[0], 2);
  latest().say(interrupted(a.id));
  latest().done(a.id);
  assert.equal(a.heard.at(-1), "ended timeout");
  assert.equal(workers.length, 1);
});

const request = { session: "page:main", path: "w" };
const NAMES = [{ name: "shape", kind: "property" }];

test("names are asked of a Python that has nothing else to do, and only of such a one", async () => {
  assert.equal(await session.names(request), null);
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  assert.equal(await session.names(request), null);
  latest().done(a.id);
  const asked = session.names(request);
  const { id } = latest().sent.at(-1);
  assert.deepEqual(latest().sent.at(-1), { type: "names", id, request });
  latest().say({ type: "names", id: id + 1, names: [] });
  latest().say({ type: "names", id, names: NAMES });
  assert.deepEqual(await asked, NAMES);
});

test("who asked for names hears that Python is gone", async () => {
  session.load();
  latest().say({ type: "ready", depth: "all" });
  const asked = session.names(request);
  latest().onerror({ message: "" });
  assert.equal(await asked, null);
});

test("input() has no time limit until it is answered, and takes the answer from shared memory", () => {
  const typed = new Int32Array(new SharedArrayBuffer(4 + 16));
  const buffer = new Uint8Array(new SharedArrayBuffer(1));
  session = new Session({ ...MEANS, createInterrupt: () => buffer, createTyped: () => typed });
  session.type("nobody asked");
  const a = run("a", 2);
  latest().say({ type: "ready", depth: "all" });
  assert.equal(latest().sent[0].typed, typed);
  typed[0] = -1;
  latest().say({ type: "event", id: a.id, event: { kind: "input", prompt: "Name? " } });
  assert.equal(a.heard.at(-1), "event input");
  mock.timers.tick(60_000);
  assert.equal(buffer[0], 0);
  session.type("Ada é");
  assert.equal(typed[0], 6);
  assert.equal(new TextDecoder().decode(new Uint8Array(typed.buffer, 4, 6).slice()), "Ada é");
  mock.timers.tick(2000);
  assert.equal(buffer[0], 2);
});

test("a line that is too long for the shared memory is cut between two characters", () => {
  const typed = new Int32Array(new SharedArrayBuffer(4 + 4));
  session = new Session({ ...MEANS, createInterrupt: () => new Uint8Array(1), createTyped: () => typed });
  run("a");
  latest().say({ type: "ready", depth: "all" });
  session.type("abcé");
  assert.equal(typed[0], 3);
});

test("runs that a run needs go before it, when its turn has come", () => {
  const needed = [];
  const b = run("b", 30, { turn: (own) => needed.push(run("x", 30, {}, own), run("y", 30, {}, own)) && null });
  const c = run("c");
  assert.equal(needed.length, 0);
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().runs, ["x"]);
  for (const { id } of [...needed, b, c]) latest().done(id);
  assert.deepEqual(latest().runs, ["x", "y", "b", "c"]);
});

test("what a run needs is asked of Python, and again of the next one if that one dies", () => {
  const cells = [{ id: "a", source: "x", lesson: "x" }];
  const heard = [];
  const a = run("a", 30, { turn: () => cells, surveyed: (_own, survey) => heard.push(survey) });
  latest().say({ type: "ready", depth: "all" });
  const asked = { type: "survey", id: a.id, cells };
  assert.deepEqual(latest().sent.at(-1), asked);
  assert.equal(a.heard.at(-1), "state queued", "behind no other");
  session.restart();
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().sent.at(-1), asked);
  latest().say({ type: "survey", id: a.id + 1, survey: {} });
  assert.deepEqual(heard, []);
  latest().say({ type: "survey", id: a.id, survey: { a: { needs: [], makes: [], depth: "python" } } });
  assert.equal(heard.length, 1);
  assert.deepEqual(latest().runs, ["a"]);
});

test("a Python that does not answer what a run needs is replaced, and the next one is asked", () => {
  const cells = [{ id: "a", source: "x", lesson: "x" }];
  const a = run("a", 30, { turn: () => cells, surveyed: () => {} });
  latest().say({ type: "ready", depth: "all" });
  mock.timers.tick(9999);
  assert.equal(workers.length, 1);
  mock.timers.tick(1);
  assert.equal(workers.length, 2);
  latest().say({ type: "ready", depth: "all" });
  latest().say({ type: "survey", id: a.id, survey: { a: { needs: [], makes: [], depth: "python" } } });
  mock.timers.tick(20_000);
  assert.equal(workers.length, 2);
  assert.deepEqual(latest().runs, ["a"]);
});

test("a run that is withdrawn while Python is asked does not stand in the way", () => {
  const a = run("a", 30, { turn: () => [] });
  const b = run("b");
  latest().say({ type: "ready", depth: "all" });
  session.stop(a.run);
  assert.equal(a.heard.at(-1), "ended withdrawn");
  assert.deepEqual(latest().runs, ["b"]);
  latest().done(b.id);
});

test("runs that are withdrawn together never begin", () => {
  const needed = [];
  const b = run("b", 30, { turn: (own) => needed.push(run("x", 30, {}, own), run("y", 30, {}, own)) && null });
  const x = { event: () => session.withdraw([b.run, needed[1].run], "blocked") };
  latest().say({ type: "ready", depth: "all" });
  Object.assign(needed[0].run.observer, x);
  latest().done(needed[0].id);
  assert.equal(b.heard.at(-1), "ended blocked");
  assert.equal(needed[1].heard.at(-1), "ended blocked");
  assert.deepEqual(latest().runs, ["x"]);
});

test("Python is started anew on demand, and who keeps count of variables is told", () => {
  let lost = 0;
  session.onLost = () => (lost += 1);
  session.restart();
  assert.equal(workers.length, 1);
  latest().say({ type: "ready", depth: "all" });
  assert.equal(lost, 0);
  const a = run("a");
  session.restart();
  assert.equal(a.heard.at(-1), "ended stopped");
  assert.equal(workers.length, 2);
  assert.equal(lost, 1);
});

test("a run that waits can be put before another one", () => {
  const a = run("a", 30, {
    turn(own) {
      session.stop(b.run);
      run("b again", 30, {}, own);
      return null;
    },
  });
  const b = run("b");
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().runs, ["b again"]);
  assert.equal(b.heard.at(-1), "ended withdrawn");
  assert.equal(a.heard.at(-1), "state queued behind b again");
});

test("what is worth keeping is kept once the worker is quiet, and once only", () => {
  session.load();
  const keep = { packs: ["core"] };
  latest().say({ type: "ready", depth: "all", keep });
  assert.deepEqual(kept, []);
  latest().say({ type: "ready", depth: "all", keep: { packs: ["forged"] } });
  latest().say({ type: "quiet" });
  latest().say({ type: "quiet" });
  assert.deepEqual(kept, [keep]);
});

test("the name of a run tells nothing of the next", () => {
  const ids = Array.from({ length: 20 }, () => run("a").id);
  assert.equal(new Set(ids).size, 20);
  assert.ok(ids.every((id) => Number.isSafeInteger(id)));
  assert.ok(Math.max(...ids) > 2 ** 40);
});

test("a run that says it is done, and goes on, costs no other", () => {
  mock.method(console, "warn", () => {});
  const a = run("a");
  const b = run("b", 30);
  latest().say({ type: "ready", depth: "all" });
  latest().say({ type: "event", id: a.id, event: { kind: "done", ok: true, ms: 1 } });
  assert.equal(a.heard.at(-1), "event done");
  assert.equal(b.heard.at(-1), "state queued behind a");
  latest().say({ type: "free", id: b.id }); // not the one that ended
  mock.timers.tick(2999);
  assert.deepEqual(latest().runs, ["a"]);
  mock.timers.tick(1);
  assert.ok(workers[0].terminated);
  assert.equal(workers.length, 2);
  latest().say({ type: "ready", depth: "all" });
  assert.deepEqual(latest().runs, ["b"]);
  assert.equal(b.heard.at(-1), "state running");
});

test("with nothing waiting, the worker that went on is only ended", () => {
  mock.method(console, "warn", () => {});
  const a = run("a");
  latest().say({ type: "ready", depth: "all" });
  latest().say({ type: "event", id: a.id, event: { kind: "done", ok: true, ms: 1 } });
  mock.timers.tick(3000);
  assert.ok(workers[0].terminated);
  assert.equal(workers.length, 1);
  run("b");
  assert.equal(workers.length, 2);
});

for (const message of [
  null,
  "ready",
  [],
  {},
  { type: "toString" },
  { type: "event" },
  { type: "event", id: "1", event: { kind: "done", ok: true, ms: 1 } },
  { type: "event", id: 1, event: null },
  { type: "event", id: 1, event: { kind: "stdout", text: 3 } },
  { type: "event", id: 1, event: { kind: "done", ok: true, ms: NaN } },
  { type: "event", id: 1, event: { kind: "error", type: "ValueError" } },
  {
    type: "event",
    id: 1,
    event: { kind: "figure", figure: 1, theme: "light", png: "x", width: 1, height: 1, alt: "" },
  },
  {
    type: "event",
    id: 1,
    event: {
      ...{ kind: "frame", figure: 1, theme: "light", alt: "", width: 1, height: 1, columns: 2, rows: 2 },
      rgba: new Uint8ClampedArray(4),
    },
  },
  { type: "loading", step: "x", fraction: "half" },
  { type: "failed" },
  { type: "broke", breakdown: { kind: "anger", detail: "" } },
]) {
  test(`a message that is none is dropped: ${JSON.stringify(message)}`, () => {
    mock.method(console, "warn", () => {});
    const a = run("a");
    latest().say({ type: "ready", depth: "all" });
    if (message?.id === 1) message.id = a.id;
    const { length } = a.heard;
    latest().say(message);
    assert.equal(a.heard.length, length);
    latest().done(a.id);
    assert.equal(a.heard.at(-1), "event done");
  });
}

/** Runs whose code needs so much of Python. */
const needing = (cell, depth) => {
  const turn = (own) => {
    own.depth = depth;
    return null;
  };
  return run(cell, 30, { turn });
};

test("a run begins as soon as there is as much of Python as it needs", () => {
  const plain = needing("plain", "python");
  const arrays = needing("arrays", "numpy");
  const plot = needing("plot", "all");
  latest().say({ type: "ready", depth: "python" });
  assert.deepEqual(latest().runs, ["plain"]);
  latest().done(plain.id);
  assert.deepEqual(latest().runs, ["plain"]);
  assert.deepEqual(latest().sent.at(-1), { type: "deepen", to: "numpy" });
  assert.ok(arrays.heard.includes("state loading"));
  latest().say({ type: "loading", step: "Getting NumPy", fraction: 0.5 });
  assert.equal(arrays.heard.at(-1), "progress Getting NumPy 0.5");
  assert.equal(plot.heard.at(-1), "state queued behind arrays");
  latest().say({ type: "deeper", depth: "numpy" });
  assert.deepEqual(latest().runs, ["plain", "arrays"]);
  latest().done(arrays.id);
  latest().say({ type: "deeper", depth: "all" });
  assert.deepEqual(latest().runs, ["plain", "arrays", "plot"]);
  latest().done(plot.id);
  const asked = latest().sent.filter(({ type }) => type === "deepen");
  assert.deepEqual(
    asked.map(({ to }) => to),
    ["numpy", "all"],
  );
});

test("how more of Python comes is told to nobody who does not wait for it", () => {
  const a = needing("a", "python");
  latest().say({ type: "ready", depth: "python" });
  const { length } = a.heard;
  latest().say({ type: "loading", step: "Getting NumPy", fraction: 0.5 });
  latest().say({ type: "deeper", depth: "numpy" });
  assert.equal(a.heard.length, length);
});

test("what does not come while a run waits for it is told, and a retry asks for that alone", () => {
  const a = needing("a", "numpy");
  latest().say({ type: "ready", depth: "python" });
  latest().say({ type: "failed", failure: { kind: "server", message: "The server answered 500." } });
  assert.equal(a.heard.at(-1), "failed server The server answered 500.");
  session.retry();
  assert.equal(workers.length, 1, "variables are kept");
  assert.deepEqual(
    latest()
      .sent.filter(({ type }) => type === "deepen")
      .map(({ to }) => to),
    ["numpy", "numpy"],
  );
  latest().say({ type: "deeper", depth: "numpy" });
  assert.deepEqual(latest().runs, ["a"]);
});

test("a wait for more of Python stalls as a start does; one for nothing does not", () => {
  needing("a", "python");
  latest().say({ type: "ready", depth: "python" });
  mock.timers.tick(20_000);
  assert.equal(latest().terminated, false);
  const b = needing("b", "all");
  latest().done(workers[0].sent.find(({ type }) => type === "run").request.id);
  mock.timers.tick(119_000);
  latest().say({ type: "deeper", depth: "numpy" });
  mock.timers.tick(119_000);
  assert.doesNotMatch(b.heard.at(-1), /^failed/);
  mock.timers.tick(1000);
  assert.match(b.heard.at(-1), /^failed stalled/);
});

test("a run stopped while it waits for more of Python leaves the way to the next", () => {
  const a = needing("a", "all");
  const b = needing("b", "python");
  latest().say({ type: "ready", depth: "python" });
  assert.deepEqual(latest().runs, []);
  session.stop(a.run);
  assert.deepEqual(latest().runs, ["b"]);
  latest().done(b.id);
});

const FIGURE = { kind: "figure", figure: 1, theme: "dark", png: new Uint8Array(1), width: 1, height: 1, alt: "" };

test("a figure that comes after its run is told to who ran it; nothing else is", () => {
  const late = [];
  const runs = Array.from({ length: 12 }, (_, i) =>
    run(`${i}`, 30, { late: ({ theme }) => late.push(`${i} ${theme}`) }),
  );
  latest().say({ type: "ready", depth: "all" });
  for (const { id } of runs) latest().done(id);
  const heard = runs[11].heard.length;
  latest().say({ type: "event", id: runs[11].id, event: FIGURE });
  latest().say({ type: "event", id: runs[11].id, event: { kind: "stdout", text: "late" } });
  latest().say({ type: "event", id: runs[0].id, event: FIGURE }); // too long ago
  assert.deepEqual(late, ["11 dark"]);
  assert.equal(runs[11].heard.length, heard);
});

test("a Python that is gone dresses no figures of the next one", () => {
  const late = [];
  const { id } = run("a", 30, { late: () => late.push("a") });
  latest().say({ type: "ready", depth: "all" });
  latest().done(id);
  session.restart();
  latest().say({ type: "event", id, event: FIGURE });
  assert.deepEqual(late, []);
});
