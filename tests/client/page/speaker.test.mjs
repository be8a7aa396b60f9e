// At most one announcement in a second; the last word is always said, and nothing twice.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Speaker } from "../../../site_hooks/client/page/speaker";

test("it speaks at once, then once in a second, and ends with the latest", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  let now = 0;
  const said = [];
  const speaker = new Speaker((words) => said.push([now, words]), { now: () => now });
  for (now = 0; now < 2500; now += 100) {
    speaker.say(`step ${now / 100}`);
    mock.timers.tick(100);
  }
  now = 5000;
  mock.timers.tick(2000);
  assert.equal(said[0][1], "step 0");
  assert.equal(said.at(-1)[1], "step 24");
  assert.equal(said.length, 4);
  speaker.say("step 24");
  mock.timers.tick(2000);
  assert.equal(said.length, 4);
});

test("where words may repeat, they are said again", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  let now = 0;
  const said = [];
  const speaker = new Speaker((words) => said.push(words), { repeats: true, now: () => now });
  speaker.say("copied");
  now = 1500;
  speaker.say("copied");
  assert.deepEqual(said, ["copied", "copied"]);
});
