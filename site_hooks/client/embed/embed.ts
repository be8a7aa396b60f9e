// A page that another site shows in a frame: all of its text, or one cell of it. It stays in the frame from page to page.
import { asked, inFrame, inLesson } from "./addresses";
import { partsOf, showAlone } from "./alone";
import type { Cell } from "../cell/cell";
import { tellHeight } from "./height";
import { dressEmbedded } from "./styles";
import { fill } from "../shared/words";

/** What it takes from the script of every page, which has it. */
export interface Means {
  cellOf(host: Element): Cell | undefined;
  eachPage(action: () => void): void;
  root: URL;
}

/** Keys of Material and of turning-pages.ts: for a search that is not here, and to other pages. */
const KEYS = ["f", "s", "/", "p", ",", "n", "."];

/** Called once. */
export function start({ cellOf, eachPage, root }: Means): void {
  const { dataset } = document.documentElement;
  /** Other cells of the page: the learner has followed a link to them, or they were needed and failed. */
  let besides: string[] = [];
  let shown = { path: "", id: "" };

  const show = (): void => {
    const [path, id] = [location.pathname, asked(location)];
    if (path !== shown.path || id !== shown.id) besides = [];
    shown = { path, id };
    const page = document.querySelector("article");
    if (!page) return;
    for (const node of page.querySelectorAll(":scope > :is(.embed-home, .embed-missing)")) node.remove();
    const parts = id ? partsOf(id) : [];
    const home = wayHome(id, parts, cellOf);
    page.append(home);
    if (id && !parts.length) {
      const missing = made("p", fill(WORDS.page.noCell, { id: id.slice(0, 80) }), "embed-missing");
      missing.setAttribute("role", "alert");
      home.before(missing);
      parts.push(missing);
    }
    showAlone(page, id ? [...parts, ...besides.flatMap(partsOf), home] : []);
    dataset["embed"] = id;
    dataset["embedded"] = "";
  };
  const reveal = (id: string): void => {
    if (!shown.id || id === shown.id || besides.includes(id)) return;
    besides.push(id);
    show();
  };
  /** The address may ask for another part of the same page; Material answers for other pages. */
  const stay = (): void => {
    if (location.pathname !== shown.path || asked(location) === shown.id) return;
    show();
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  };

  dressEmbedded();
  show();
  eachPage(show);
  addEventListener("popstate", stay);
  document.addEventListener("py-cell:sought", ({ target }) => target instanceof Element && reveal(target.id));
  document.addEventListener("py-cell:done", (event) => {
    const { id, ok } = (event as CustomEvent<{ id: string; ok: boolean }>).detail;
    if (!ok) reveal(id);
  });
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (KEYS.includes(key) && !ctrlKey && !metaKey && !altKey) event.stopPropagation();
  });
  // Before whatever else answers a click.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const address = new URL(link.href);
      if (!/^https?:$/.test(address.protocol)) return;
      if (address.origin !== root.origin || !address.pathname.startsWith(root.pathname)) {
        // Most sites let no other one frame them.
        link.target = "_blank";
        link.rel = "noopener";
      } else if (!link.matches(".cell-link")) {
        link.href = inFrame(address).href;
        setTimeout(stay);
      }
    },
    true,
  );
  tellHeight();
}

/** The line at the foot that leads out of the frame, and takes a learner's code along. */
function wayHome(id: string, parts: Element[], cellOf: Means["cellOf"]): HTMLElement {
  const address = inLesson(location);
  if (id) address.hash = parts.length ? id : "";
  const link = made("a", WORDS.page.open);
  Object.assign(link, { href: address.href, target: "_top" });
  const takeCode = async (): Promise<void> => {
    const host = document.getElementById(id);
    const cell = host && cellOf(host);
    if (!cell) return;
    const isOwn = cell.text !== cell.source;
    address.hash = isOwn ? await (await import("../cell/code-link")).toFragment(id, cell.text) : id;
    link.href = address.href;
  };
  for (const sign of ["pointerenter", "pointerdown", "focus"]) link.addEventListener(sign, () => void takeCode());
  const home = made("p", "", "embed-home");
  home.append(link);
  return home;
}

function made<Name extends "a" | "p">(name: Name, words: string, className = ""): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  node.textContent = words;
  node.className = className;
  return node;
}
