// Which kind of end it was, from errors that engines throw.
import assert from "node:assert/strict";
import { test } from "node:test";
import { breakdown, isFatal } from "../../../site_hooks/client/python/breakdown";

function thrown(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
}

/** A module whose function "f" has the given code. */
function instance(...code) {
  const body = [code.length + 1, 0, ...code];
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0];
  const section = [10, body.length + 1, 1, ...body];
  return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([...bytes, ...section]))).exports.f;
}
const [CALL, UNREACHABLE, END] = [0x10, 0x00, 0x0b];

test("calls that fill the stack are recursion, in WebAssembly too", () => {
  const call = () => call();
  assert.equal(breakdown(thrown(call)).kind, "recursion");
  assert.equal(breakdown(thrown(instance(CALL, 0, END))).kind, "recursion");
  const firefox = Object.assign(new Error("too much recursion"), { name: "InternalError" });
  assert.deepEqual(breakdown(firefox), { kind: "recursion", detail: "too much recursion" });
});

test("a trap of WebAssembly is memory", () => {
  const { kind, detail } = breakdown(thrown(instance(UNREACHABLE, END)));
  assert.equal(kind, "memory");
  assert.ok(detail);
});

test("a Python exception that came this far goes by its type", () => {
  const python = (type) => breakdown(Object.assign(new Error("Traceback …"), { name: "PythonError", type }));
  assert.deepEqual(python("MemoryError"), { kind: "memory", detail: "MemoryError" });
  assert.equal(python("RecursionError").kind, "recursion");
  assert.equal(python("RuntimeError").kind, "unknown");
});

test("anything else is unknown", () => {
  assert.deepEqual(breakdown(new Error("what")), { kind: "unknown", detail: "what" });
  assert.deepEqual(breakdown("text"), { kind: "unknown", detail: "text" });
});

test("only Pyodide's mark says that Python has ended", () => {
  assert.equal(isFatal(Object.assign(new Error(""), { pyodide_fatal_error: true })), true);
  assert.equal(isFatal(new RangeError("Maximum call stack size exceeded")), false);
  assert.equal(isFatal(undefined), false);
});
