// What few runs put out, built when one does: tables, the progress of a training, the field of input().
import { button, make } from "../page/dom";
import type { RunEvent, Table } from "../shared/protocol";
import { fill } from "../shared/words";
import { counted } from "../shared/counted";

export type Built = Extract<RunEvent, { kind: "result" | "progress" | "input" }>;

export function build(place: HTMLElement, event: Built, answer: (line: string) => void): void {
  if (event.kind === "progress") showProgress(place, event);
  else if (event.kind === "input") ask(place, event.prompt, answer);
  else if (event.table) place.replaceChildren(table(event.table));
}

/** As Python writes one, of any kind; what is missing is none. */
const NUMBER = /^(?:[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan)j?)*$|^None$/;

function table({ columns, rows, of: [length, width] }: Table): HTMLElement {
  const aligned = columns.map((_, at) => (rows.every((row) => NUMBER.test(row[at] ?? "")) ? {} : { "data-words": "" }));
  const heads = columns.map((name, at) => make("th", { scope: "col", ...aligned[at] }, name));
  const body = rows.map((row, at) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, String(at)),
      ...row.map((text, column) => make("td", { ...aligned[column] }, text)),
    ),
  );
  const words = size(rows.length, length, columns.length, width);
  const shown = make(
    "table",
    { class: "cell-rows" }, // Material and the page style those without a class
    make("caption", {}, make("span", {}, words)),
    make("thead", {}, make("tr", {}, make("td"), ...heads)),
    make("tbody", {}, ...body),
  );
  // Reached by keyboard, as it scrolls.
  return make(
    "div",
    { class: "cell-table", role: "region", "aria-label": fill(WORDS.output.table, { words }), tabindex: "0" },
    shown,
  );
}

function size(rows: number, length: number, columns: number, width: number): string {
  const high = counted(rows < length ? WORDS.output.firstRows : WORDS.output.rows, length, { shown: rows });
  return `${high}, ${counted(columns < width ? WORDS.output.firstColumns : WORDS.output.columns, width, { shown: columns })}`;
}

function showProgress(place: HTMLElement, { what, done, total }: Extract<Built, { kind: "progress" }>): void {
  if (done >= total) {
    place.remove();
    return;
  }
  const percent = String(Math.round((100 * done) / total));
  let bar = place.querySelector<HTMLElement>('[role="progressbar"]');
  if (!bar) {
    bar = make("div", { role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, make("span"));
    place.replaceChildren(make("span", { class: "cell-step" }), bar);
  }
  bar.setAttribute("aria-label", fill(WORDS.output.progressOf, { what }));
  bar.setAttribute("aria-valuenow", percent);
  place.firstElementChild!.textContent = fill(WORDS.output.stepOf, { what, done, total });
  (bar.firstElementChild as HTMLElement).style.width = `${percent}%`;
}

/** It takes the focus if that is in this cell: who pressed Run goes on typing. Then it gives the focus back. */
function ask(place: HTMLElement, prompt: string, answer: (line: string) => void): void {
  const field = make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const form = make("form", {}, make("label", {}, make("span", {}, prompt || WORDS.output.input), field));
  form.append(button(WORDS.output.answer, () => form.requestSubmit(), { class: "cell-button" }));
  const before = document.activeElement;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.contains(document.activeElement) && before instanceof HTMLElement && before !== document.body)
      before.focus();
    answer(field.value);
  });
  place.replaceChildren(form);
  if (place.closest(".cell-shell")?.contains(before)) field.focus();
}
