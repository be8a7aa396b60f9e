// Owns the worker in which Python lives: starts it, finds out why it did not start, ends it. What it runs is session.ts's.
import { fromWorker } from "./from-worker";
import { reaches } from "../shared/depth";
import { NOTHING } from "./failed-start";
import { unsupported } from "../shared/packs";
import type {
  Breakdown,
  Depth,
  Failure,
  FromWorker,
  Progress,
  Seal,
  ToKeep,
  ToWorker,
  Typed,
} from "../shared/protocol";

/** What is needed of a Worker; tests put their own in its place. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** What a start is made with. */
export interface Means {
  createWorker(): WorkerLike;
  openDownloads(): MessagePort;
  isThrifty(): boolean;
  /** What the next start can begin with. */
  memory: { seal(): Seal | null; keep(wanted: ToKeep): void };
  /** The reason of a failure that may have another one behind it. */
  explain(failure: Failure): Promise<Failure>;
  /** Fetches the worker's script past the cache; why that is no use, if it is not. */
  renewScript(): Promise<Failure | undefined>;
  /** Memory that interrupts Python; null where the page is not isolated. */
  createInterrupt(): Uint8Array<SharedArrayBuffer> | null;
  /** Memory that answers input(); null in the same pages. */
  createTyped(): Typed | null;
}

/** What a Python that is up says of runs. */
export type Said = Exclude<FromWorker, { type: "loading" | "ready" | "deeper" | "quiet" | "failed" | "broke" }>;

export interface PythonObserver {
  /** Its phase is another one, or it is deeper. */
  changed(): void;
  progress(progress: Progress): void;
  said(message: Said): void;
  /** It broke down while it was up. */
  broke(breakdown: Breakdown): void;
  /** The worker has ended, and with it all variables. */
  ended(): void;
}

export type Phase = "cold" | "loading" | "ready" | "failed";

/** A start that says nothing for this long has stalled. */
const STALL_MS = 120_000;
/** What Pyodide takes for an interrupt. */
const SIGINT = 2;

const BEGUN: Progress = { step: WORDS.python.starting, fraction: 0 };
const STALLED: Failure = { kind: "stalled", message: WORDS.all.nothingCame };

export class Python {
  #worker: WorkerLike | null = null;
  #phase: Phase = "cold";
  #progress: Progress = BEGUN;
  #failure: Failure = NOTHING;
  #life = 0;
  #depth: Depth = "python";
  /** What it is asked to bring, as long as that is not there. */
  #wanted: Depth = "python";
  #interrupt: Uint8Array<SharedArrayBuffer> | null = null;
  #typed: Typed | null = null;
  #toKeep: ToKeep | undefined;
  /** This start has fetched the worker's script anew. */
  #renewed = false;
  #stall: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly means: Means,
    private readonly observer: PythonObserver,
  ) {}

  get phase(): Phase {
    return this.#phase;
  }

  /** How far the start is. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Why it could not be loaded. */
  get failure(): Failure {
    return this.#failure;
  }

  /** Another number: another Python, with other variables. */
  get life(): number {
    return this.#life;
  }

  /** It is up, and so deep. */
  reaches(depth: Depth): boolean {
    return this.#phase === "ready" && reaches(this.#depth, depth);
  }

  /** A run waits for it to be so deep. */
  deepen(to: Depth): void {
    if (this.#phase !== "ready" || reaches(this.#depth, to) || reaches(this.#wanted, to)) return;
    this.#wanted = to;
    this.post({ type: "deepen", to });
    this.#watchStart();
  }

  /** It can be stopped and keep its variables. */
  get isInterruptible(): boolean {
    return this.#interrupt !== null;
  }

  /** Starts it unless it is up or coming up. A start that failed is tried again by retry() only. */
  load(first: Depth): void {
    if (this.#phase === "cold") this.start(first);
  }

  retry(): void {
    if (this.#phase !== "failed") return;
    this.#renewed = false;
    if (!this.#worker) return this.start();
    this.#phase = "ready";
    this.observer.changed();
  }

  /** `first`: how much of it the first cell needs. */
  start(first: Depth = "all"): void {
    this.end();
    this.#phase = "loading";
    this.#progress = BEGUN;
    this.#depth = this.#wanted = "python";
    let worker: WorkerLike;
    try {
      worker = this.means.createWorker();
    } catch (error) {
      this.#fail(unsupported(String(error)));
      return;
    }
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(fromWorker(data));
    worker.onerror = (event) => this.#died(event.message ?? "");
    const downloads = this.means.openDownloads();
    const seal = this.means.memory.seal();
    this.#interrupt = this.means.createInterrupt();
    this.#typed = this.means.createTyped();
    const shared = this.#interrupt && { interrupt: this.#interrupt, ...(this.#typed && { typed: this.#typed }) };
    this.post({ type: "load", first, isThrifty: this.means.isThrifty(), downloads, seal, ...shared }, [downloads]);
    this.#watchStart();
    this.observer.changed();
  }

  post(message: ToWorker, transfer?: Transferable[]): void {
    this.#worker?.postMessage(message, transfer);
  }

  interrupt(): void {
    if (this.#interrupt) Atomics.store(this.#interrupt, 0, SIGINT);
  }

  /** An interrupt that came too late for a run is none for the next. */
  uninterrupt(): void {
    if (this.#interrupt) Atomics.store(this.#interrupt, 0, 0);
  }

  /** Answers input() with as much of a line as there is room for. */
  type(line: string): void {
    if (!this.#typed) return;
    const room = new Uint8Array(this.#typed.buffer, 4);
    // Browsers do not encode into shared memory.
    const bytes = new Uint8Array(room.length);
    const { written } = new TextEncoder().encodeInto(line, bytes);
    room.set(bytes);
    Atomics.store(this.#typed, 0, written);
    Atomics.notify(this.#typed, 0);
  }

  end(): void {
    clearTimeout(this.#stall);
    this.#phase = "cold";
    this.#toKeep = undefined;
    if (!this.#worker) return;
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = null;
    this.#life += 1;
    this.observer.ended();
  }

  #watchStart(): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.#fail(STALLED), STALL_MS);
  }

  #receive(message: FromWorker | undefined): void {
    if (!message) {
      console.warn("Python's worker said what is not understood.");
      return;
    }
    switch (message.type) {
      case "loading":
        if (this.#phase !== "loading" && this.#phase !== "ready") return;
        this.#progress = message;
        if (this.#phase === "loading" || !reaches(this.#depth, this.#wanted)) this.#watchStart();
        this.observer.progress(message);
        return;
      case "ready":
        if (this.#phase !== "loading") return;
        clearTimeout(this.#stall);
        this.#phase = "ready";
        this.#depth = message.depth;
        this.#toKeep = message.keep;
        this.#renewed = false;
        this.observer.changed();
        return;
      case "deeper":
        this.#depth = message.depth;
        if (reaches(this.#depth, this.#wanted)) clearTimeout(this.#stall);
        else this.#watchStart();
        this.observer.changed();
        return;
      case "quiet":
        if (this.#toKeep) this.means.memory.keep(this.#toKeep);
        this.#toKeep = undefined;
        return;
      case "failed":
        if (message.failure.kind === "unsupported") void this.#doubt(message.failure);
        else if (this.#phase === "ready") this.#fallShort(message.failure);
        else this.#fail(message.failure);
        return;
      case "broke":
        this.observer.broke(message.breakdown);
        return;
      default:
        this.observer.said(message);
    }
  }

  /** The worker died of an error in its script: while it started, or later. */
  #died(detail: string): void {
    if (this.#phase === "ready") this.observer.broke({ kind: "unknown", detail });
    else if (this.#renewed) void this.#doubt(detail ? unsupported(detail) : NOTHING);
    else void this.#startRenewed();
  }

  /** The script may have come changed or cut, and the browser would keep it so. */
  async #startRenewed(): Promise<void> {
    this.end();
    this.#phase = "loading";
    this.#renewed = true;
    this.#watchStart();
    const failure = await this.means.renewScript();
    if (this.#phase !== "loading" || this.#worker) return;
    if (failure) void this.#doubt(failure);
    else this.start();
  }

  /** A failure that may have another one behind it is told once that is known. */
  async #doubt(failure: Failure): Promise<void> {
    this.end();
    this.#phase = "failed";
    this.#failure = failure;
    const found = await this.means.explain(failure);
    if (this.#phase === "failed" && this.#failure === failure) this.#fail(found);
  }

  /** More of it did not come; a retry asks for that alone. */
  #fallShort(failure: Failure): void {
    clearTimeout(this.#stall);
    this.#wanted = this.#depth;
    this.#phase = "failed";
    this.#failure = failure;
    this.observer.changed();
  }

  #fail(failure: Failure): void {
    this.end();
    this.#phase = "failed";
    this.#failure = failure;
    this.observer.changed();
  }
}
