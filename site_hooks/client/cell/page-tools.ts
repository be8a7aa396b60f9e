// <page-tools notebook="..." wheel="...">: what is done with all cells of a page, and with Python.
import { type Cell, cellsOnPage } from "./cell";
import { button, enable, headingText, make } from "../page/dom";
import { save } from "../page/save";
import { session } from "../session/session";
import { root } from "../shared/site";
import type { Notebook } from "./take-home";
import { fill } from "../shared/words";

export class PageTools extends HTMLElement {
  readonly #status = make("span", { class: "page-tools-status", role: "status" });
  readonly #runAll = button(WORDS.tools.runAll, () => void this.#run());

  connectedCallback(): void {
    if (this.firstChild) return;
    const tools = make(
      "div",
      { role: "group", "aria-label": WORDS.tools.label },
      this.#runAll,
      button(WORDS.tools.restart, () => this.#restart()),
      button(WORDS.tools.notebook, () => void this.#download("ipynb")),
      button(WORDS.tools.script, () => void this.#download("py")),
    );
    this.append(tools, this.#status);
  }

  /**
   * One after the other, up to the first of the lesson's own that does not end well. Exercises are the learner's to
   * solve: one with a blank is not run, one that ends in an error is passed by, and so is what needs one of these.
   */
  async #run(): Promise<void> {
    enable(this.#runAll, false);
    const cells = cellsOnPage();
    this.#say(fill(WORDS.tools.running, { n: cells.length }));
    const unsolved: Cell[] = [];
    const waiting: Cell[] = [];
    let words = "";
    for (const cell of cells) {
      if (cell.hasBlank) {
        unsolved.push(cell);
        continue;
      }
      const isWell = await cell.run();
      if (!this.isConnected) return; // the page was left
      if (isWell) continue;
      const blocker = cells.find((other) => other === cell.prerequisites.blocker);
      if (blocker && isUnsolved(blocker)) waiting.push(cell);
      else if (isUnsolved(cell)) unsolved.push(cell);
      else {
        words = fill(WORDS.tools.badEnd, { cell: cell.caption });
        cell.focusRun();
        break;
      }
    }
    this.#say(words || summary(cells.length, unsolved, waiting));
    enable(this.#runAll, true);
  }

  #restart(): void {
    session.restart();
    this.#say(WORDS.tools.restarted);
  }

  async #download(kind: "ipynb" | "py"): Promise<void> {
    const address = new URL(this.getAttribute("notebook") ?? "", document.baseURI);
    try {
      const [{ completed, script }, response] = await Promise.all([import("./take-home"), fetch(address)]);
      if (!response.ok) throw new Error(String(response.status));
      const heading = this.closest("article")?.querySelector("h1");
      const notebook = completed((await response.json()) as Notebook, {
        title: heading ? headingText(heading) : document.title,
        address: location.href.replace(/[?#].*/, ""),
        root: root.href,
        wheel: new URL(this.getAttribute("wheel") ?? "", root).href,
        code: new Map(cellsOnPage().map((cell) => [cell.id, cell.text])),
      });
      const text = kind === "py" ? script(notebook) : JSON.stringify(notebook, null, 1);
      const type = kind === "py" ? "text/x-python" : "application/x-ipynb+json";
      save(new Blob([text], { type }), `${name(address)}.${kind}`);
      this.#say("");
    } catch {
      this.#say(WORDS.tools.failed);
    }
  }

  #say(words: string): void {
    this.#status.textContent = words;
  }
}

function isUnsolved(cell: Cell): boolean {
  return cell.hasBlank || (cell.isExercise && cell.raised);
}

function summary(count: number, unsolved: Cell[], waiting: Cell[]): string {
  if (!unsolved.length) return fill(WORDS.tools.all, { n: count });
  const listed = (cells: Cell[]): string =>
    cells.map(({ caption }) => fill(WORDS.tools.quoted, { name: caption })).join(", ");
  const rest = waiting.length ? ` ${fill(WORDS.tools.needs, { cells: listed(waiting) })}` : "";
  const done = count - unsolved.length - waiting.length;
  return fill(WORDS.tools.some, { done, count, cells: listed(unsolved), rest });
}

/** After the folder of the page. */
function name(address: URL): string {
  return address.pathname.split("/").at(-2) || "lesson";
}
