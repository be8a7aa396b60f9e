// What has come of a cell's latest run: the one thing that its buttons, attributes, status line and words show.
import type { Breakdown, ErrorEvent, Failure, FailureKind, Progress } from "../shared/protocol";
import { decimal, fill } from "../shared/words";
import type { Ended } from "../session/session";

export type CellState =
  | { kind: "idle" }
  /** `behind`: the run that it waits for, in words. */
  | { kind: "queued"; behind: string }
  | ({ kind: "loading" } & Progress)
  /** `since`: performance.now() when it began; `error`: what it raised so far. */
  | { kind: "running"; since: number; error: ErrorEvent | null }
  /** `meant`: the error that the cell was written to raise; `ran`: not, where a check found a blank first. */
  | { kind: "done"; ms: number; meant: ErrorEvent | null; ran: boolean }
  | { kind: "error"; error: ErrorEvent | null }
  /** Python could not be loaded; the run waits for a retry. */
  | { kind: "unloaded"; failure: Failure }
  /** `limit`: the seconds that it might run. */
  | ({ kind: "ended"; limit: number } & Ended);

/** The contract's word for a state, in `data-state`. */
export function attribute(state: CellState): string {
  switch (state.kind) {
    case "unloaded":
      return "error";
    case "ended":
      return state.how === "crashed" ? "error" : "stopped";
    default:
      return state.kind;
  }
}

export function isBusy(state: CellState): boolean {
  return state.kind === "queued" || state.kind === "loading" || state.kind === "running";
}

/** What the status line says. */
export function status(state: CellState): string {
  switch (state.kind) {
    case "idle":
      return "";
    case "queued":
      return WORDS.cell.waiting;
    case "loading":
      return WORDS.cell.loading;
    case "running":
      return WORDS.cell.running;
    case "done":
      return state.ran ? fill(WORDS.cell.doneIn, { time: duration(state.ms) }) : WORDS.cell.notRun;
    case "error":
      return WORDS.cell.error;
    case "unloaded":
      return WORDS.cell.notLoaded;
    case "ended":
      return state.how === "crashed" ? WORDS.cell.error : WORDS.cell.stopped;
  }
}

/** What is being loaded, how much of it is here, and how long the rest takes. */
export function loadingStep({ step, amount }: Progress): string {
  if (!amount) return step;
  const megabytes = (bytes: number): string => decimal(bytes / 1e6, 1);
  const gaps = { step, bytes: megabytes(amount.bytes), all: megabytes(amount.of) };
  if (!amount.seconds) return fill(WORDS.cell.step, gaps);
  return fill(WORDS.cell.stepLeft, { ...gaps, time: timeLeft(amount.seconds) });
}

function timeLeft(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** What the output panel says as long as there is no output. */
export function hint(state: Exclude<CellState, { kind: "idle" }>): string {
  switch (state.kind) {
    case "queued":
      return state.behind;
    case "loading":
      return WORDS.cell.pythonComes;
    case "running":
      return WORDS.cell.runningNow;
    case "done":
      return state.ran ? WORDS.cell.doneSilent : WORDS.cell.fillBlank;
    default:
      return "";
  }
}

/** What a learner can do where Python could not be loaded. */
const ADVICE: Record<FailureKind, string> = {
  offline: WORDS.cell.adviceOffline,
  changed: WORDS.cell.adviceChanged,
  gone: WORDS.cell.adviceGone,
  server: WORDS.cell.adviceServer,
  stalled: WORDS.cell.adviceOffline,
  unsupported: WORDS.cell.adviceUnsupported,
};

const BROKE: Record<Breakdown["kind"], string> = {
  recursion: WORDS.cell.brokeRecursion,
  memory: WORDS.cell.brokeMemory,
  unknown: WORDS.cell.broke,
};

/** What the page itself says below the output; null where there is nothing to say. */
export function message(state: CellState): { kind: "failed" | "stopped" | "crashed"; text: string } | null {
  if (state.kind === "unloaded") {
    const { kind, message } = state.failure;
    return { kind: "failed", text: fill(WORDS.cell.unloaded, { why: message, advice: ADVICE[kind] }) };
  }
  if (state.kind !== "ended") return null;
  const { kind, detail }: Breakdown = state.breakdown ?? { kind: "unknown", detail: "" };
  const left = state.kept ? WORDS.cell.kept : WORDS.cell.lost;
  const why: Record<Ended["how"], string> = {
    stopped: fill(WORDS.cell.wasStopped, { left }),
    replaced: fill(WORDS.cell.wasReplaced, { left }),
    timeout: fill(WORDS.cell.wasLong, { limit: state.limit, left }),
    crashed: `${BROKE[kind]} ${WORDS.cell.lost}${detail && ` (${detail})`}`,
    withdrawn: WORDS.cell.withdrawn,
    dropped: WORDS.cell.dropped,
    blocked: WORDS.cell.blocked,
  };
  return { kind: state.how === "crashed" ? "crashed" : "stopped", text: why[state.how] };
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`;
  return `${decimal(ms / 1000, 1)} s`;
}
