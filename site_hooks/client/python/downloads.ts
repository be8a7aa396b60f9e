// What a start downloads: each pack once, and how far it has come.
import type { DownloadClient } from "./download-client";

/** Tells how far the start has come; fraction: 0 to 1 of all. */
export type Report = (step: string, fraction: number) => void;
export type Pack = Uint8Array<ArrayBuffer>;

const STEP = "Downloading Python, NumPy and matplotlib";
/** Downloads are half of a start. */
const SHARE = 0.5;

export class Downloads {
  #asked = new Map<string, Promise<Pack>>();
  #arrived = 0;
  #reached = 0;

  constructor(
    private readonly client: DownloadClient,
    private readonly tell: Report,
    private readonly expected: number,
  ) {
    this.report(STEP, 0);
  }

  /** A download that ends while Python already imports is no step back. */
  report(step: string, fraction: number): void {
    if (fraction < this.#reached) return;
    this.#reached = fraction;
    this.tell(step, fraction);
  }

  wasm(): Promise<WebAssembly.Module> {
    return this.#count(this.client.wasm());
  }

  /** A pack; one that waits for others leaves them the line. */
  pack(name: string, after?: Promise<unknown>): Promise<Pack> {
    const found = this.#asked.get(name);
    if (found) return found;
    const asked = this.#count(after ? after.then(() => this.client.pack(name)) : this.client.pack(name));
    this.#asked.set(name, asked);
    return asked;
  }

  #count<T>(part: Promise<T>): Promise<T> {
    return quietly(
      part.then((content) => {
        const fraction = (SHARE * ++this.#arrived) / this.expected;
        this.report(STEP, Math.min(SHARE, fraction));
        return content;
      }),
    );
  }
}

/** A part that fails is reported by who waits for it; until then, and if nobody does any more, it fails quietly. */
export function quietly<T>(part: Promise<T>): Promise<T> {
  part.catch(() => undefined);
  return part;
}
