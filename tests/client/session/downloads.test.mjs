// Both ends of the port for downloads: what is asked for, what arrives, what fails, and a worker that is gone.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { DownloadClient } from "../../../site_hooks/client/python/download-client";
import { DownloadServer } from "../../../site_hooks/client/session/download-server";
import { LoadError } from "../../../site_hooks/client/shared/packs";

const EMPTY = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
let asked, made, ports, server;

beforeEach(() => {
  [asked, made, ports] = [[], [], []];
  server = new DownloadServer(async (name) => {
    asked.push(name);
    if (name === "wasm") return EMPTY;
    if (name === "rate") return 7;
    if (name === "lost") throw new LoadError("offline", "no line");
    if (name === "late") await new Promise((resolve) => setTimeout(resolve, 20));
    made.push(new TextEncoder().encode(name));
    return made.at(-1);
  });
});

afterEach(() => {
  for (const port of ports) port.close();
});

function client() {
  ports.push(server.open());
  return new DownloadClient(ports.at(-1));
}

test("each request gets its own answer, whatever comes first", async () => {
  const worker = client();
  const both = await Promise.all([worker.pack("late"), worker.pack("core"), worker.pack("core")]);
  assert.deepEqual(
    both.map((bytes) => new TextDecoder().decode(bytes)),
    ["late", "core", "core"],
  );
  assert.equal(await worker.rate(), 7);
  assert.ok((await worker.wasm()) instanceof WebAssembly.Module);
});

test("a pack's bytes move to the worker, they are not copied", async () => {
  await client().pack("core");
  assert.equal(made[0].byteLength, 0);
});

test("what has the line first is here, or failed, before the next is fetched", async () => {
  const worker = client();
  const late = worker.pack("late");
  const next = worker.pack("core", ["late"]);
  const last = worker.pack("kernel", ["lost", "core"]);
  await worker.rate();
  assert.ok(!asked.includes("core"));
  await late;
  await Promise.all([next, last]);
  assert.deepEqual(asked.slice(-3), ["rate", "core", "kernel"]);
  await Promise.all([assert.rejects(worker.pack("lost")), worker.pack("python", ["lost"])]);
  // A new worker's parts do not wait for those of the one before.
  void worker.pack("late");
  const other = client();
  assert.equal((await other.pack("core", ["late"])).length, 4);
});

test("Pyodide is asked for before the worker can", () => {
  client();
  assert.deepEqual(asked, ["wasm"]);
});

test("what fails says why, and the next request is answered", async () => {
  const worker = client();
  const failed = await worker.pack("lost").catch((error) => error);
  assert.ok(failed instanceof LoadError);
  assert.deepEqual([failed.kind, failed.message], ["offline", "no line"]);
  assert.equal((await worker.pack("core")).length, 4);
});

test("a worker that was replaced gets nothing, and its bytes stay here", async () => {
  const first = client();
  const late = first.pack("late");
  while (!asked.includes("late")) await new Promise(setImmediate);
  await client().pack("core");
  const ended = await Promise.race([late, new Promise((resolve) => setTimeout(() => resolve("nothing"), 60))]);
  assert.equal(ended, "nothing");
  assert.deepEqual(
    made.map((bytes) => bytes.byteLength),
    [0, 4],
  );
});
