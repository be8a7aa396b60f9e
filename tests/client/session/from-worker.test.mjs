// What the page takes for a check's words, and what it drops.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromWorker } from "../../../site_hooks/client/session/from-worker";

const check = { kind: "check", ok: false, message: "The sign is turned.", line: null, ran: true };
const sent = (event) => fromWorker({ type: "event", id: 1, event });

test("a check's words are taken, with a line or without", () => {
  assert.deepEqual(sent(check).event, check);
  assert.equal(sent({ ...check, line: 4 }).event.line, 4);
});

test("what is no check event is dropped", () => {
  for (const wrong of [{ ok: "no" }, { message: null }, { line: "4" }, { line: 1.5 }, { message: undefined }])
    assert.equal(sent({ ...check, ...wrong }), undefined);
});
