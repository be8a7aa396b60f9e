// Brings what practice needs to the pages that have some: when a piece of it is near, when a cell has run, and to
// learners who have marks from earlier.
import { cellOf } from "../cell/cell";
import { eachPage } from "../page/material";
import { hasMarks } from "../storage/marks-there";
import { foldAnswers, openAnswers, printAnswers } from "./answers";

type Practice = typeof import("./practice");

const PIECES = "py-cell[exercise], lesson-quiz, cell-guess, lesson-progress";

let practice: Promise<Practice> | null = null;

function load(): Promise<Practice> {
  practice ??= import("./practice").then(async (module) => {
    await module.start(cellOf);
    return module;
  });
  return practice;
}

/** Does without where the script does not come: the next page tries again. */
function open(action: (module: Practice) => void): void {
  load()
    .then(action)
    .catch(() => (practice = null));
}

/** Called once. */
export function followPractice(): void {
  const near = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) openPage();
    },
    { rootMargin: "600px" },
  );
  const openPage = (): void => {
    near.disconnect();
    open((module) => module.openPage());
  };
  const follow = (): void => {
    near.disconnect();
    foldAnswers();
    if (practice || hasMarks()) openPage();
    else for (const piece of document.querySelectorAll(PIECES)) near.observe(piece);
  };
  follow();
  eachPage(follow);
  printAnswers();
  document.addEventListener("py-cell:done", (event) => {
    openAnswers(event);
    open((module) => module.noteRun(event));
  });
}
