// <page-tools notebook="..." wheel="...">: what is done with all cells of a page, and with Python.
import { type Cell, cellsOnPage } from "./cell";
import { button, enable, headingText, make } from "../page/dom";
import { save } from "../page/save";
import { session } from "../session/session";
import { root } from "../shared/site";
import type { Notebook } from "./take-home";

export class PageTools extends HTMLElement {
  readonly #status = make("span", { class: "page-tools-status", role: "status" });
  readonly #runAll = button("Run all", () => void this.#run());

  connectedCallback(): void {
    if (this.firstChild) return;
    const tools = make(
      "div",
      { role: "group", "aria-label": "All cells of this page" },
      this.#runAll,
      button("Restart Python", () => this.#restart()),
      button("Download notebook", () => void this.#download("ipynb")),
      button("Download script", () => void this.#download("py")),
    );
    this.append(tools, this.#status);
  }

  /** One after the other, up to the first that does not end well. Exercises that are not done are the learner's. */
  async #run(): Promise<void> {
    enable(this.#runAll, false);
    const cells = cellsOnPage();
    const left: Cell[] = [];
    let failed: Cell | null = null;
    this.#say(`Running ${cells.length} cells.`);
    for (const cell of cells) {
      const isWell = !cell.hasBlank && (await cell.run());
      if (!this.isConnected) break;
      if (isWell) continue;
      if (cell.isOpenExercise) left.push(cell);
      else {
        failed = cell;
        break;
      }
    }
    failed?.focusRun();
    this.#say(failed ? `Not all have run: “${failed.caption}” did not end well.` : summary(cells.length, left.length));
    enable(this.#runAll, true);
  }

  #restart(): void {
    session.restart();
    this.#say("Python starts anew. A run makes again what it needs.");
  }

  async #download(kind: "ipynb" | "py"): Promise<void> {
    const address = new URL(this.getAttribute("notebook") ?? "", document.baseURI);
    try {
      const [{ completed, script }, response] = await Promise.all([import("./take-home"), fetch(address)]);
      if (!response.ok) throw new Error(String(response.status));
      const heading = this.closest("article")?.querySelector("h1");
      const notebook = completed((await response.json()) as Notebook, {
        title: heading ? headingText(heading) : document.title,
        address: location.href.replace(/#.*/, ""),
        root: root.href,
        wheel: new URL(this.getAttribute("wheel") ?? "", root).href,
        code: new Map(cellsOnPage().map((cell) => [cell.id, cell.text])),
      });
      const text = kind === "py" ? script(notebook) : JSON.stringify(notebook, null, 1);
      const type = kind === "py" ? "text/x-python" : "application/x-ipynb+json";
      save(new Blob([text], { type }), `${name(address)}.${kind}`);
      this.#say("");
    } catch {
      this.#say("The download failed. Check the connection, then try again.");
    }
  }

  #say(words: string): void {
    this.#status.textContent = words;
  }
}

function summary(cells: number, left: number): string {
  if (!left) return `All ${cells} cells have run.`;
  const exercises = left === 1 ? "1 exercise is" : `${left} exercises are`;
  return `${cells - left} of ${cells} cells have run. ${exercises} left for you: still to be filled in, or with an error.`;
}

/** After the folder of the page. */
function name(address: URL): string {
  return address.pathname.split("/").at(-2) || "lesson";
}
