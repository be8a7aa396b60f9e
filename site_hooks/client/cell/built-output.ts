// What few runs put out, built when one does: tables, the progress of a training, the field of input().
import { button, make } from "../page/dom";
import type { RunEvent, Table } from "../shared/protocol";

export type Built = Extract<RunEvent, { kind: "result" | "progress" | "input" }>;

export function build(place: HTMLElement, event: Built, answer: (line: string) => void): void {
  if (event.kind === "progress") showProgress(place, event);
  else if (event.kind === "input") ask(place, event.prompt, answer);
  else if (event.table) place.replaceChildren(table(event.table));
}

function table({ columns, rows, of: [length, width] }: Table): HTMLElement {
  const head = make("tr", {}, make("td"), ...columns.map((name) => make("th", { scope: "col" }, name)));
  const body = rows.map((row, at) =>
    make("tr", {}, make("th", { scope: "row" }, String(at)), ...row.map((text) => make("td", {}, text))),
  );
  const size = `${length} ${length === 1 ? "row" : "rows"}, ${width} ${width === 1 ? "column" : "columns"}`;
  const isCut = length > rows.length || width > columns.length;
  const words = isCut ? `The first ${rows.length} of ${size}` : size;
  const shown = make("table", {}, make("caption", {}, words), make("thead", {}, head), make("tbody", {}, ...body));
  // Reached by keyboard, as it scrolls.
  return make("div", { class: "cell-table", role: "region", "aria-label": `Table: ${words}`, tabindex: "0" }, shown);
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
  bar.setAttribute("aria-label", `Progress of ${what}`);
  bar.setAttribute("aria-valuenow", percent);
  place.firstElementChild!.textContent = `${what}: step ${done} of ${total}`;
  (bar.firstElementChild as HTMLElement).style.width = `${percent}%`;
}

/** It takes the focus if that is in this cell: who pressed Run goes on typing. Then it gives the focus back. */
function ask(place: HTMLElement, prompt: string, answer: (line: string) => void): void {
  const field = make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const form = make("form", {}, make("label", {}, make("span", {}, prompt || "input() waits for a line:"), field));
  form.append(button("Answer", () => form.requestSubmit(), { class: "cell-button" }));
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
