// What a start downloads: each pack once, and how far it has come.
import { Arrivals } from "./arrivals";
import type { DownloadClient } from "./download-client";
import { fileOf } from "../shared/packs";
import type { Amount, PackForm } from "../shared/protocol";

/** Tells how far the start has come; fraction: 0 to 1 of all. */
export type Report = (step: string, fraction: number, amount?: Amount) => void;
export type Pack = Uint8Array<ArrayBuffer>;

/** Downloads are half of a start. */
const SHARE = 0.5;
/** So often is the time left told anew. */
const TICK_MS = 1000;

export class Downloads {
  readonly #asked = new Map<string, Promise<Pack>>();
  readonly #coming = new Map<string, Promise<unknown>>();
  readonly #arrivals = new Arrivals(() => performance.now());
  #downloading = "";
  #step = "";
  #reached = 0;
  #tick: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: DownloadClient,
    private readonly tell: Report,
    private readonly form: PackForm,
  ) {}

  /** What is waited for from now on, in words. */
  begin(step: string, names: string[]): void {
    if (step !== this.#downloading) this.#reached = 0;
    this.#downloading = this.#step = step;
    this.#arrivals.expect(Object.fromEntries(names.map((name) => [name, fileOf(name, this.form).bytes])));
    this.#told();
  }

  /** What began before Python was so far is no step back. */
  report(step: string, fraction: number): void {
    if (fraction < this.#reached) return;
    this.#step = step;
    this.#reached = fraction;
    this.#told();
  }

  #arrived(name: string): void {
    this.#arrivals.arrived(name);
    const { amount } = this.#arrivals;
    const fraction = amount ? (SHARE * amount.bytes) / amount.of : 0;
    if (fraction > this.#reached) this.report(this.#downloading, fraction);
    else this.#told();
  }

  /** Says it again each second while the time left is known; so a line that went dead falls silent. */
  #told(): void {
    clearTimeout(this.#tick);
    const { amount } = this.#arrivals;
    this.tell(this.#step, this.#reached, amount);
    if (amount?.seconds) this.#tick = setTimeout(() => this.#told(), TICK_MS);
  }

  wasm(): Promise<WebAssembly.Module> {
    return this.#count("wasm", () => this.client.wasm());
  }

  /** Asks for a pack before it is needed; others that were asked for before have the line first. */
  ask(name: string, after: readonly string[] = []): void {
    if (this.#asked.has(name)) return;
    const coming = this.#count(name, () => this.client.pack(name, after), after);
    this.#asked.set(name, coming);
    // Who needs it later asks again.
    coming.catch(() => this.#asked.get(name) === coming && this.#asked.delete(name));
  }

  /** A pack, which is not held here any more; others that were asked for before have the line first. */
  pack(name: string, after: readonly string[] = []): Promise<Pack> {
    this.ask(name, after);
    const asked = this.#asked.get(name)!;
    this.#asked.delete(name);
    return asked;
  }

  #count<T>(name: string, ask: () => Promise<T>, after: readonly string[] = []): Promise<T> {
    void Promise.allSettled(after.map((other) => this.#coming.get(other))).then(() => this.#arrivals.began(name));
    const coming = quietly(
      ask().then((content) => {
        this.#arrived(name);
        return content;
      }),
    );
    const here = coming.then(() => undefined);
    this.#coming.set(name, quietly(here));
    return coming;
  }
}

/** A part that fails is reported by who waits for it; until then, and if nobody does any more, it fails quietly. */
export function quietly<T>(part: Promise<T>): Promise<T> {
  part.catch(() => undefined);
  return part;
}
