// The launch page of a package: shows the lesson in a frame, and says below it what the course knows.
import { make } from "../page/dom";
import { root } from "../shared/site";
import { progress } from "../storage/progress";
import { Cmi5 } from "./cmi5";
import { type Told, Reporter } from "./reporter";
import type { Item, Lms, Package, Report } from "./report";
import { Scorm } from "./scorm";
import { words } from "./words";

/** A course that does not answer keeps nobody from reading. */
const PATIENCE_MS = 4000;

const given = JSON.parse(document.getElementById("package")!.textContent) as Package;
const frame = document.querySelector("iframe")!;
const line = document.querySelector<HTMLElement>(".report")!;
const reporter = new Reporter(given, system(given), show);

(globalThis as { lessonReport?: Report }).lessonReport = reporter;
// Where this page is shown again as it was left, its visit has ended.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
addEventListener("pagehide", () => void reporter.end());
void open();

function system({ format }: Package): Lms {
  return format === "cmi5" ? new Cmi5(new URLSearchParams(location.search)) : new Scorm(format);
}

async function open(): Promise<void> {
  const beginning = reporter.begin();
  const begun = await Promise.race([beginning, new Promise<null>((late) => setTimeout(() => late(null), PATIENCE_MS))]);
  if (begun) mark(begun.passed);
  const at = begun && given.pages.includes(begun.at) ? begun.at : given.start;
  frame.src = new URL(at, root).href;
  const { back } = (await beginning) ?? {};
  if (back) line.append(leave(back));
}

/** On another computer, or in another version of the package, the browser does not have them. */
function mark(passed: [Item, number][]): void {
  for (const [{ page, id, kind, title, version }, at] of passed) {
    if (progress.get(page, id)?.done.length) continue;
    const done = [{ at, version, helped: false }];
    const known = { kind, title, version, tries: 1, first: at, last: at, done, box: 0, due: null };
    progress.restore(new Map([[`${page}#${id}`, known]]));
  }
}

function leave(back: string): HTMLElement {
  const link = make("a", { href: back }, WORDS.lms.leave);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    void reporter.end().then(() => location.assign(back));
  });
  return link;
}

function show(told: Told): void {
  line.dataset["state"] = told.state.kind;
  line.querySelector("span")!.textContent = words(told);
}
