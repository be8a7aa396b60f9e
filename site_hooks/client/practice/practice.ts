// What pages with practice load: registers its elements, gives exercises to their cells, and keeps marks of runs.
import type { Cell, CellEventDetail } from "../cell/cell";
import { progress } from "../storage/progress";
import { checkByKey, Exercise } from "./exercise";
import { CellGuess } from "./guess";
import { loadHandIn } from "./load-hand-in";
import { lessonList } from "./lesson-list";
import { markPages } from "./page-marks";
import { LessonQuiz } from "./quiz";
import { remember } from "./remember";
import { style } from "./styles";

type CellOf = (host: Element) => Cell | undefined;

let cellOf: CellOf = () => undefined;

/** Every cell seen since practice was loaded: what a browser without storage has of other pages. */
const seen = new Map<string, Cell>();

/** Called once. */
export async function start(of: CellOf): Promise<void> {
  cellOf = of;
  await style("live");
  checkByKey();
  addEventListener("storage", (event) => progress.hear(event));
  progress.watch(() => void markPages());
  customElements.define("lesson-quiz", LessonQuiz);
  customElements.define("cell-guess", CellGuess);
}

/** At each page. */
export function openPage(): void {
  for (const host of document.querySelectorAll<HTMLElement>("py-cell[exercise]")) {
    const cell = cellOf(host);
    if (cell) Exercise.mount(cell, host);
  }
  for (const host of document.querySelectorAll("py-cell")) {
    const cell = cellOf(host);
    if (cell) seen.set(`${cell.page}#${cell.id}`, cell);
  }
  offerHandIn().catch(() => undefined); // the next page tries again
  void markPages();
  if (document.querySelector("lesson-progress:not(:defined)")) void import("./progress-page");
}

/** An exercise is done when its check passes, any other cell when it has run to its end. */
export function noteRun({ target, detail }: Event & { detail?: CellEventDetail }): void {
  if (!(target instanceof HTMLElement) || !detail || target.hasAttribute("exercise")) return;
  const { id, page, ok } = detail;
  remember(page, id, { kind: "cell", title: target.getAttribute("title") ?? id, version: "", ok: ok === true }, null);
}

/** At the foot of a page with exercises, and on the page of progress. */
async function offerHandIn(): Promise<void> {
  const place = document.querySelector("lesson-progress") ?? document.querySelector("page-tools");
  if (!place || !document.querySelector("lesson-progress, py-cell[exercise]")) return;
  const { offer } = await loadHandIn();
  offer(place, { seen: () => [...seen.values()], marks: () => progress.all(), lessonList });
}
