// Runs that follow a control: at once, one under way and one waiting at most, and one at rest that shows all.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { LiveRuns } from "../../../site_hooks/client/cell/live-runs";

function follow() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const started = [];
  const runs = new LiveRuns((pace) => {
    started.push(pace);
    runs.began();
  });
  return { runs, started };
}

test("the first move runs at once, and those during its run become one", (t) => {
  t.after(() => mock.timers.reset());
  const { runs, started } = follow();
  for (let move = 0; move < 50; move++) runs.touch();
  assert.deepEqual(started, ["moving"]);
  runs.ended();
  assert.deepEqual(started, ["moving", "moving"]);
  runs.ended();
  assert.equal(started.length, 2);
});

test("at rest one run shows all, after the one under way", (t) => {
  t.after(() => mock.timers.reset());
  const { runs, started } = follow();
  runs.touch();
  mock.timers.tick(249);
  runs.touch();
  mock.timers.tick(250);
  assert.deepEqual(started, ["moving"]);
  runs.ended();
  assert.deepEqual(started, ["moving", "settled"]);
  runs.ended();
  mock.timers.tick(10_000);
  assert.equal(started.length, 2);
});

test("a run that was asked for is waited for, not doubled", (t) => {
  t.after(() => mock.timers.reset());
  const { runs, started } = follow();
  runs.began();
  runs.touch();
  assert.deepEqual(started, []);
  runs.ended();
  assert.deepEqual(started, ["moving"]);
});

test("after a stop nothing follows until the next move; a run under way stays one", (t) => {
  t.after(() => mock.timers.reset());
  const { runs, started } = follow();
  runs.touch();
  runs.touch();
  runs.cancel();
  mock.timers.tick(1000);
  runs.touch();
  assert.deepEqual(started, ["moving"], "it still runs: another start would stop it");
  runs.cancel();
  runs.ended();
  runs.touch();
  assert.deepEqual(started, ["moving", "moving"]);
});
