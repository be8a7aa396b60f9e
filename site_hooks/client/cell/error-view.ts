// An ErrorEvent as the learner reads it: plain words, then the lines of their own code, the whole traceback folded.
import { button, make } from "../page/dom";
import type { ErrorEvent } from "../shared/protocol";
import { fill, weave } from "../shared/words";

export interface ProblemHelp {
  /** The cell that raised the error. */
  cell: string;
  /** The cell was written to raise it. */
  meant: boolean;
  /** What else helps with this error, such as the cell that defines a missing name. */
  advice: Node | null;
  /** Caption of any cell of the page. */
  caption(cell: string): string;
  /** Puts the cursor on a line of a cell. */
  show(cell: string, line: number): void;
}

export function problem(error: ErrorEvent, help: ProblemHelp): HTMLElement {
  const node = make("section", { "data-kind": "error", class: "cell-problem" });
  if (help.meant) node.dataset["meant"] = "";
  node.append(make("p", { class: "cell-problem-words" }, error.message || error.detail || error.type));
  if (help.advice) node.append(help.advice);
  const said = !error.detail || error.message.includes(error.detail);
  const python = said ? error.type : `${error.type}: ${error.detail}`;
  node.append(make("p", { class: "cell-problem-python" }, make("code", {}, python)));
  const lines = error.frames.map((frame) => line(frame, help));
  // Code that Python cannot read has a line, but was never in a frame.
  if (!lines.length && error.line) lines.push(make("li", {}, place(help.cell, error.line, help)));
  if (lines.length) node.append(make("ol", { class: "cell-frames" }, ...lines));
  const trace = make("pre", { tabindex: "0" }, error.traceback);
  node.append(
    make(
      "details",
      { class: "cell-trace", "data-kind": "traceback" },
      make("summary", {}, WORDS.output.traceback),
      trace,
    ),
  );
  return node;
}

function line(frame: ErrorEvent["frames"][number], help: ProblemHelp): HTMLElement {
  const node = make("li", {}, place(frame.cell, frame.line, help));
  if (frame.function && frame.function !== "<module>")
    node.append(make("span", {}, ...weave(WORDS.output.in, { function: make("code", {}, frame.function) })));
  node.append(make("code", { class: "cell-frame-source" }, frame.source.trim()));
  return node;
}

function place(cell: string, line: number, help: ProblemHelp): HTMLElement {
  const words = cell === help.cell ? WORDS.output.line : WORDS.output.lineOf;
  return button(fill(words, { line, cell: help.caption(cell) }), () => help.show(cell, line), { class: "cell-link" });
}
