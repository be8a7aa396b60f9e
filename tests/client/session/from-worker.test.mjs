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

const table = (rows, columns, of = [rows, columns]) => ({
  kind: "result",
  text: "",
  table: { columns: Array(columns).fill("c"), rows: Array(rows).fill(Array(columns).fill("1")), of },
});
const frame = { cell: "a", line: 1, source: "x", function: "f" };
const error = { kind: "error", type: "E", message: "", detail: "", line: 1, traceback: "", name: null };
const progress = { kind: "progress", what: "", done: 1, total: 2 };

test("as much as Python sends is taken, and no more", () => {
  for (const fits of [table(200, 30), { ...error, frames: Array(20).fill(frame) }, progress])
    assert.deepEqual(sent(fits).event, fits);
  for (const odd of [
    table(2000, 200),
    table(1, 1, [-5, 1]),
    { ...error, frames: Array(20_000).fill(frame) },
    { ...error, frames: [], line: -7 },
    { ...error, frames: [{ ...frame, line: 0 }] },
    { ...progress, done: 3 },
    { kind: "stdout", text: "a".repeat(21_000_001) },
  ])
    assert.equal(sent(odd), undefined);
});
