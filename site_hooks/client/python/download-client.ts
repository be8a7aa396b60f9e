// The worker's side of downloads: asks the page for parts of Python at the port that it was handed.
import { LoadError } from "../shared/packs";
import type { DownloadAnswer, DownloadRequest, PackForm, Part } from "../shared/protocol";

interface Waiting {
  resolve(part: Part): void;
  reject(error: LoadError): void;
}

export class DownloadClient {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(private readonly port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<DownloadAnswer>) => this.#answered(data);
  }

  /** A pack's content; the page waits for others first, because the worker may be busy when they come. */
  async pack(name: string, after: readonly string[] = []): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#ask(name, after)) as Uint8Array<ArrayBuffer>;
  }

  /** Pyodide, compiled. */
  async wasm(): Promise<WebAssembly.Module> {
    return (await this.#ask("wasm")) as WebAssembly.Module;
  }

  /** Bits per millisecond at which the first pack came, beside others. */
  async rate(): Promise<number> {
    return (await this.#ask("rate")) as number;
  }

  /** In which packs come from this host. */
  async form(): Promise<PackForm> {
    return (await this.#ask("form")) as PackForm;
  }

  #ask(name: string, after: readonly string[] = []): Promise<Part> {
    const request: DownloadRequest = { id: ++this.#lastId, name, after };
    this.port.postMessage(request);
    return new Promise((resolve, reject) => this.#waiting.set(request.id, { resolve, reject }));
  }

  #answered(answer: DownloadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("part" in answer) waiting?.resolve(answer.part);
    else waiting?.reject(new LoadError(answer.failure.kind, answer.failure.message));
  }
}
