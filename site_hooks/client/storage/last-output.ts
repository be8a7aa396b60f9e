// What each cell's last run put out, kept for this tab: a page that is loaded anew shows it again. Blocked or full
// storage costs that, nothing else.
import type { OutputEvent } from "../shared/protocol";
import { tab } from "../shared/stores";
import { drafts } from "./drafts";
import { type Refusal, refusal } from "./refusal";
import { attempt, type Store } from "./store";

export interface LastOutput {
  /** The code that was run. */
  code: string;
  /** null: too much to be kept. */
  events: OutputEvent[] | null;
}

/** Characters that the output of one cell may take, figures included: a tab has some five millions. */
const LIMIT = 400_000;

/** Gathers the events of a run, as long as they are few enough to be kept. */
export class Recording {
  #events: OutputEvent[] | null = [];
  #size = 0;

  add(event: OutputEvent): void {
    if (!this.#events || event.kind === "frame" || event.kind === "progress" || event.kind === "input") return;
    if (event.kind === "animation") {
      this.#events = null;
      return;
    }
    this.#size += "text" in event ? event.text.length : "record" in event ? event.record.length : 0;
    if (this.#size > LIMIT) this.#events = null;
    else this.#events.push(event);
  }

  get events(): OutputEvent[] | null {
    return this.#events;
  }
}

export class LastOutputs {
  constructor(
    private readonly key: (page: string, cell: string) => string,
    private readonly store: () => Store | null,
  ) {}

  restore(page: string, cell: string): LastOutput | null {
    return attempt(
      this.store,
      (store) => JSON.parse(store.getItem(this.key(page, cell)) ?? "null", fromText) as LastOutput,
    );
  }

  keep(page: string, cell: string, output: LastOutput): void {
    const text = JSON.stringify(output, toText);
    const tooLarge = JSON.stringify({ code: output.code, events: null });
    const kept = text.length > LIMIT ? tooLarge : text;
    const key = this.key(page, cell);
    if (this.#put(key, kept) !== "full") return;
    // The outputs of other cells make room; where that is not enough, at least the page can say so.
    this.forgetAll();
    if (this.#put(key, kept) === "full") this.#put(key, tooLarge);
  }

  #put(key: string, text: string): "kept" | Refusal {
    try {
      const store = this.store();
      if (!store) return "blocked";
      store.setItem(key, text);
      return "kept";
    } catch (error) {
      return refusal(error);
    }
  }

  forget(page: string, cell: string): void {
    attempt(this.store, (store) => store.removeItem(this.key(page, cell)));
  }

  forgetAll(): void {
    attempt(this.store, (store) => this.#clear(store));
  }

  #clear(store: Store): true {
    const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? "");
    for (const key of keys) if (key.startsWith(this.key("", "").slice(0, -1))) store.removeItem(key);
    return true;
  }
}

interface Bytes {
  base64: string;
}

function toText(_key: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  let binary = "";
  for (const byte of value) binary += String.fromCharCode(byte);
  return { base64: btoa(binary) } satisfies Bytes;
}

function fromText(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("base64" in value)) return value;
  return Uint8Array.from(atob((value as Bytes).base64), (letter) => letter.charCodeAt(0));
}

export const lastOutputs = new LastOutputs((page, cell) => drafts.key(page, cell), tab);
