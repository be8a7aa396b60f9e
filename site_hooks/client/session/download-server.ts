// The page's side of downloads: brings the worker what it asks for. What the page does, the worker need not wait for.
import { fetchPack, fetchWasm } from "./fetch-pack";
import { explain } from "../shared/packs";
import { lineRate } from "./bandwidth";
import type { Part, ToWorker } from "../shared/protocol";

/** A part, or why it is missing. */
export type Answer = ToWorker & { type: "part" | "missing" };

let wasm: Promise<WebAssembly.Module> | undefined;

/** Pyodide as compiled for the first worker serves those after it. */
function compiled(): Promise<WebAssembly.Module> {
  wasm ??= fetchWasm();
  wasm.catch(() => (wasm = undefined));
  return wasm;
}

function fetched(name: string): Promise<Part> {
  switch (name) {
    case "wasm":
      return compiled();
    case "rate":
      return lineRate();
    default:
      return fetchPack(name);
  }
}

export async function supply(name: string): Promise<Answer> {
  try {
    return { type: "part", name, part: await fetched(name) };
  } catch (error) {
    return { type: "missing", name, message: explain(error) };
  }
}
