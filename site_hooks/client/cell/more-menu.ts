// A cell's WORDS.cell.more menu: what can be taken from it. Made when its button is pressed, for what the cell shows then.
import { make } from "../page/dom";
import { copy, save, saveFrom } from "../page/save";
import { toFragment } from "./code-link";
import { resizeCode } from "../storage/code-size";
import { isWide, turnWide } from "./full-width";
import { csv, type Rows, tsv } from "./tables";
import { fill } from "../shared/words";

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
  const menu = make("div", { class: "cell-menu", role: "menu", "aria-label": WORDS.cell.more }, ...items);
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
  const found: Action[] = [[WORDS.menu.link, () => copyLink(taken)]];
  const told = async (text: string, words: string): Promise<void> =>
    say((await copy(text)) ? words : WORDS.menu.refused);
  const texts = [...output.querySelectorAll(":scope > .cell-text")].map((pre) => pre.textContent ?? "");
  if (texts.length) found.push([WORDS.menu.copyOutput, () => told(texts.join(""), WORDS.menu.copiedOutput)]);
  const figures = [...output.querySelectorAll<HTMLElement>("figure[data-figure]")];
  for (const [figure, name, file] of named(figures, WORDS.menu.figure, taken.id)) {
    found.push([fill(WORDS.menu.png, { name }), () => savePng(figure, `${file}.png`)]);
    found.push([
      fill(WORDS.menu.svg, { name }),
      async () => {
        const svg = await taken.drawSvg(Number(figure.dataset["figure"]));
        if (svg) save(new Blob([svg], { type: "image/svg+xml" }), `${file}.svg`);
        else say(WORDS.menu.gone);
      },
    ]);
  }
  for (const [table, name, file] of named([...output.querySelectorAll("table")], WORDS.menu.table, taken.id)) {
    found.push([fill(WORDS.menu.copyTable, { name }), () => told(tsv(rows(table)), WORDS.menu.copiedTable)]);
    found.push([
      fill(WORDS.menu.saveTable, { name }),
      () => save(new Blob([csv(rows(table))], { type: "text/csv;charset=utf-8" }), `${file}.csv`),
    ]);
  }
  found.push(
    [WORDS.menu.find, taken.search],
    [WORDS.menu.larger, () => say(fill(WORDS.menu.size, { size: resizeCode(1) }))],
    [WORDS.menu.smaller, () => say(fill(WORDS.menu.size, { size: resizeCode(-1) }))],
    [isWide(taken.shell) ? WORDS.menu.narrow : WORDS.menu.wide, () => turnWide(taken.shell)],
  );
  return found;
}

/** Each with what to call it, and its file: counted where there are several. */
function named<T>(nodes: T[], kind: string, id: string): [T, string, string][] {
  return nodes.map((node, at) =>
    nodes.length > 1
      ? [node, fill(WORDS.menu.numbered, { name: kind, n: at + 1 }), `${id}-${at + 1}`]
      : [node, kind, id],
  );
}

async function copyLink({ id, code, say }: Taken): Promise<void> {
  // Without the search: the page by itself, wherever it was copied.
  const { href: link } = Object.assign(new URL(location.href), { search: "", hash: await toFragment(id, code) });
  say((await copy(link)) ? WORDS.menu.copiedLink : fill(WORDS.menu.copyThis, { link }));
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
