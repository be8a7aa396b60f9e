// The page's side of downloads: brings the worker what it asks for. What the page does, the worker need not wait for.
import { explain, fetchPack, fetchWasm } from "./files";
import type { Part, ToWorker } from "./protocol";

/** A part, or why it is missing. */
export type Answer = ToWorker & { type: "part" | "missing" };

let wasm: Promise<WebAssembly.Module> | undefined;

/** Pyodide as compiled for the first worker serves those after it. */
function compiled(): Promise<WebAssembly.Module> {
  wasm ??= fetchWasm();
  wasm.catch(() => (wasm = undefined));
  return wasm;
}

export async function supply(name: string): Promise<Answer> {
  try {
    const part: Part = name === "wasm" ? await compiled() : await fetchPack(name);
    return { type: "part", name, part };
  } catch (error) {
    return { type: "missing", name, message: explain(error) };
  }
}
