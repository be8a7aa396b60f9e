// Owns the worker in which Python lives: loads it, queues runs, stops and restarts it. Knows nothing of the page.
import type {
  Breakdown,
  Failure,
  FromWorker,
  Progress,
  RunEvent,
  RunRequest,
  Seal,
  ToKeep,
  ToWorker,
} from "../shared/protocol";
import { downloads } from "./download-server";
import { fromWorker } from "./from-worker";
import { keeping } from "./keeping";
import { explain, NOTHING } from "./failed-start";
import { savesData } from "../page/data-saver";
import { unsupported } from "../shared/packs";
import { createWorker, renewScript } from "./worker-script";

/** What the session needs of a Worker; tests put their own in its place. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/**
 * How a run ended that never came to its "done" event. The first four cost all variables:
 * - stopped: the learner stopped it;
 * - replaced: its page was left, and a run of another page needed Python;
 * - timeout: its time was up;
 * - crashed: Python broke down;
 * - withdrawn: it was stopped before it began;
 * - dropped: it waited behind a run that took the variables with it.
 */
export type Ending = "stopped" | "replaced" | "timeout" | "crashed" | "withdrawn" | "dropped";

export interface RunObserver {
  /** `ahead`: the run under way that a queued one waits for. */
  state(state: "queued" | "loading" | "running", ahead: Run | null): void;
  progress(progress: Progress): void;
  event(event: RunEvent): void;
  /** Python could not be loaded; the run waits for retry(). */
  failed(failure: Failure): void;
  /** `breakdown`: what it crashed from. */
  ended(how: Ending, breakdown?: Breakdown): void;
}

export interface Run {
  readonly request: RunRequest;
  /** Seconds that it may run, the start of Python not counted. */
  readonly timeout: number;
  readonly observer: RunObserver;
  /** Its page was left: it may go on as long as no run on the page now shown has to wait for it. */
  left: boolean;
}

/** A run whose page was left is given this long once another page's run waits for it. */
const PATIENCE_MS = 3000;
/** A worker that has told the end of a run, and is not free by then, goes on with it in secret. */
const BUSY_MS = 3000;
/** A start that says nothing for this long has stalled. */
const STALL_MS = 120_000;

const BEGUN: Progress = { step: "Starting Python", fraction: 0 };
const STALLED: Failure = { kind: "stalled", message: "Nothing has arrived for two minutes." };

/** What the next start can begin with. */
export interface Memory {
  seal(): Seal | null;
  keep(wanted: ToKeep): void;
}

type Phase = "cold" | "loading" | "ready" | "failed";

export class Session {
  #worker: WorkerLike | null = null;
  #phase: Phase = "cold";
  #queue: Run[] = [];
  #current: Run | null = null;
  /** The run that came to its end last, as long as the worker has not said that it is free. */
  #ending: number | null = null;
  #toKeep: ToKeep | undefined;
  #progress: Progress = BEGUN;
  #failure: Failure = NOTHING;
  /** This start has fetched the worker's script anew. */
  #renewed = false;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #stall: ReturnType<typeof setTimeout> | undefined;
  #busy: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly createWorker: () => WorkerLike,
    private readonly openDownloads: () => MessagePort,
    private readonly isThrifty: () => boolean,
    private readonly memory: Memory,
    private readonly explain: (failure: Failure) => Promise<Failure>,
    /** Fetches the worker's script past the cache; why that is no use, if it is not. */
    private readonly renewScript: () => Promise<Failure | undefined>,
  ) {}

  /** Starts Python unless it is up or coming up. A start that failed is tried again by run() and retry() only. */
  load(): void {
    if (this.#phase === "cold") this.#start();
  }

  retry(): void {
    if (this.#phase !== "failed") return;
    this.#renewed = false;
    this.#start();
  }

  run(request: Omit<RunRequest, "id">, timeout: number, observer: RunObserver): Run {
    const run: Run = { request: { id: unguessable(), ...request }, timeout, observer, left: false };
    this.#queue.push(run);
    observer.state("queued", this.#current);
    this.load();
    this.retry();
    this.#announce();
    this.#next();
    return run;
  }

  /** Ends a run at once. One that is under way takes the worker, and with it all variables, along. */
  stop(run: Run): void {
    if (run === this.#current) {
      this.#restart("stopped");
    } else if (this.#queue.includes(run)) {
      this.#queue = this.#queue.filter((other) => other !== run);
      run.observer.ended("withdrawn");
      this.#announce();
    }
  }

  /** The page of a run was left (or is back). */
  leave(run: Run, left: boolean): void {
    run.left = left;
    if (this.#phase === "ready") this.#announce();
    this.#hurry();
  }

  #start(): void {
    this.#end();
    this.#phase = "loading";
    this.#progress = BEGUN;
    let worker: WorkerLike;
    try {
      worker = this.createWorker();
    } catch (error) {
      this.#fail(unsupported(String(error)));
      return;
    }
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(fromWorker(data));
    worker.onerror = (event) => this.#broke(event.message ?? "");
    const port = this.openDownloads();
    const seal = this.memory.seal();
    worker.postMessage({ type: "load", isThrifty: this.isThrifty(), downloads: port, seal }, [port]);
    this.#watchStart();
    this.#announce();
  }

  #watchStart(): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.#fail(STALLED), STALL_MS);
  }

  #receive(message: FromWorker | undefined): void {
    switch (message?.type) {
      case "loading":
        if (this.#phase !== "loading") return;
        this.#progress = message;
        this.#watchStart();
        for (const run of this.#queue) run.observer.progress(message);
        return;
      case "ready":
        if (this.#phase !== "loading") return;
        clearTimeout(this.#stall);
        this.#phase = "ready";
        this.#toKeep = message.keep;
        this.#renewed = false;
        this.#announce();
        this.#next();
        return;
      case "failed":
        if (message.failure.kind === "unsupported") void this.#doubt(message.failure);
        else this.#fail(message.failure);
        return;
      case "broke":
        this.#restart("crashed", message.breakdown);
        return;
      case "event":
        this.#deliver(message.id, message.event);
        return;
      case "free":
        if (message.id !== this.#ending) return;
        this.#free();
        this.#next();
        return;
      case "quiet":
        if (this.#toKeep) this.memory.keep(this.#toKeep);
        this.#toKeep = undefined;
        return;
      case undefined:
        console.warn("Python's worker said what is not understood.");
    }
  }

  #deliver(id: number, event: RunEvent): void {
    const run = this.#current;
    if (run?.request.id !== id) return;
    if (event.kind === "done") {
      this.#finish();
      this.#ending = id;
      this.#busy = setTimeout(() => this.#replace(), BUSY_MS);
    }
    run.observer.event(event);
    this.#next();
  }

  #free(): void {
    clearTimeout(this.#busy);
    this.#ending = null;
  }

  /** No run pays for one that only said that it was done. */
  #replace(): void {
    console.warn("Python is started anew: a cell went on after its end.");
    this.#end();
    this.#phase = "cold";
    if (this.#queue.length) this.#start();
  }

  /** The worker died of an error in its script: while it started, or later. */
  #broke(message: string): void {
    if (this.#phase === "ready") this.#restart("crashed", { kind: "unknown", detail: message });
    else if (this.#renewed) void this.#doubt(message ? unsupported(message) : NOTHING);
    else void this.#startRenewed();
  }

  /** The script may have come changed or cut, and the browser would keep it so. */
  async #startRenewed(): Promise<void> {
    this.#end();
    this.#renewed = true;
    this.#watchStart();
    const failure = await this.renewScript();
    if (this.#phase !== "loading" || this.#worker) return;
    if (failure) void this.#doubt(failure);
    else this.#start();
  }

  /** A failure that may have another one behind it is told once that is known. */
  async #doubt(failure: Failure): Promise<void> {
    this.#end();
    this.#phase = "failed";
    this.#failure = failure;
    const found = await this.explain(failure);
    if (this.#phase === "failed" && this.#failure === failure) this.#fail(found);
  }

  #fail(failure: Failure): void {
    this.#end();
    this.#phase = "failed";
    this.#failure = failure;
    this.#announce();
  }

  #next(): void {
    if (this.#phase !== "ready" || this.#current || this.#ending !== null) return this.#hurry();
    const run = this.#queue.shift();
    if (!run) return;
    this.#current = run;
    this.#limit = setTimeout(() => this.#restart("timeout"), run.timeout * 1000);
    this.#worker?.postMessage({ type: "run", request: run.request });
    run.observer.state("running", null);
    this.#announce();
    this.#hurry();
  }

  /** Tells every waiting run what it waits for. */
  #announce(): void {
    for (const [place, run] of this.#queue.entries()) {
      if (this.#phase === "failed") run.observer.failed(this.#failure);
      else if (this.#phase === "loading" && place === 0) {
        run.observer.state("loading", null);
        run.observer.progress(this.#progress);
      } else run.observer.state("queued", this.#current);
    }
  }

  /** What a run prints meanwhile gives it no more time. */
  #hurry(): void {
    if (this.#current?.left && this.#queue.some((run) => !run.left)) {
      this.#patience ??= setTimeout(() => this.#restart("replaced"), PATIENCE_MS);
    } else this.#calm();
  }

  #calm(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #finish(): void {
    clearTimeout(this.#limit);
    this.#calm();
    this.#current = null;
  }

  #restart(how: "stopped" | "replaced" | "timeout" | "crashed", breakdown?: Breakdown): void {
    const run = this.#current;
    // Runs of the same page counted on the variables that go now.
    const dropped = this.#queue.filter((waiting) => waiting.left === run?.left);
    this.#queue = this.#queue.filter((waiting) => !dropped.includes(waiting));
    this.#finish();
    this.#end();
    this.#phase = "cold";
    // A worker that dies with nothing to do is not replaced before it is needed, lest it die again and again.
    if (run) this.#start();
    run?.observer.ended(how, breakdown);
    for (const waiting of dropped) waiting.observer.ended("dropped");
  }

  #end(): void {
    clearTimeout(this.#stall);
    this.#free();
    this.#toKeep = undefined;
    if (!this.#worker) return;
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = null;
  }
}

/** Of 53 bits, so that code that ends its own run cannot end another's. */
function unguessable(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return high * 2 ** 21 + (low >>> 11);
}
/** The one session of this tab; it outlives page changes. */
export const session = new Session(createWorker, () => downloads.open(), savesData, keeping, explain, renewScript);
