// The worker's side of downloads: asks the page for a part of Python, and waits until it is here.
import { LoadError } from "../shared/packs";
import type { FromWorker, Part, ToWorker } from "../shared/protocol";

interface Waiting {
  resolve(part: Part): void;
  reject(error: LoadError): void;
}
const waiting = new Map<string, Waiting>();

function bring(name: string): Promise<Part> {
  const message: FromWorker = { type: "bring", name };
  postMessage(message);
  return new Promise((resolve, reject) => waiting.set(name, { resolve, reject }));
}

export async function bringPack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return (await bring(name)) as Uint8Array<ArrayBuffer>;
}

/** Pyodide, compiled. */
export async function bringWasm(): Promise<WebAssembly.Module> {
  return (await bring("wasm")) as WebAssembly.Module;
}

/** Bits per millisecond at which the first pack came, beside others. */
export async function bringRate(): Promise<number> {
  return (await bring("rate")) as number;
}

/** The page's answer. */
export function answered(message: ToWorker & { type: "part" | "missing" }): void {
  const { name } = message;
  if (message.type === "part") waiting.get(name)?.resolve(message.part);
  else waiting.get(name)?.reject(new LoadError(message.message));
  waiting.delete(name);
}
