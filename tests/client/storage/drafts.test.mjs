// The learner's edits in storage: keys, changed lessons, storage that is blocked or holds nonsense.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../../site_hooks/client/storage/drafts";

function memory() {
  const items = new Map();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
}

test("one key per site, page and cell", () => {
  const drafts = new Drafts("py-cell:/lesson/:", () => null);
  assert.equal(drafts.key("losses/mse", "fit"), "py-cell:/lesson/:losses/mse#fit");
});

test("an edit comes back", () => {
  const store = memory();
  const drafts = new Drafts("/", () => store);
  assert.deepEqual(drafts.restore("p", "c", "x = 1"), { kind: "none" });
  assert.equal(drafts.keep("p", "c", { code: "x = 2", base: "x = 1" }), "kept");
  assert.deepEqual(drafts.restore("p", "c", "x = 1"), { kind: "draft", code: "x = 2" });
  assert.deepEqual(drafts.restore("p", "other", "x = 1"), { kind: "none" });
});

test("the lesson's own code leaves nothing behind", () => {
  const store = memory();
  const drafts = new Drafts("/", () => store);
  drafts.keep("p", "c", { code: "x = 2", base: "x = 1" });
  drafts.keep("p", "c", { code: "x = 1", base: "x = 1" });
  assert.equal(store.items.size, 0);
});

test("a lesson that changed asks", () => {
  const store = memory();
  const drafts = new Drafts("/", () => store);
  drafts.keep("p", "c", { code: "x = 2", base: "x = 1" });
  assert.deepEqual(drafts.restore("p", "c", "x = 3"), { kind: "conflict", code: "x = 2" });
  assert.deepEqual(drafts.restore("p", "c", "x = 2"), { kind: "none" });
});

test("blocked storage breaks nothing", () => {
  const blocked = () => {
    throw new DOMException("no", "SecurityError");
  };
  for (const store of [blocked, () => null, () => ({ getItem: blocked, setItem: blocked, removeItem: blocked })]) {
    const drafts = new Drafts("/", store);
    assert.deepEqual(drafts.restore("p", "c", "x"), { kind: "none" });
    assert.equal(drafts.keep("p", "c", { code: "y", base: "x" }), "blocked");
  }
  assert.equal(new Drafts("/", blocked).blocked, true);
  assert.equal(new Drafts("/", () => ({ length: 0 })).blocked, false);
});

for (const name of ["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"]) {
  test(`full storage is told from blocked storage: ${name}`, () => {
    const store = memory();
    const drafts = new Drafts("/", () => store);
    store.setItem = () => {
      throw new DOMException("no room", name);
    };
    assert.equal(drafts.keep("p", "c", { code: "y", base: "x" }), "full");
    assert.equal(drafts.keep("p", "c", { code: "x", base: "x" }), "kept");
    assert.equal(drafts.blocked, false);
  });
}

for (const text of ["", "{", "null", "7", '{"code": 1, "base": "x"}', '{"code": "y"}']) {
  test(`nonsense in storage: ${text}`, () => {
    const drafts = new Drafts("/", () => ({ getItem: () => text }));
    assert.deepEqual(drafts.restore("p", "c", "x"), { kind: "none" });
  });
}
