// The nodes a cell is made of, without behaviour.
import { make } from "../page/dom";

export interface Parts {
  shell: HTMLElement;
  status: HTMLElement;
  buttons: HTMLElement;
  notice: HTMLElement;
  /** Holds the controls that the code asks for. */
  form: HTMLElement;
  source: HTMLElement;
  /** Below the output of a live figure: how to see its code. */
  foot: HTMLElement;
  /** Says how to leave the editor: heard always, seen by those who came to it by keyboard. */
  keys: HTMLElement;
  /** Holds the output, and the progress of loading in its place. */
  below: HTMLElement;
  loading: HTMLElement;
  step: HTMLElement;
  bar: HTMLProgressElement;
}

export const KEYS = WORDS.cell.keys;

export function parts(id: string, title: string, isLive: boolean): Parts {
  const status = make("span", { class: "cell-status" });
  const buttons = make("div", { class: "cell-buttons" });
  const notice = make("div", { class: "cell-notice", role: "status" });
  const form = make("div", { class: "cell-form" });
  form.hidden = true;
  const source = make("div", { class: "cell-source" });
  const foot = make("div", { class: "cell-foot" });
  const keys = make("span", { class: "cell-keys", id: `${id}--keys` }, KEYS);
  const step = make("span", { class: "cell-step" });
  const bar = make("progress", { max: "1", value: "0", "aria-label": WORDS.cell.loadingPython });
  const loading = make("div", { class: "cell-loading" }, step, bar);
  loading.hidden = true;
  const below = make("div", { class: "cell-below" }, loading);
  const caption = make("span", { class: "cell-title" }, title || "Python");
  const head = make("div", { class: "cell-head" }, caption, status, buttons);
  // The empty title keeps <py-cell title> from popping up over everything in the cell.
  const shell = make("div", { class: "cell-shell", role: "group", "aria-label": title || id, title: "" });
  if (isLive) shell.append(head, notice, form, below, foot, source, keys);
  else shell.append(head, notice, source, keys, form, below);
  return { shell, status, buttons, notice, form, source, foot, keys, below, loading, step, bar };
}

const ICONS = {
  full: "M2 6V2h4v1.500H3.500V6zM10 2h4v4h-1.500V3.500H10zM2 10h1.500v2.500H6V14H2zM12.500 10H14v4h-4v-1.500h2.500z",
  run: "M5 3.5v9l8-4.5z",
  stop: "M4 4h8v8H4z",
  more: "M2.500 6.500h3v3h-3zM6.500 6.500h3v3h-3zM10.500 6.500h3v3h-3z",
  reset: "M8 3a5 5 0 1 0 4.9 6h-1.6A3.5 3.5 0 1 1 8 4.5c.9 0 1.8.4 2.4 1L8.5 7.500H13V3l-1.500 1.500A5 5 0 0 0 8 3z",
};

export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
