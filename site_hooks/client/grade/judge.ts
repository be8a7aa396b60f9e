// One worker with Python that judges exercises: starts it, gives each its time, and ends it when something may be left.
import { downloadsOf } from "./python-parts";
import type { FromGrader, Graded, GradeRequest, Outcome, ToGrader } from "../shared/grading";
import type { Failure } from "../shared/protocol";
import { fill } from "../shared/words";

/** What is needed of a Worker; tests put their own in its place. */
export interface WorkerLike {
  postMessage(message: ToGrader, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromGrader>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Besides what the worker says: its time was up, or Python broke down. */
export type Judged = Omit<Graded, "outcome"> & { outcome: Outcome | "timeout" | "broke" };

/** A start that says nothing for this long has stalled. */
const STALL_MS = 120_000;
const LONGEST_WORDS = 2000;
const MOST_FLAGS = 20;
const OUTCOMES: readonly string[] = ["pass", "doubtful", "fail", "error", "blank"] satisfies Outcome[];

export class StartError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export class Judge {
  #worker: WorkerLike | null = null;
  #starting: Promise<void> | null = null;
  #lastId = 0;
  #hear: (message: FromGrader) => void = () => {};
  #die: (detail: string) => void = () => {};

  constructor(
    private readonly createWorker: () => WorkerLike,
    private readonly parts = downloadsOf,
  ) {}

  /** Rejects with a `StartError` if Python cannot be loaded. */
  start(): Promise<void> {
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.end();
      throw error;
    });
    return this.#starting;
  }

  #begin(): Promise<void> {
    const worker = this.createWorker();
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      const fail = (failure: Failure): void => {
        clearTimeout(stall);
        reject(new StartError(failure));
      };
      const stalled = (): void => fail({ kind: "stalled", message: WORDS.all.nothingCame });
      let stall = setTimeout(stalled, STALL_MS);
      this.#hear = (message) => {
        clearTimeout(stall);
        if (message.type === "ready") resolve();
        else if (message.type === "failed") fail(message.failure);
        else stall = setTimeout(stalled, STALL_MS);
      };
      this.#die = (detail) => fail({ kind: "unsupported", message: fill(WORDS.grade.noStart, { detail }) });
      worker.onmessage = ({ data }) => this.#hear(data);
      worker.onerror = (event) => this.#die(event.message ?? "");
      const { port, seal } = this.parts();
      worker.postMessage({ type: "load", downloads: port, seal }, [port]);
    });
  }

  /** Judges one exercise; a worker that may keep something of it makes way for a new one. */
  async grade(request: GradeRequest, seconds: number): Promise<Judged> {
    await this.start();
    const judged = await this.#ask(request, seconds);
    if (judged.renew) this.end();
    return judged;
  }

  #ask(request: GradeRequest, seconds: number): Promise<Judged> {
    const id = ++this.#lastId;
    const flags: string[] = [];
    return new Promise((resolve) => {
      const done = (judged: Judged): void => {
        clearTimeout(limit);
        resolve({ ...judged, flags: [...new Set([...flags, ...judged.flags])].slice(0, MOST_FLAGS) });
      };
      const lost = (outcome: "timeout" | "broke", message: string): void =>
        done({ outcome, message, check: null, flags: [], renew: true });
      const limit = setTimeout(() => lost("timeout", fill(WORDS.grade.stoppedAfter, { seconds })), seconds * 1000);
      this.#hear = (message) => {
        if (!("id" in message) || message.id !== id) return;
        if (message.type === "flag") flags.push(cut(message.words));
        if (message.type === "broke") lost("broke", fill(WORDS.grade.brokeDown, { detail: cut(message.detail) }));
        if (message.type === "graded") {
          const graded = taken(message.graded);
          if (!graded) lost("broke", WORDS.grade.noResult);
          // Whatever its result says: what was told while it ran stands.
          else if (flags.length && graded.outcome === "pass") done({ ...graded, outcome: "doubtful", renew: true });
          else done(graded);
        }
      };
      this.#die = (detail) => lost("broke", fill(WORDS.grade.brokeDown, { detail: cut(detail) }));
      this.#worker?.postMessage({ type: "grade", id, request });
    });
  }

  end(): void {
    this.#starting = null;
    this.#hear = () => {};
    this.#die = () => {};
    if (!this.#worker) return;
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = null;
  }
}

/** As shared/grading.ts describes it; null for what is none. */
function taken(graded: Graded): Graded | null {
  const { outcome, message, check, flags, renew } = graded;
  if (!OUTCOMES.includes(outcome) || typeof message !== "string" || typeof renew !== "boolean") return null;
  if ((check !== null && typeof check !== "string") || !Array.isArray(flags)) return null;
  return { outcome, message: cut(message), check, flags: flags.map(cut), renew };
}

function cut(words: unknown): string {
  const text = String(words);
  return text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text;
}
