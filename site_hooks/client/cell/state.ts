// What has come of a cell's latest run: the one thing that its buttons, attributes, status line and words show.
import type { Breakdown, ErrorEvent, Failure, FailureKind, Progress } from "../shared/protocol";
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
      return "Waiting";
    case "loading":
      return "Loading";
    case "running":
      return "Running";
    case "done":
      return state.ran ? `Done in ${duration(state.ms)}` : "Not run";
    case "error":
      return "Error";
    case "unloaded":
      return "Not loaded";
    case "ended":
      return state.how === "crashed" ? "Error" : "Stopped";
  }
}

/** What is being loaded, how much of it is here, and how long the rest takes. */
export function loadingStep({ step, amount }: Progress): string {
  if (!amount) return step;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const left = amount.seconds ? `, about ${timeLeft(amount.seconds)} left` : "";
  return `${step}: ${megabytes(amount.bytes)} of ${megabytes(amount.of)} MB${left}`;
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
      return "Python is being loaded; your code runs as soon as it is there.";
    case "running":
      return "Running …";
    case "done":
      return state.ran ? "Done. It printed nothing." : "Nothing was run: fill the blank in first.";
    default:
      return "";
  }
}

const LOST = "Python was started anew, so the variables of this page are gone: the next run makes again what it needs.";
const KEPT = "The variables are kept.";

/** What a learner can do where Python could not be loaded. */
const ADVICE: Record<FailureKind, string> = {
  offline: "Check the connection, then try again.",
  changed: "Try again, or on another network.",
  gone: "Reload the page.",
  server: "Try again later.",
  stalled: "Check the connection, then try again.",
  unsupported: "Try again; if it fails again, update the browser.",
};

const BROKE: Record<Breakdown["kind"], string> = {
  recursion:
    "Python broke down, because calls went too deep: a function, method or attribute comes back to itself without an end, or lists are nested too deep.",
  memory: "Python broke down, perhaps because memory ran out: take fewer rows, or a smaller grid or figure.",
  unknown: "Python broke down.",
};

/** What the page itself says below the output; null where there is nothing to say. */
export function message(state: CellState): { kind: "failed" | "stopped" | "crashed"; text: string } | null {
  if (state.kind === "unloaded") {
    const { kind, message } = state.failure;
    return { kind: "failed", text: `Python could not be loaded. ${message} ${ADVICE[kind]} Your code is kept.` };
  }
  if (state.kind !== "ended") return null;
  const { kind, detail }: Breakdown = state.breakdown ?? { kind: "unknown", detail: "" };
  const left = state.kept ? KEPT : LOST;
  const why: Record<Ended["how"], string> = {
    stopped: `Stopped. ${left}`,
    replaced: `Stopped, because you left this page and ran a cell of another one. ${left}`,
    timeout: `Stopped, because it ran longer than ${state.limit} s. ${left}`,
    crashed: `${BROKE[kind]} ${LOST}${detail && ` (${detail})`}`,
    withdrawn: "Stopped before it began.",
    dropped: "Not run, because the cell before it was stopped.",
    blocked: "Not run, because a cell that it needs did not end well.",
  };
  return { kind: state.how === "crashed" ? "crashed" : "stopped", text: why[state.how] };
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}
