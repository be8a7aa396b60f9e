// A cell's "More" menu: what can be taken from it. Made when its button is pressed, for what the cell shows then.
import { make } from "../page/dom";
import { copy, save, saveFrom } from "../page/save";
import { toFragment } from "./code-link";
import { resizeCode } from "../storage/code-size";
import { isWide, turnWide } from "./full-width";
import { csv, type Rows, tsv } from "./tables";

export interface Taken {
  id: string;
  code: string;
  shell: HTMLElement;
  output: HTMLElement;
  /** Opens the search in the code. */
  search(): void;
  /** A figure of the last run, drawn by Python; null if Python has it no more. */
  drawSvg(figure: number): Promise<string | null>;
  /** Says what came of it. */
  say(words: string): void;
}

type Action = [label: string, act: () => void | Promise<void>];

/** Opens the menu below its button, which gets the focus back. */
export function openMenu(opener: HTMLButtonElement, taken: Taken): void {
  const items = actions(taken).map(([label, act]) => {
    const item = make("button", { type: "button", role: "menuitem", tabindex: "-1" }, label);
    item.addEventListener("click", () => {
      close(true);
      void act();
    });
    return item;
  });
  const menu = make("div", { class: "cell-menu", role: "menu", "aria-label": "More" }, ...items);
  const leaving = new AbortController();
  const close = (isBack: boolean): void => {
    leaving.abort();
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    if (isBack) opener.focus();
  };
  const move = (to: number): void => items.at(to % items.length)?.focus();
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(-1),
      Escape: () => close(true),
    };
    event.stopPropagation(); // Material goes to another page at some letters.
    if (event.key === "Tab") close(true);
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const { signal } = leaving;
  const leave = ({ target }: Event): void => {
    if (target instanceof Node && !menu.contains(target) && !opener.contains(target)) close(false);
  };
  document.addEventListener("pointerdown", leave, { signal });
  document.addEventListener("focusin", leave, { signal });
  opener.addEventListener("click", () => close(true), { signal });
  opener.setAttribute("aria-expanded", "true");
  opener.after(menu);
  move(0);
}

function actions(taken: Taken): Action[] {
  const { output, say } = taken;
  const found: Action[] = [["Copy link", () => copyLink(taken)]];
  const told = async (text: string, what: string): Promise<void> =>
    say((await copy(text)) ? `${what} is copied.` : "This browser lets no page copy anything.");
  const texts = [...output.querySelectorAll(":scope > .cell-text")].map((pre) => pre.textContent ?? "");
  if (texts.length) found.push(["Copy output", () => told(texts.join(""), "The output")]);
  const figures = [...output.querySelectorAll<HTMLElement>("figure[data-figure]:not([data-kind=instrument])")];
  for (const [figure, name, file] of named(figures, "figure", taken.id)) {
    found.push([`Save ${name} as PNG`, () => savePng(figure, `${file}.png`)]);
    found.push([
      `Save ${name} as SVG`,
      async () => {
        const svg = await taken.drawSvg(Number(figure.dataset["figure"]));
        if (svg) save(new Blob([svg], { type: "image/svg+xml" }), `${file}.svg`);
        else say("Python does not have this figure any more: run the cell again, then save it.");
      },
    ]);
  }
  for (const [table, name, file] of named([...output.querySelectorAll("table")], "table", taken.id)) {
    found.push([`Copy ${name}`, () => told(tsv(rows(table)), "The table")]);
    found.push([
      `Download ${name}`,
      () => save(new Blob([csv(rows(table))], { type: "text/csv;charset=utf-8" }), `${file}.csv`),
    ]);
  }
  found.push(
    ["Find in the code", taken.search],
    ["Larger code", () => say(`The code is ${resizeCode(1)} large, in all cells.`)],
    ["Smaller code", () => say(`The code is ${resizeCode(-1)} large, in all cells.`)],
    [isWide(taken.shell) ? "Leave full width" : "Full width", () => turnWide(taken.shell)],
  );
  return found;
}

/** Each with what to call it, and its file: counted where there are several. */
function named<T>(nodes: T[], kind: string, id: string): [T, string, string][] {
  return nodes.map((node, at) =>
    nodes.length > 1 ? [node, `${kind} ${at + 1}`, `${id}-${at + 1}`] : [node, kind, id],
  );
}

async function copyLink({ id, code, say }: Taken): Promise<void> {
  // Without the search: the page by itself, wherever it was copied.
  const { href: link } = Object.assign(new URL(location.href), { search: "", hash: await toFragment(id, code) });
  say((await copy(link)) ? "The link is copied. It holds the code as it stands." : `Copy this link: ${link}`);
}

/** As it is on paper, where both drawings are here. */
function savePng(figure: HTMLElement, name: string): void {
  const image = figure.querySelector("img");
  if (image) saveFrom(image.dataset["light"] ?? image.src, name);
  else figure.querySelector("canvas")?.toBlob((blob) => blob && save(blob, name));
}

function rows(table: HTMLTableElement): Rows {
  return [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent?.trim() ?? ""));
}
