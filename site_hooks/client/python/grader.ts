// The worker that re-runs hand-ins: Python as worker.ts starts it, and one exercise after the other, as grading.py judges
// them.
//
// Learners' code shares this realm, so what it must not reach is taken from it first (confine.ts), and what is needed here
// is held here.
import { boot, type Python } from "./boot";
import { breakdown } from "./breakdown";
import { DownloadClient } from "./download-client";
import grading from "./grading.py";
import type { FromGrader, Graded, ToGrader } from "../shared/grading";
import { failure } from "../shared/packs";

/** JSON of a `GradeRequest` -> JSON of a `Graded`. */
type Grade = (request: string) => string;

/** Out of reach: no module has its name, and what it looks up in Python is its own. */
const LOAD = `
def load(source, tell):
    own = {"__name__": "grading"}
    exec(compile(source, "<grading>", "exec"), own)
    return own["grader"](tell)
load
`;

const { postMessage } = globalThis;
const { parse, stringify } = JSON;

let grade: Promise<Grade> | undefined;
/** What is judged now: flags are about it. */
let current = 0;

function post(message: FromGrader): void {
  postMessage(message);
}

function load(python: Python): Grade {
  const make = python.run(LOAD) as (source: string, tell: (words: string) => void) => Grade;
  return make(grading, (words) => post({ type: "flag", id: current, words }));
}

async function start({ downloads, seal }: Extract<ToGrader, { type: "load" }>): Promise<Grade> {
  try {
    const client = new DownloadClient(downloads);
    const report = (step: string, fraction: number): void => post({ type: "loading", step, fraction });
    const python = await boot(client, report, "all", false, seal);
    await python.deepen("all", () => undefined);
    const made = load(python);
    post({ type: "ready" });
    return made;
  } catch (error) {
    post({ type: "failed", failure: failure(error) });
    throw error;
  }
}

async function handle(message: ToGrader): Promise<void> {
  if (message.type === "load") grade ??= start(message);
  const judge = await grade!;
  if (message.type === "load") return;
  current = message.id;
  try {
    const graded = parse(judge(stringify(message.request))) as Graded;
    post({ type: "graded", id: message.id, graded });
  } catch (error) {
    const { kind, detail } = breakdown(error);
    post({ type: "broke", id: message.id, detail: detail || kind });
  }
}

addEventListener("message", ({ data, isTrusted }: MessageEvent<ToGrader>) => {
  if (isTrusted) handle(data).catch((error: unknown) => console.error(error));
});
