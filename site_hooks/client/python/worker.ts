// The worker that holds Python: starts it once, then runs one request after the other.
//
// Code in cells shares this realm; what it must not reach is taken from it before the first cell runs (confine.ts), so
// what is needed here after that is held here.
import { boot, type Python } from "./boot";
import { breakdown, isFatal } from "./breakdown";
import { DownloadClient } from "./download-client";
import type { Report } from "./downloads";
import { failure } from "../shared/packs";
import type { PyBytes, Runner } from "./pyodide";
import { reaches } from "../shared/depth";
import type { Depth, FromWorker, KnownName, RunEvent, RunRequest, Survey, ToWorker } from "../shared/protocol";
import { typedLine } from "./typed";

/** A learner who waits for Python has a cell run within this time after its start. */
const IDLE_MS = 50;
/** What runs left for later is done when nothing was asked for this long. */
const SPARE_MS = 200;
/** Work that can wait begins when nothing was asked for this long. */
const QUIET_MS = 1500;

type Load = Extract<ToWorker, { type: "load" }>;

const { postMessage, setTimeout, clearTimeout } = globalThis;

let python: Promise<Python> | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;
let spare: ReturnType<typeof setTimeout> | undefined;
let quiet: ReturnType<typeof setTimeout> | undefined;
let later: (() => Promise<void>) | undefined;
/** What brings Python deeper, one after the other. */
let deepening = Promise.resolve();
/** Has a line typed for input(); only isolated pages can. */
let ask: (() => string | undefined) | undefined;

function post(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function start({ first, isThrifty, downloads, seal, interrupt, typed }: Load): Promise<Python> {
  try {
    const report: Report = (step, fraction, amount) =>
      post({ type: "loading", step, fraction, ...(amount && { amount }) });
    const started = await boot(new DownloadClient(downloads), report, first, isThrifty, seal);
    const { depth, keep } = started;
    if (interrupt) started.interruptBy(interrupt);
    if (interrupt && typed) ask = () => typedLine(typed, interrupt);
    post({ type: "ready", depth, ...(keep && { keep }) });
    // What fails now is tried again when a run waits for it.
    if (depth === "all") whenWhole(started);
    else if (!isThrifty)
      deepen(started, "all").catch((error: unknown) => console.warn("Not all of Python came:", error));
    return started;
  } catch (error) {
    return fail(error);
  }
}

function tell(error: unknown): void {
  post({ type: "failed", failure: failure(error) });
}

function fail(error: unknown): never {
  tell(error);
  throw error;
}

function deepen(started: Python, to: Depth): Promise<void> {
  const more = async (): Promise<void> => {
    if (reaches(started.depth, to)) return;
    await started.deepen(to, (depth) => post({ type: "deeper", depth }));
    if (started.depth === "all") whenWhole(started);
  };
  deepening = deepening.then(more, more);
  return deepening;
}

/** All of Python is there. */
function whenWhole(started: Python): void {
  idle = setTimeout(() => warmUp(started), IDLE_MS);
  later = started.later;
  quiet = setTimeout(whenQuiet, QUIET_MS);
}

async function handle(message: ToWorker): Promise<void> {
  clearTimeout(idle);
  clearTimeout(spare);
  clearTimeout(quiet);
  if (message.type === "load") python = start(message);
  const started = await python!;
  // Python stays as deep as it is, with its variables.
  if (message.type === "deepen") await deepen(started, message.to).catch(tell);
  else answer(started.runner, message);
  clearTimeout(spare);
  spare = setTimeout(() => catchUp(started.runner), SPARE_MS);
  clearTimeout(quiet);
  quiet = setTimeout(whenQuiet, QUIET_MS);
}

function answer(runner: Runner, message: ToWorker): void {
  switch (message.type) {
    case "run":
      serve(runner, message.request);
      return;
    case "survey": {
      const survey = JSON.parse(runner.survey(JSON.stringify(message.cells))) as Survey;
      post({ type: "survey", id: message.id, survey });
      return;
    }
    case "draw":
      post({ type: "drawn", id: message.id, svg: runner.draw_svg(JSON.stringify(message.request)) ?? null });
      return;
    case "names": {
      const names = JSON.parse(runner.names(JSON.stringify(message.request))) as KnownName[] | null;
      post({ type: "names", id: message.id, names });
    }
  }
}

function serve(runner: Runner, request: RunRequest): void {
  const tell = (text: string, bytes?: PyBytes): void => {
    const event = JSON.parse(text) as RunEvent;
    const copy = bytes?.toJs();
    if (copy && event.kind === "figure") event.png = copy;
    if (copy && (event.kind === "frame" || event.kind === "animation")) event.rgba = new Uint8ClampedArray(copy.buffer);
    post({ type: "event", id: request.id, event }, copy ? [copy.buffer] : []);
  };
  try {
    // A control that moves waits for nobody.
    runner.serve(JSON.stringify(request), tell, request.live ? undefined : ask);
    post({ type: "free", id: request.id });
  } catch (error) {
    // Whatever it is, the run does not come to its end any more.
    post({ type: "broke", breakdown: breakdown(error) });
    throw error;
  }
}

/** One after the other: a run that is asked for meanwhile goes first. */
function catchUp(runner: Runner): void {
  try {
    if (runner.catch_up()) spare = setTimeout(() => catchUp(runner));
  } catch (error) {
    forgo("Not done after a run:", error);
  }
}

function warmUp(started: Python): void {
  try {
    started.warmUp();
  } catch (error) {
    forgo("Nothing was drawn beforehand:", error);
  }
}

/** Work that nobody asked for may fail; but not take Python along, and leave the next cell to wait for it. */
function forgo(what: string, error: unknown): void {
  console.warn(what, error);
  if (isFatal(error)) post({ type: "broke", breakdown: breakdown(error) });
}

function whenQuiet(): void {
  if (later) post({ type: "quiet" });
  const work = later;
  later = undefined;
  work?.().catch((error: unknown) => forgo("Left for another time:", error));
}

addEventListener("message", ({ data, isTrusted }: MessageEvent<ToWorker>) => {
  if (!isTrusted) return;
  // A failed start has been posted by start(); the page answers it with a new worker.
  handle(data).catch((error: unknown) => console.error(error));
});
