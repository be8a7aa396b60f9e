// Knows what the learner has passed, and has the learning system keep it, again until it does.
import { NotOpened } from "./not-opened";
import { type Passed, read, written } from "./record";
import type { Begun, Item, Lms, Package, Report, Standing } from "./report";

export type State =
  | { kind: "opening" }
  /** The system took everything; or what is new is on its way. */
  | { kind: "kept" }
  /** It did not: it is asked again. */
  | { kind: "failed" }
  /** The course was opened to look at it. */
  | { kind: "silent" }
  /** Nobody takes reports; the reason is for learners. */
  | { kind: "refused"; reason: string };

export interface Told {
  state: State;
  done: number;
  of: number;
  /** How many of them are passed. */
  need: number;
}

const SILENCE = WORDS.lms.silence;

/** A report that was not taken is sent again after so long. */
const AGAIN_MS = 15_000;
/** Pages are turned quickly; only the last one is worth a call. */
const TURNING_MS = 1000;

export class Reporter implements Report {
  readonly #items: Map<string, Item>;
  readonly #codes: Set<string>;
  readonly #passed: Passed = new Map();
  #mark: number;
  #at = "";
  #state: State = { kind: "opening" };
  #news = false;
  #sending = false;
  #ended = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { items, mark }: Pick<Package, "items" | "mark">,
    private readonly lms: Lms,
    private readonly tell: (told: Told) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#items = new Map(items.map((item) => [`${item.page}#${item.id}`, item]));
    this.#codes = new Set(items.map(({ code }) => code));
    this.#mark = mark;
  }

  /** What earlier visits left; null where there is nobody to ask. */
  async begin(): Promise<(Begun & { passed: [Item, number][] }) | null> {
    this.#set(this.#state);
    let begun: Begun;
    try {
      begun = await this.lms.begin();
    } catch (error) {
      console.warn("Nothing is reported:", error);
      const reason = error instanceof NotOpened ? error.message : SILENCE;
      this.#set({ kind: "refused", reason });
      return null;
    }
    this.#mark = begun.mark ?? this.#mark;
    for (const [code, at] of read(begun.done)) this.#passed.set(code, at);
    this.#at ||= begun.at;
    this.#set({ kind: begun.silent ? "silent" : "kept" });
    this.#news = true;
    void this.#send();
    const passed = [...this.#items.values()].flatMap((item): [Item, number][] => {
      const at = this.#passed.get(item.code);
      return at === undefined ? [] : [[item, at]];
    });
    return { ...begun, passed };
  }

  at(address: string): void {
    if (address === this.#at) return;
    this.#at = address;
    this.#news = true;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#send(), TURNING_MS);
  }

  passed(page: string, id: string): void {
    const item = this.#items.get(`${page}#${id}`);
    if (!item || this.#passed.has(item.code)) return;
    this.#passed.set(item.code, this.now());
    this.#news = true;
    this.#set(this.#state);
    void this.#send();
  }

  /** The page goes away. */
  async end(): Promise<void> {
    const { kind } = this.#state;
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#again);
    if (kind === "opening" || kind === "refused") return;
    await this.lms.end(kind === "silent" ? null : this.#standing()).catch(ignored);
  }

  /** One call at a time; what is new meanwhile goes with the next one. */
  async #send(): Promise<void> {
    const { kind } = this.#state;
    if (this.#sending || this.#ended || (kind !== "kept" && kind !== "failed")) return;
    this.#sending = true;
    clearTimeout(this.#again);
    try {
      while (this.#news && !this.#ended) {
        this.#news = false;
        await this.lms.keep(this.#standing());
      }
      this.#set({ kind: "kept" });
    } catch (error) {
      console.warn("The course did not take a report:", error);
      this.#news = true;
      this.#set({ kind: "failed" });
      if (!this.#ended) this.#again = setTimeout(() => void this.#send(), AGAIN_MS);
    }
    this.#sending = false;
  }

  #standing(): Standing {
    const { done, of, need } = this.#counts();
    // What this package has not is kept after what it has.
    const own = [...this.#passed].filter(([code]) => this.#codes.has(code));
    const others = [...this.#passed].filter(([code]) => !this.#codes.has(code));
    return {
      done: written(new Map([...own, ...others])),
      at: this.#at,
      share: done / of,
      passed: done >= need,
    };
  }

  #counts(): Omit<Told, "state"> {
    const of = this.#items.size;
    const done = [...this.#items.values()].filter(({ code }) => this.#passed.has(code)).length;
    // 0.29 · 100 is a little more than 29.
    return { done, of, need: Math.ceil(Number((this.#mark * of).toFixed(6))) };
  }

  #set(state: State): void {
    this.#state = state;
    this.tell({ state, ...this.#counts() });
  }
}

function ignored(error: unknown): void {
  console.warn("The course did not take the last report:", error);
}
