// What pages of a package load besides: tells the launch page, in whose frame they are, where the learner is and what
// was right.
import type { CellEventDetail } from "../cell/cell";
import { make } from "../page/dom";
import { eachPage } from "../page/material";
import { root } from "../shared/site";
import type { Report } from "./report";

const OUTSIDE = WORDS.lms.outside;

const report = launch();

if (report) {
  eachPage(() => report.at(decodeURI(location.pathname.slice(root.pathname.length))));
  for (const type of ["py-cell:check", "lesson-quiz:answer"]) {
    document.addEventListener(type, (event) => {
      const { page, id, ok } = (event as CustomEvent<CellEventDetail>).detail;
      if (ok) report.passed(page, id);
    });
  }
} else {
  document.body.prepend(make("div", { class: "unsupported", role: "status" }, OUTSIDE));
}

function launch(): Report | undefined {
  try {
    return (parent as { lessonReport?: Report }).lessonReport;
  } catch {
    return undefined; // another origin's
  }
}
