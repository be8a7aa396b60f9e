// What a tab keeps of the cells' outputs: whole or not at all, and never at the cost of a run.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LastOutputs, Recording } from "../../../site_hooks/client/storage/last-output";

class Store {
  items = new Map();
  room = 1_000_000;
  get length() {
    return this.items.size;
  }
  key(index) {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    const others = [...this.items].filter(([name]) => name !== key).reduce((sum, [, text]) => sum + text.length, 0);
    if (others + value.length > this.room) throw new DOMException("no room", "QuotaExceededError");
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

let store, outputs;
const key = (page, cell) => `cell:${page}#${cell}`;
const stdout = (text) => ({ kind: "stdout", text });

beforeEach(() => {
  store = new Store();
  outputs = new LastOutputs(key, () => store);
});

test("an output comes back as it was, bytes included", () => {
  const events = [stdout("a\n"), { kind: "figure", figure: 1, png: new Uint8Array([0, 137, 255]) }];
  outputs.keep("p", "a", { code: "x", events });
  assert.deepEqual(outputs.restore("p", "a"), { code: "x", events });
  assert.equal(outputs.restore("p", "b"), null);
  outputs.forget("p", "a");
  assert.equal(outputs.restore("p", "a"), null);
});

test("what is too much is not kept, but is told", () => {
  outputs.keep("p", "a", { code: "x", events: [stdout("y".repeat(500_000))] });
  assert.deepEqual(outputs.restore("p", "a"), { code: "x", events: null });
});

test("a flood is not gathered", () => {
  const recording = new Recording();
  for (let part = 0; part < 5; part++) recording.add(stdout("y".repeat(100_000)));
  assert.equal(recording.events, null);
});

test("a full store gives up the outputs of other cells, and nothing else", () => {
  store.room = 250_000;
  store.setItem("another site's", "z");
  outputs.keep("p", "a", { code: "x", events: [stdout("y".repeat(150_000))] });
  outputs.keep("q", "b", { code: "x", events: [stdout("y".repeat(150_000))] });
  assert.equal(outputs.restore("p", "a"), null);
  assert.notEqual(outputs.restore("q", "b"), null);
  assert.equal(store.getItem("another site's"), "z");
});

test("a store too full for an output has room to say so", () => {
  store.room = 100_000;
  outputs.keep("p", "a", { code: "x", events: [stdout("y".repeat(150_000))] });
  assert.deepEqual(outputs.restore("p", "a"), { code: "x", events: null });
});

test("blocked, missing or broken storage breaks nothing", () => {
  const blocked = new LastOutputs(key, () => {
    throw new Error("SecurityError");
  });
  blocked.keep("p", "a", { code: "", events: [] });
  assert.equal(blocked.restore("p", "a"), null);
  store.setItem(key("p", "a"), "{");
  assert.equal(outputs.restore("p", "a"), null);
});
