// What it was that a run did not come back from, by the kind of what was thrown: errors of Python never get this far.
import type { Breakdown } from "../shared/protocol";

/** WebAssembly has the browser's own stack for its calls: where that is full, engines throw this. */
const STACK = ["RangeError", /* Firefox */ "InternalError"];
/** WebAssembly gave up, or reached for memory that is not there. */
const TRAP = "RuntimeError";

/**
 * Pyodide 314.0.4 throws on what its functions threw, of JavaScript or WebAssembly, and has ended then ("fatal error").
 * Where there was no memory left to tell the page of an exception it is Python's own. Python 3.14 counts calls, and not
 * what they take of a browser's stack: recursion is not needed here once the tests of breakdowns see a RecursionError.
 */
export function breakdown(error: unknown): Breakdown {
  const { name, type, message } = error as { name?: string; type?: string; message?: string };
  return { kind: kindOf(name, type), detail: type ?? message ?? String(error) };
}

/** `type`: of a Python exception. */
function kindOf(name = "", type?: string): Breakdown["kind"] {
  if (type === "MemoryError" || (!type && name === TRAP)) return "memory";
  if (type === "RecursionError" || (!type && STACK.includes(name))) return "recursion";
  return "unknown";
}

/** Whether Python has ended: Pyodide 314.0.4 puts this mark on the error that it ended with. */
export function isFatal(error: unknown): boolean {
  return error instanceof Error && (error as { pyodide_fatal_error?: boolean }).pyodide_fatal_error === true;
}
