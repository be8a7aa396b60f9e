// How much has arrived, and how long the rest takes, from whole files on a line of one rate.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Arrivals } from "../../../site_hooks/client/python/arrivals";

let arrivals, clock;

beforeEach(() => {
  clock = 0;
  arrivals = new Arrivals(() => clock);
});

function at(milliseconds, action) {
  clock = milliseconds;
  action();
  return arrivals.amount;
}

test("the size is known before anything came, the time left is not", () => {
  arrivals.expect({ core: 1000, wasm: 3000 });
  arrivals.began("core");
  arrivals.began("wasm");
  assert.deepEqual(
    at(5000, () => {}),
    { bytes: 0, of: 4000 },
  );
});

test("what is on the line beside a file has come as far as that", () => {
  arrivals.expect({ core: 1000, wasm: 3000 });
  arrivals.began("core");
  arrivals.began("wasm");
  // Two files share a line of 1000 bytes a second: 2000 are here after 2 s, and as many are left.
  assert.deepEqual(
    at(2000, () => arrivals.arrived("core")),
    { bytes: 1000, of: 4000, seconds: 2 },
  );
  assert.deepEqual(
    at(3000, () => {}),
    { bytes: 1000, of: 4000, seconds: 1 },
  );
  assert.deepEqual(
    at(4000, () => {}),
    { bytes: 1000, of: 4000 },
  );
  assert.equal(
    at(4100, () => arrivals.arrived("wasm")),
    undefined,
  );
});

test("what began later has not come as far, and a small file is not larger than it is", () => {
  arrivals.expect({ core: 4000, tiny: 100, late: 5000 });
  arrivals.began("core");
  arrivals.began("tiny");
  at(3000, () => arrivals.began("late"));
  // 4000 and 100 in 4.1 s; of the late one nothing is known.
  assert.deepEqual(
    at(4100, () => arrivals.arrived("core")),
    { bytes: 4000, of: 9100, seconds: 5 },
  );
});

test("what comes at once tells nothing of the line", () => {
  arrivals.expect({ core: 1000, wasm: 3000 });
  arrivals.began("core");
  assert.deepEqual(
    at(100, () => arrivals.arrived("core")),
    { bytes: 1000, of: 4000 },
  );
});

test("another way to start needs other files; what came of the first one counts", () => {
  arrivals.expect({ core: 1000, first: 500, data: 10 });
  arrivals.began("core");
  at(1000, () => arrivals.arrived("core"));
  assert.deepEqual(
    at(1000, () => arrivals.expect({ core: 1000, memory: 4000 })),
    { bytes: 1000, of: 5000, seconds: 4 },
  );
  assert.deepEqual(
    at(1000, () => arrivals.expect({ first: 500 })),
    { bytes: 1000, of: 1500, seconds: 1 },
  );
});

test("files that nobody expects do not count", () => {
  arrivals.began("fonts");
  arrivals.arrived("fonts");
  assert.equal(arrivals.amount, undefined);
});
