// The page's side of downloads: answers the worker at a port of its own. What the page does, the worker need not wait for.
import { fetchPack, fetchWasm } from "./fetch-pack";
import { failure } from "../shared/packs";
import { lineRate } from "./bandwidth";
import { askAnew, form } from "./pack-form";
import type { DownloadAnswer, DownloadRequest, Part } from "../shared/protocol";

export class DownloadServer {
  #port: MessagePort | undefined;
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(private readonly fetched: (name: string) => Promise<Part>) {}

  /** The worker's end of a new port; the worker before it is gone, and gets nothing any more. */
  open(): MessagePort {
    this.#port?.close();
    this.#asked.clear();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<DownloadRequest>) => void this.#answer(port1, data);
    this.fetched("wasm").catch(() => undefined); // before the worker, which is yet to start, can ask for it
    return port2;
  }

  async #answer(port: MessagePort, { id, name, after }: DownloadRequest): Promise<void> {
    const first = Promise.all(after.map((other) => this.#asked.get(other)));
    const brought = first.then(() => this.#bring(id, name));
    this.#asked.set(name, brought);
    const answer = await brought;
    if (port !== this.#port) return;
    port.postMessage(answer, "part" in answer && answer.part instanceof Uint8Array ? [answer.part.buffer] : []);
  }

  async #bring(id: number, name: string): Promise<DownloadAnswer> {
    try {
      return { id, part: await this.fetched(name) };
    } catch (error) {
      return { id, failure: failure(error) };
    }
  }
}

let wasm: Promise<WebAssembly.Module> | undefined;

/** Pyodide as compiled for the first worker serves those after it. */
export function compiled(): Promise<WebAssembly.Module> {
  wasm ??= fetchWasm();
  wasm.catch(() => {
    wasm = undefined;
    askAnew();
  });
  return wasm;
}

export function fetched(name: string): Promise<Part> {
  switch (name) {
    case "wasm":
      return compiled();
    case "rate":
      return form().then(lineRate); // the pack that tells it, asked for before, waited for the same
    case "form":
      return form();
    default:
      return fetchPack(name);
  }
}

/** The one of this tab. */
export const downloads = new DownloadServer(fetched);
