// The queue of runs: one after the other, each with its time limit, stopped and ended. Python itself is python.ts's.
import type {
  Breakdown,
  Depth,
  DrawRequest,
  Failure,
  FigureEvent,
  KnownName,
  NamesRequest,
  Progress,
  RunEvent,
  RunRequest,
  Survey,
  SurveyedCell,
} from "../shared/protocol";
import { downloads } from "./download-server";
import { explain } from "./failed-start";
import { keeping } from "./keeping";
import { type Means, Python, type Said } from "./python";
import { savesData } from "../page/data-saver";
import { createWorker, renewScript } from "./worker-script";

/**
 * How a run ended that never came to its "done" event. The first four cost all variables, unless Python could be
 * interrupted:
 * - stopped: the learner stopped it;
 * - replaced: its page was left, and a run of another page needed Python;
 * - timeout: its time was up;
 * - crashed: Python broke down;
 * - withdrawn: it was stopped before it began;
 * - dropped: it waited behind a run that was ended;
 * - blocked: a run that it needed did not end well.
 */
export type Ending = "stopped" | "replaced" | "timeout" | "crashed" | "withdrawn" | "dropped" | "blocked";

/** How a run ended, and what came of Python. */
export interface Ended {
  how: Ending;
  /** What it crashed from. */
  breakdown?: Breakdown | undefined;
  /** The variables are as the run left them. */
  kept: boolean;
}

export interface RunObserver {
  /** `ahead`: the run that a queued one waits for; none where Python itself is busy. */
  state(state: "queued" | "loading" | "running", ahead: Run | null): void;
  progress(progress: Progress): void;
  event(event: RunEvent): void;
  /** A figure for the other theme, after the end. */
  late?(event: FigureEvent): void;
  /** Python could not be loaded; the run waits for retry(). */
  failed(failure: Failure): void;
  ended(end: Ended): void;
  /** Its turn has come: runs that it needs are put before it here; what it returns is asked of Python first. */
  turn?(own: Run): SurveyedCell[] | null;
  /** What Python answered. Again runs may be put before it. */
  surveyed?(own: Run, survey: Survey): void;
  /** Its time is up in so many seconds, unless it is extended. */
  nearLimit?(seconds: number): void;
}

export interface Run {
  readonly request: RunRequest;
  /** Seconds that it may run, the start of Python not counted. */
  readonly timeout: number;
  readonly observer: RunObserver;
  /** Its page was left: it may go on as long as no run on the page now shown has to wait for it. */
  left: boolean;
  /** It has had its turn, and goes when it is first again. */
  prepared: boolean;
  /** How much of Python it needs. */
  depth: Depth;
}

/** A run whose page was left is given this long once another page's run waits for it. */
const PATIENCE_MS = 3000;
/** A worker that has told the end of a run, and is not free by then, goes on with it in secret. */
const BUSY_MS = 3000;
/** Python that is interrupted and does not answer within this time is replaced. */
const ANSWER_MS = 1000;
/** Python that is asked what cells need, and says nothing for so long, is held up by something that a cell left behind. */
const SURVEY_MS = 10_000;
/** Bytes of the memory that answers input(). */
const TYPED = 4 + 16_384;
/** Runs whose figures may still come for the other theme: Python has no more of them wait. */
const DRESSED = 10;
/** So long before its time is up a run may be given more. */
const OFFER_S = 10;

export class Session {
  #queue: Run[] = [];
  #current: Run | null = null;
  /** Those that ended last, by their ids. */
  readonly #ended = new Map<number, Run>();
  /** The run that came to its end last, as long as the worker has not said that it is free. */
  #ending: number | null = null;
  #busy: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #offer: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** The run whose needs Python is asked for. */
  #asking: Run | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #preparing = false;
  readonly #drawings = new Map<number, (svg: string | null) => void>();
  readonly #namings = new Map<number, (names: KnownName[] | null) => void>();
  /** How the current run is being ended by an interrupt; whether Python has answered it. */
  #breaking: { how: Ending; answered: boolean; replace: ReturnType<typeof setTimeout> } | null = null;
  readonly #python: Python;
  /** Told when the variables are gone. */
  onLost: () => void = () => {};

  constructor(means: Means) {
    this.#python = new Python(means, {
      changed: () => this.#changed(),
      progress: (progress) => {
        for (const run of this.#queue)
          if (this.#python.phase === "loading" || this.#isLoadingFor(run)) run.observer.progress(progress);
      },
      said: (message) => this.#hear(message),
      broke: (breakdown) => this.#broke(breakdown),
      ended: () => this.#lost(),
    });
  }

  /** Which Python this is: another number, other variables. */
  get life(): number {
    return this.#python.life;
  }

  /** Python can be stopped and keep its variables. */
  get keepsVariables(): boolean {
    return this.#python.isInterruptible;
  }

  /**
   * Starts Python unless it is up or coming up, in the way that is soonest for a cell of this depth. A start that failed is
   * tried again by run() and retry() only.
   */
  load(depth: Depth = "all"): void {
    this.#python.load(depth);
  }

  retry(): void {
    this.#python.retry();
  }

  /** `before`: a run that waits for this one, and has asked for it. */
  run(
    request: Omit<RunRequest, "id">,
    timeout: number,
    observer: RunObserver,
    before: Run | null = null,
    first: Depth = "all",
  ): Run {
    const run: Run = {
      request: { id: unguessable(), ...request },
      timeout,
      observer,
      left: before?.left ?? false,
      prepared: before !== null,
      depth: "all",
    };
    const place = before ? this.#queue.indexOf(before) : -1;
    this.#queue.splice(place < 0 ? this.#queue.length : place, 0, run);
    observer.state("queued", this.#ahead(run));
    this.load(first);
    this.retry();
    this.#announce();
    this.#next();
    return run;
  }

  /** Ends a run: one that is under way by an interrupt, or where that cannot be, with the worker and all variables. */
  stop(run: Run): void {
    if (run === this.#current) this.#break("stopped");
    else this.withdraw([run], "withdrawn");
  }

  /** Takes runs that wait out of the queue. */
  withdraw(runs: Run[], how: "withdrawn" | "blocked"): void {
    const waiting = this.#queue.filter((run) => runs.includes(run));
    if (!waiting.length) return;
    this.#queue = this.#queue.filter((run) => !runs.includes(run));
    if (this.#asking && runs.includes(this.#asking)) this.#asked();
    for (const run of waiting) run.observer.ended({ how, kept: true });
    this.#announce();
    this.#next();
  }

  /** Gives a run that is under way so many seconds from now. */
  extend(run: Run, seconds: number): void {
    if (run === this.#current && !this.#breaking) this.#setClock(run, seconds);
  }

  /** A figure of a cell's last run as SVG, after what runs; null if Python has it no more. */
  draw(request: DrawRequest): Promise<string | null> {
    if (this.#python.phase !== "ready") return Promise.resolve(null);
    const id = unguessable();
    this.#python.post({ type: "draw", id, request });
    return new Promise((resolve) => this.#drawings.set(id, resolve));
  }

  /** What can follow a path in a namespace; null if Python is not there, or busy: who types does not wait. */
  names(request: NamesRequest): Promise<KnownName[] | null> {
    if (this.#python.phase !== "ready" || this.#current || this.#queue.length) return Promise.resolve(null);
    const id = unguessable();
    this.#python.post({ type: "names", id, request });
    return new Promise((resolve) => this.#namings.set(id, resolve));
  }

  /** Answers the input() that the run under way waits for; its time goes on. */
  type(line: string): void {
    if (!this.#current) return;
    this.#setClock(this.#current, this.#current.timeout);
    this.#python.type(line);
  }

  /** Starts Python anew, whatever it does. */
  restart(): void {
    if (this.#python.phase === "ready") this.#restart("stopped", undefined, true);
    else this.load();
  }

  /** The page of a run was left (or is back). */
  leave(run: Run, left: boolean): void {
    run.left = left;
    if (this.#python.phase === "ready") this.#announce();
    this.#hurry();
  }

  #changed(): void {
    this.#announce();
    if (this.#python.phase === "ready") this.#next();
  }

  #hear(message: Said): void {
    switch (message.type) {
      case "event":
        this.#deliver(message.id, message.event);
        return;
      case "free":
        if (message.id !== this.#ending) return;
        this.#free();
        this.#next();
        return;
      case "survey":
        this.#surveyed(message.id, message.survey);
        return;
      case "drawn":
        this.#drawings.get(message.id)?.(message.svg);
        this.#drawings.delete(message.id);
        return;
      case "names":
        this.#namings.get(message.id)?.(message.names);
        this.#namings.delete(message.id);
    }
  }

  #surveyed(id: number, survey: Survey): void {
    const run = this.#asking;
    if (run?.request.id !== id) return;
    this.#asked();
    this.#prepare(() => run.observer.surveyed?.(run, survey));
    this.#next();
  }

  #deliver(id: number, event: RunEvent): void {
    const run = this.#current;
    if (run?.request.id !== id) {
      if (event.kind === "figure") this.#ended.get(id)?.observer.late?.(event);
      return;
    }
    if (this.#breaking && event.kind === "error" && event.type === "KeyboardInterrupt") {
      this.#breaking.answered = true;
      return;
    }
    if (event.kind === "input") this.#stopClock(); // a learner thinks as long as they like
    if (event.kind !== "done") {
      run.observer.event(event);
      return;
    }
    const breaking = this.#breaking;
    const dropped = breaking ? this.#drop(run) : [];
    this.#finish();
    this.#ended.set(id, run);
    for (const old of [...this.#ended.keys()].slice(0, -DRESSED)) this.#ended.delete(old);
    this.#ending = id;
    this.#busy = setTimeout(() => this.#replace("a cell went on after its end"), BUSY_MS);
    if (breaking?.answered) run.observer.ended({ how: breaking.how, kept: true });
    else run.observer.event(event);
    for (const waiting of dropped) waiting.observer.ended({ how: "dropped", kept: true });
    this.#next();
  }

  /** Interrupts what runs; what does not answer is replaced. */
  #break(how: "stopped" | "replaced" | "timeout"): void {
    if (this.#breaking) return;
    if (!this.#python.isInterruptible) {
      this.#restart(how);
      return;
    }
    this.#breaking = { how, answered: false, replace: setTimeout(() => this.#restart(how), ANSWER_MS) };
    this.#python.interrupt();
  }

  #free(): void {
    clearTimeout(this.#busy);
    this.#ending = null;
  }

  /** Nothing is asked of Python any more. */
  #asked(): void {
    clearTimeout(this.#silence);
    this.#asking = null;
  }

  /** No run pays for one that only said that it was done. */
  #replace(why: string): void {
    console.warn(`Python is started anew: ${why}.`);
    this.#python.end();
    if (this.#queue.length) this.#python.start();
  }

  #broke(breakdown: Breakdown): void {
    if (this.#breaking) this.#restart(this.#breaking.how);
    else this.#restart("crashed", breakdown);
  }

  /** The worker is gone. */
  #lost(): void {
    // Who asked a Python that is gone asks the next one.
    if (this.#asking) this.#asking.prepared = false;
    this.#asked();
    for (const resolve of this.#drawings.values()) resolve(null);
    this.#drawings.clear();
    for (const resolve of this.#namings.values()) resolve(null);
    this.#namings.clear();
    this.#ended.clear();
    this.#free();
    this.onLost();
  }

  #next(): void {
    if (this.#preparing) return; // who asked for that comes back here
    const isFree = this.#python.phase === "ready" && !this.#current && !this.#asking && this.#ending === null;
    if (!isFree) return this.#hurry();
    const run = this.#queue[0];
    if (!run) return;
    if (!run.prepared) {
      run.prepared = true;
      const cells = this.#prepare(() => run.observer.turn?.(run));
      if (cells) {
        this.#asking = run;
        this.#silence = setTimeout(() => this.#replace("Python did not answer"), SURVEY_MS);
        this.#python.post({ type: "survey", id: run.request.id, cells });
        return;
      }
      this.#next();
      return;
    }
    if (!this.#python.reaches(run.depth)) {
      this.#python.deepen(run.depth);
      this.#announce();
      return;
    }
    this.#queue.shift();
    this.#current = run;
    this.#setClock(run, run.timeout);
    this.#python.uninterrupt();
    this.#python.post({ type: "run", request: run.request });
    run.observer.state("running", null);
    this.#announce();
    this.#hurry();
  }

  /** No run begins while the order is changed. */
  #prepare<T>(change: () => T): T {
    this.#preparing = true;
    try {
      return change();
    } finally {
      this.#preparing = false;
    }
  }

  #setClock(run: Run, seconds: number): void {
    this.#stopClock();
    const offer = Math.min(OFFER_S, seconds / 2);
    this.#offer = setTimeout(() => run.observer.nearLimit?.(offer), (seconds - offer) * 1000);
    this.#limit = setTimeout(() => this.#break("timeout"), seconds * 1000);
  }

  #stopClock(): void {
    clearTimeout(this.#offer);
    clearTimeout(this.#limit);
  }

  /** Tells every waiting run what it waits for. */
  #announce(): void {
    for (const [place, run] of this.#queue.entries()) {
      const { phase, failure, progress } = this.#python;
      if (phase === "failed") run.observer.failed(failure);
      else if (place === 0 && this.#isLoadingFor(run)) {
        run.observer.state("loading", null);
        run.observer.progress(progress);
      } else run.observer.state("queued", this.#ahead(run));
    }
  }

  #ahead(run: Run): Run | null {
    if (this.#current) return this.#current;
    const [first] = this.#queue;
    return first === run ? null : (first ?? null);
  }

  /** It waits for Python, or for more of it. */
  #isLoadingFor(run: Run): boolean {
    const { phase } = this.#python;
    return (
      phase === "loading" || (phase === "ready" && run.prepared && !this.#current && !this.#python.reaches(run.depth))
    );
  }

  /** What a run prints meanwhile gives it no more time. */
  #hurry(): void {
    if (this.#current?.left && this.#queue.some((run) => !run.left)) {
      this.#patience ??= setTimeout(() => this.#break("replaced"), PATIENCE_MS);
    } else this.#calm();
  }

  #calm(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #finish(): void {
    this.#stopClock();
    this.#calm();
    clearTimeout(this.#breaking?.replace);
    this.#breaking = null;
    this.#current = null;
  }

  /** Takes the runs of the same page out of the queue: they counted on the one that ends. */
  #drop(run: Run | null): Run[] {
    const dropped = this.#queue.filter((waiting) => waiting.left === run?.left);
    this.#queue = this.#queue.filter((waiting) => !dropped.includes(waiting));
    return dropped;
  }

  #restart(how: Ending, breakdown?: Breakdown, isWanted = false): void {
    const run = this.#current;
    const dropped = this.#drop(run);
    this.#finish();
    this.#python.end();
    // A worker that dies with nothing to do is not replaced before it is needed, lest it die again and again.
    if (run || isWanted) this.#python.start();
    run?.observer.ended({ how, breakdown, kept: false });
    for (const waiting of dropped) waiting.observer.ended({ how: "dropped", kept: false });
  }
}

/** Of 53 bits, so that code that ends its own run cannot end another's. */
function unguessable(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return high * 2 ** 21 + (low >>> 11);
}

/** Whether Python can share memory with the page: WebKitGTK 2.50 calls itself isolated, and has none to share. */
function canShare(): boolean {
  return globalThis.crossOriginIsolated && "SharedArrayBuffer" in globalThis;
}

/** The one session of this tab; it outlives page changes. */
export const session = new Session({
  createWorker,
  openDownloads: () => downloads.open(),
  isThrifty: savesData,
  memory: keeping,
  explain,
  renewScript,
  createInterrupt: () => (canShare() ? new Uint8Array(new SharedArrayBuffer(1)) : null),
  createTyped: () => (canShare() ? new Int32Array(new SharedArrayBuffer(TYPED)) : null),
});
