// The rate of the line: measured once, remembered as long as the pack is the same, told to whoever asks.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lineRate, timed } from "../../../site_hooks/client/session/bandwidth";

const CORE = new URL("https://a.test/assets/runtime/core.1.pack");
const FAST = 20_000; // bits per millisecond
let kept;

beforeEach(() => {
  kept = new Map();
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  delete globalThis.caches;
});

async function rateOf(url, milliseconds, bytes = 1_000_000) {
  const end = timed(url);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  end(bytes);
  return lineRate();
}

test("bits per millisecond, from asking to the last byte", async () => {
  assert.ok((await rateOf(CORE, 0)) > FAST);
  kept.clear();
  assert.ok((await rateOf(CORE, 500)) < FAST);
});

test("the rate at which a file came first is remembered, for that file only", async () => {
  const first = await rateOf(CORE, 500);
  assert.equal(await rateOf(CORE, 0), first);
  assert.ok((await rateOf(new URL("core.2.pack", CORE), 0)) > FAST);
});

test("a failed download tells nothing, and is not remembered", async () => {
  assert.equal(await rateOf(CORE, 0, 0), 0);
  assert.equal(kept.size, 0);
});

test("what the service worker has tells nothing", async () => {
  globalThis.caches = { match: async () => new Response("") };
  assert.equal(await rateOf(CORE, 0), 0);
  assert.equal(kept.size, 0);
});

test("without storage every start asks the line anew", async () => {
  delete globalThis.localStorage;
  assert.ok((await rateOf(CORE, 0)) > FAST);
});
