// Downloads of a start: each pack once, unless it failed.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Downloads } from "../../../site_hooks/client/python/downloads";

let asked, fails, downloads;

const client = {
  pack: async (name) => {
    asked.push(name);
    if (fails) throw new Error(`${name} did not come`);
    return new Uint8Array([1]);
  },
};

beforeEach(() => {
  asked = [];
  fails = false;
  downloads = new Downloads(client, () => {}, "wasm");
});

test("a pack that was asked for before comes once", async () => {
  downloads.ask("numpy");
  downloads.ask("numpy");
  assert.deepEqual(await downloads.pack("numpy"), new Uint8Array([1]));
  assert.deepEqual(asked, ["numpy"]);
});

test("one that failed before it was needed is asked for again", async () => {
  fails = true;
  downloads.ask("numpy");
  await new Promise(setImmediate);
  fails = false;
  assert.deepEqual(await downloads.pack("numpy"), new Uint8Array([1]));
  assert.deepEqual(asked, ["numpy", "numpy"]);
});
