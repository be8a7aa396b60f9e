// What the learner has done: one mark per exercise, quiz and cell, in this browser only. A mark that storage refuses
// lives as long as the page does.
import { keys } from "../shared/site";
import { local } from "../shared/stores";
import { type Refusal, refusal } from "./refusal";
import { attempt, type Store } from "./store";
import { fill } from "../shared/words";

export type Kind = "exercise" | "quiz" | "cell";

/** Times are milliseconds since 1970. */
export interface Mark {
  kind: Kind;
  /** What the lesson calls it. */
  title: string;
  /** Of the lesson's text that was worked on last: another text, another version. */
  version: string;
  /** Checks, answers or runs. */
  tries: number;
  first: number;
  last: number;
  /** When it was passed, answered right, or run to its end: once for each version, in the order of time. */
  done: Done[];
  /** Of the review: how often it was right again since it was missed, and when it is asked next; null: not at all. */
  box: number;
  due: number | null;
}

export interface Done {
  at: number;
  version: string;
  /** The solution was looked at first. */
  helped: boolean;
}

/** What has just been done. */
export interface Deed extends Pick<Mark, "kind" | "title" | "version"> {
  ok: boolean;
  helped?: boolean;
}

export type Marks = Map<string, Mark>;

/** What import() found, counted; or what is wrong with the file. */
export type Imported = { added: number; merged: number; refused: Refusal | null } | { problem: string };

const DAY = 24 * 60 * 60 * 1000;
/** A question that was missed comes back after so many days, and after each time it is right a longer time. */
export const REVIEW_DAYS = [2, 7, 21];

const FORMAT = "lesson-progress";
const FORMAT_VERSION = 1;
/** More versions of one exercise than a lesson has. */
const VERSIONS = 100;
const KEY = /^[^#\s]{1,200}#[^#\s]{1,200}$/;

export class Progress {
  /** Marks that storage has refused. */
  readonly #unkept: Marks = new Map();
  readonly #listeners = new Set<() => void>();

  /**
   * @param prefix sets this site's marks apart from those of others at the same origin
   * @param store throws, or is missing, where storage is blocked
   */
  constructor(
    private readonly prefix: string,
    private readonly store: () => Store | null,
    private readonly now: () => number = Date.now,
  ) {}

  get(page: string, id: string): Mark | null {
    return this.#read(`${page}#${id}`);
  }

  /** Adds to what is there by now: another tab may have written meanwhile. */
  add(page: string, id: string, deed: Deed): "kept" | Refusal {
    const key = `${page}#${id}`;
    const outcome = this.#write(key, grown(this.#read(key), deed, this.now()));
    if (outcome === "kept") for (const [other, mark] of [...this.#unkept]) this.#write(other, mark);
    this.changed();
    return outcome;
  }

  /** "page#id" -> mark. */
  all(): Marks {
    const found = attempt(this.store, (store) => {
      const names = Array.from({ length: store.length }, (_, index) => store.key(index) ?? "");
      return names.filter((name) => name.startsWith(this.prefix)).map((name) => name.slice(this.prefix.length));
    });
    const marks: Marks = new Map();
    for (const key of new Set([...(found ?? []), ...this.#unkept.keys()])) {
      const mark = this.#read(key);
      if (mark) marks.set(key, mark);
    }
    return marks;
  }

  /** What is due for review, the longest due first. */
  due(): [key: string, mark: Mark][] {
    const isDue = ([, { due }]: [string, Mark]): boolean => due !== null && due <= this.now();
    return [...this.all()].filter(isDue).sort(([, a], [, b]) => a.due! - b.due!);
  }

  /** Nothing can be read or kept. */
  get blocked(): boolean {
    return attempt(this.store, (store) => store.length) === null;
  }

  /** All marks as the text of a file. */
  export(): string {
    const marks = Object.fromEntries([...this.all()].sort(([a], [b]) => (a < b ? -1 : 1)));
    return JSON.stringify(
      { format: FORMAT, version: FORMAT_VERSION, saved: new Date(this.now()).toISOString(), marks },
      null,
      1,
    );
  }

  /** Adds the marks of a file to those that are here. A file that is not in order changes nothing. */
  import(text: string): Imported {
    const marks = parseFile(text);
    if (typeof marks === "string") return { problem: marks };
    let [added, merged] = [0, 0];
    let refused: Refusal | null = null;
    for (const [key, theirs] of marks) {
      const mine = this.#read(key);
      if (mine) merged += 1;
      else added += 1;
      const outcome = this.#write(key, mine ? union(mine, theirs) : theirs);
      if (outcome !== "kept") refused = outcome;
    }
    this.changed();
    return { added, merged, refused };
  }

  /** Takes all marks away; restore() with what this returns brings them back. */
  clear(): Marks {
    const marks = this.all();
    for (const key of marks.keys()) attempt(this.store, (store) => store.removeItem(this.prefix + key));
    this.#unkept.clear();
    this.changed();
    return marks;
  }

  /** Adds marks to those that are here by now. */
  restore(marks: Marks): void {
    for (const [key, theirs] of marks) {
      const mine = this.#read(key);
      this.#write(key, mine ? union(mine, theirs) : theirs);
    }
    this.changed();
  }

  /** `action` is called at each change, of other tabs too. */
  watch(action: () => void, signal?: AbortSignal): void {
    this.#listeners.add(action);
    signal?.addEventListener("abort", () => this.#listeners.delete(action));
  }

  changed(): void {
    for (const action of this.#listeners) action();
  }

  /** A change of storage by another tab. */
  hear({ key }: Pick<StorageEvent, "key">): void {
    if (key === null || key.startsWith(this.prefix)) this.changed();
  }

  #read(key: string): Mark | null {
    const unkept = this.#unkept.get(key);
    const kept = parseMark(parseJson(attempt(this.store, (store) => store.getItem(this.prefix + key))));
    return unkept && kept ? union(unkept, kept) : (unkept ?? kept);
  }

  #write(key: string, mark: Mark): "kept" | Refusal {
    try {
      const store = this.store();
      if (!store) throw new Error("blocked");
      store.setItem(this.prefix + key, JSON.stringify(mark));
      this.#unkept.delete(key);
      return "kept";
    } catch (error) {
      this.#unkept.set(key, mark);
      return refusal(error);
    }
  }
}

/** A mark after one more deed. What was done stays done, with the version that it was. */
export function grown(mark: Mark | null, { ok, helped = false, ...what }: Deed, now: number): Mark {
  const before = mark ?? { tries: 0, first: now, done: [], box: 0, due: null };
  const done = { at: now, version: what.version, helped };
  return {
    ...what,
    tries: before.tries + 1,
    first: before.first,
    last: now,
    done: ok ? joined(before.done, [done]) : before.done,
    ...(what.kind === "cell" ? { box: 0, due: null } : reviewed(before, ok, now)),
  };
}

/** Leitner's boxes: missed, it goes to the first; right when it is due, to the next one, and at last out of them. */
function reviewed({ box, due }: Pick<Mark, "box" | "due">, ok: boolean, now: number): Pick<Mark, "box" | "due"> {
  if (!ok) return { box: 0, due: now + REVIEW_DAYS[0]! * DAY };
  if (due === null || due > now) return { box, due };
  const days = REVIEW_DAYS[box + 1];
  return days ? { box: box + 1, due: now + days * DAY } : { box: 0, due: null };
}

/** Of two marks of one thing: whatever was done in either. In any order, and any number of times, it is the same. */
export function union(a: Mark, b: Mark): Mark {
  return {
    ...(isLater(a, b) ? a : b),
    tries: Math.max(a.tries, b.tries),
    first: Math.min(a.first, b.first),
    done: joined(a.done, b.done),
  };
}

function isLater(a: Mark, b: Mark): boolean {
  if (a.last !== b.last) return a.last > b.last;
  return JSON.stringify(a) >= JSON.stringify(b);
}

/** Of one version, the first time without help counts; if there is none, the first. */
function joined(a: Done[], b: Done[]): Done[] {
  const best = new Map<string, Done>();
  for (const one of [...a, ...b]) {
    const other = best.get(one.version);
    const isBetter = !other || (one.helped === other.helped ? one.at < other.at : other.helped);
    if (isBetter) best.set(one.version, one);
  }
  return [...best.values()].sort((one, other) => one.at - other.at || (one.version < other.version ? -1 : 1));
}

/** The time that counts for a version of the lesson: with it, or at last with another one. */
export function doneWith(mark: Mark | null, version: string): Done | null {
  return mark?.done.find((one) => one.version === version) ?? mark?.done.at(-1) ?? null;
}

/** The marks of a file, or what is wrong with it. */
function parseFile(text: string): Marks | string {
  const file = parseJson(text);
  if (!isRecord(file) || file["format"] !== FORMAT) return WORDS.progress.noFile;
  if (file["version"] !== FORMAT_VERSION)
    return fill(WORDS.progress.badVersion, { version: String(file["version"]).slice(0, 20), own: FORMAT_VERSION });
  const { marks } = file;
  if (!isRecord(marks)) return WORDS.progress.noMarks;
  const parsed: Marks = new Map();
  for (const [key, value] of Object.entries(marks)) {
    const mark = KEY.test(key) ? parseMark(value) : null;
    if (!mark) return fill(WORDS.progress.badMark, { key: key.slice(0, 80) });
    parsed.set(key, mark);
  }
  return parsed;
}

function parseMark(value: unknown): Mark | null {
  if (!isRecord(value)) return null;
  const { kind, title, version, tries, first, last, done, box, due } = value;
  if (kind !== "exercise" && kind !== "quiz" && kind !== "cell") return null;
  if (!isText(title) || !isText(version)) return null;
  if (!isCount(tries) || !isCount(first) || !isCount(last) || !isCount(box) || box >= REVIEW_DAYS.length) return null;
  if (due !== null && !isCount(due)) return null;
  const parsed = Array.isArray(done) && done.length <= VERSIONS ? done.map(parseDone) : [null];
  if (!parsed.every((one) => one !== null)) return null;
  return { kind, title, version, tries, first, last, done: joined(parsed, []), box, due };
}

function parseDone(value: unknown): Done | null {
  if (!isRecord(value)) return null;
  const { at, version, helped } = value;
  return isCount(at) && isText(version) && typeof helped === "boolean" ? { at, version, helped } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 300;
}

/** Dates of the far future would never be due. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 8.64e15;
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

export const progress = /* @__PURE__ */ new Progress(keys.progress, local);
