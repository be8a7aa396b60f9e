// SCORM 1.2 and 2004: the system puts an object into a window around the page, and everything is a call of it.
import { NotOpened } from "./not-opened";
import type { Begun, Lms, Standing } from "./report";
import { clock, iso } from "./time";
import { fill } from "../shared/words";

type Api = Record<string, ((...values: string[]) => unknown) | undefined>;

/** A window, as far as it is looked at. */
export interface Around {
  parent: Around;
  opener?: Around | null;
}

interface Dialect {
  /** What windows call the object. */
  api: string;
  calls: { begin: string; end: string; get: string; set: string; commit: string; error: string };
  mode: string;
  at: string;
  /** Says that it was passed, if anything of it does so. */
  status: string;
  isPassed: RegExp;
  /** Nothing of it is needed to begin or to end. */
  score(standing: Standing): Record<string, string>;
  time: string;
  exit: string;
  duration(ms: number): string;
  /** The session had been begun: that is as good. */
  begunBefore: string;
}

const DIALECTS: Record<"scorm12" | "scorm2004", Dialect> = {
  scorm12: {
    api: "API",
    calls: {
      begin: "LMSInitialize",
      end: "LMSFinish",
      get: "LMSGetValue",
      set: "LMSSetValue",
      commit: "LMSCommit",
      error: "LMSGetLastError",
    },
    mode: "cmi.core.lesson_mode",
    at: "cmi.core.lesson_location",
    status: "cmi.core.lesson_status",
    isPassed: /^(passed|completed)$/,
    score: ({ share, passed }) => ({
      "cmi.core.score.min": "0",
      "cmi.core.score.max": "100",
      "cmi.core.score.raw": percent(share),
      "cmi.core.lesson_status": passed ? "passed" : "incomplete",
    }),
    time: "cmi.core.session_time",
    exit: "cmi.core.exit",
    duration: clock,
    begunBefore: "",
  },
  scorm2004: {
    api: "API_1484_11",
    calls: {
      begin: "Initialize",
      end: "Terminate",
      get: "GetValue",
      set: "SetValue",
      commit: "Commit",
      error: "GetLastError",
    },
    mode: "cmi.mode",
    at: "cmi.location",
    status: "cmi.success_status",
    isPassed: /^passed$/,
    score: ({ share, passed }) => ({
      "cmi.score.min": "0",
      "cmi.score.max": "100",
      "cmi.score.raw": percent(share),
      "cmi.score.scaled": String(Math.floor(share * 10_000) / 10_000),
      "cmi.progress_measure": String(Math.floor(share * 10_000) / 10_000),
      "cmi.completion_status": passed ? "completed" : "incomplete",
      "cmi.success_status": passed ? "passed" : "unknown",
    }),
    time: "cmi.session_time",
    exit: "cmi.exit",
    duration: iso,
    begunBefore: "103",
  },
};

const SUSPENDED = "cmi.suspend_data";
/** Windows in windows: more than any system has. */
const DEEPEST = 50;

const NONE = WORDS.lms.none;

/** Rounded down: a score never says more than there is. */
function percent(share: number): string {
  return String(Math.floor(Number((share * 100).toFixed(6))));
}

export class Scorm implements Lms {
  readonly #dialect: Dialect;
  #api: Api | undefined;
  #begun = 0;
  #passedBefore = false;

  constructor(
    format: "scorm12" | "scorm2004",
    private readonly around: Around = window as unknown as Around,
    private readonly now: () => number = Date.now,
  ) {
    this.#dialect = DIALECTS[format];
  }

  async begin(): Promise<Begun> {
    const { api, calls, mode, at, status, isPassed, exit, begunBefore } = this.#dialect;
    this.#api = found(this.around, api);
    if (!this.#api) throw new NotOpened(NONE);
    if (!this.#does(calls.begin, "")) {
      const error = String(this.#call(calls.error));
      if (error !== begunBefore) {
        throw new NotOpened(fill(WORDS.lms.notAccepted, { error }));
      }
    }
    this.#begun = this.now();
    const kept = { done: this.#get(SUSPENDED), at: this.#get(at) };
    // Systems that set no mode mean a usual visit.
    const silent = /^(browse|review)$/.test(this.#get(mode));
    this.#passedBefore = isPassed.test(this.#get(status));
    // A visit that is cut off is to be gone on with, like any other.
    if (!silent) this.#set(exit, "suspend");
    return { ...kept, silent, mark: null, back: null };
  }

  /** All that is called returns at once: it is done when this returns. */
  async keep(standing: Standing): Promise<void> {
    this.#write(standing);
    if (!this.#does(this.#dialect.calls.commit, "")) throw new Error(this.#refusal("Commit"));
  }

  async end(standing: Standing | null): Promise<void> {
    const { calls, time, exit, duration } = this.#dialect;
    try {
      if (standing) {
        this.#write(standing);
        this.#set(time, duration(this.now() - this.#begun));
        this.#set(exit, "suspend");
        this.#does(calls.commit, "");
      }
    } finally {
      this.#does(calls.end, "");
    }
  }

  #write({ done, at, share, passed }: Standing): void {
    const { at: where, score } = this.#dialect;
    this.#set(SUSPENDED, done);
    this.#set(where, at);
    // What was passed stays passed: a lesson may have grown since.
    const values = score({ done, at, share, passed: passed || this.#passedBefore });
    const refused = Object.entries(values).filter(([name, value]) => !this.#set(name, value));
    // Systems may do without the limits of a score.
    const [name] = refused.find(([one]) => /status|raw/.test(one)) ?? [];
    if (name) throw new Error(this.#refusal(name));
  }

  #get(name: string): string {
    return String(this.#call(this.#dialect.calls.get, name) ?? "");
  }

  #set(name: string, value: string): boolean {
    return this.#does(this.#dialect.calls.set, name, value);
  }

  /** Some answer true, not "true". */
  #does(call: string, ...values: string[]): boolean {
    return String(this.#call(call, ...values)) === "true";
  }

  #call(call: string, ...values: string[]): unknown {
    // Some systems have the object, and not all of its calls; some throw where there is nothing to tell.
    try {
      return this.#api?.[call]?.(...values);
    } catch (error) {
      console.warn(`${call}(${values.join(", ")}):`, error);
      return undefined;
    }
  }

  #refusal(what: string): string {
    return `${what} was refused, error ${String(this.#call(this.#dialect.calls.error))}`;
  }
}

/** In the windows around this one, then around the one that opened it. Those of other origins tell nothing. */
function found(start: Around, name: string): Api | undefined {
  return upwards(start, name) ?? upwards(openerOf(start), name) ?? upwards(openerOf(topOf(start)), name);
}

function upwards(start: Around | null, name: string): Api | undefined {
  let around = start;
  for (let depth = 0; around && depth < DEEPEST; depth += 1) {
    const api = attempt(() => (around as unknown as Record<string, Api | undefined>)[name]);
    if (api) return api;
    if (around.parent === around) return undefined;
    around = around.parent;
  }
  return undefined;
}

function topOf(start: Around): Around {
  let around = start;
  for (let depth = 0; around.parent !== around && depth < DEEPEST; depth += 1) around = around.parent;
  return around;
}

function openerOf(around: Around): Around | null {
  return attempt(() => around.opener) ?? null;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined; // a window of another origin
  }
}
