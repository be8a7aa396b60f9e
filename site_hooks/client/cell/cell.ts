// <py-cell>: puts code, buttons and output panel together and lets the session run what the learner wrote.
import { CodePane } from "./code-pane";
import { Controls, type CellState } from "./controls";
import { button, make } from "../page/dom";
import type { Intent } from "../session/intent";
import { captionOf, definingCell } from "./defining-cell";
import { OutputPanel } from "./output-panel";
import { type Parts, parts } from "./template";
import type { ErrorEvent, RunEvent } from "../shared/protocol";
import { type Ending, type Run, session } from "../session/session";
import { dress, theme } from "../page/theme";

/** What py-cell:start and py-cell:done tell; at the start ok is null and ms is 0. */
export interface CellEventDetail {
  id: string;
  page: string;
  ok: boolean | null;
  ms: number;
  /** Runs of this cell since the site was opened, this one included. */
  runs: number;
}

const DEFAULT_TIMEOUT = 30;
const LOST = "Python was started anew, so the variables of this page are gone: run the cells that make them again.";

/**
 * One cell of one page. It outlives its element: when the learner comes back to a page, the new element takes the
 * cell over with code, undo history and output; a run that was going on has gone on meanwhile.
 */
class Cell {
  readonly #id: string;
  readonly #page: string;
  readonly #parts: Parts;
  readonly #code: CodePane;
  readonly #output: OutputPanel;
  readonly #controls: Controls;
  #host: PyCell | null = null;
  #leaving = new AbortController();
  #going: Run | null = null;
  #error: ErrorEvent | null = null;
  #started = 0;
  #runs = 0;
  #filled = false;

  constructor(
    host: PyCell,
    readonly source: string,
    block: HTMLElement,
  ) {
    const title = host.getAttribute("title") ?? "";
    this.#id = host.id;
    this.#page = host.getAttribute("page") ?? location.pathname;
    this.#parts = parts(this.#id, title);
    this.#controls = new Controls(this.#parts, {
      run: () => this.run(),
      stop: () => this.#going && session.stop(this.#going),
      reset: () => this.#reset(),
      unfolded: () => void this.#code.edit(),
    });
    this.#code = new CodePane({
      id: this.#id,
      page: this.#page,
      title,
      source,
      block,
      parts: this.#parts,
      button: this.#controls.run,
      onRun: (andMove) => {
        this.run();
        if (andMove) this.#moveOn();
      },
    });
    this.#output = new OutputPanel(title || this.#id, `${this.#id}-output.txt`, (filled) => this.#fill(filled));
    this.#parts.below.append(this.#output.root);
    if (host.hasAttribute("hide") && host.getAttribute("hide") !== "false") this.#controls.fold();
    this.#hintRun();
  }

  // The element comes and goes.

  mount(host: PyCell): void {
    this.#host = host;
    host.prepend(this.#parts.shell);
    this.#code.open();
    host.dataset["state"] = this.#controls.state;
    this.#fill(this.#filled);
    if (this.#going) session.leave(this.#going, false);
    for (const image of this.#output.root.querySelectorAll("img")) dress(image, theme());
    this.#leaving = new AbortController();
    addEventListener("pagehide", () => this.#code.save(), { signal: this.#leaving.signal });
  }

  unmount(): void {
    this.#leaving.abort();
    if (this.#going) session.leave(this.#going, true);
    this.#code.close();
    this.#host = null;
  }

  get mounted(): boolean {
    return this.#host !== null;
  }

  /** The cell is about to be seen. Folded code waits: an editor cannot measure what is not shown. */
  near(): void {
    if (!this.#controls.folded) void this.#code.edit();
  }

  async focus(): Promise<void> {
    if (this.#controls.folded) this.#controls.run.focus();
    else await this.#code.focus();
    this.#host?.scrollIntoView({ block: "nearest" });
  }

  showLine(line: number): Promise<void> {
    this.#controls.unfold();
    return this.#code.showLine(line);
  }

  #moveOn(): void {
    const cells = [...document.querySelectorAll<PyCell>("py-cell")];
    const next = cells[cells.indexOf(this.#host as PyCell) + 1];
    void next?.focusEditor();
  }

  // Running.

  run(): void {
    if (this.#controls.busy) return;
    this.#withdraw();
    this.#code.save();
    this.#code.note("");
    this.#code.mark(null);
    this.#error = null;
    this.#runs += 1;
    this.#output.begin("Waiting for Python.");
    const request = {
      source: this.#code.text,
      session: `${this.#page}:${this.#host?.getAttribute("session") ?? "main"}`,
      cell: this.#id,
      theme: theme(),
      width: this.#output.width,
    };
    let run: Run | null = null;
    const mine =
      <Args extends unknown[]>(action: (...args: Args) => void) =>
      (...args: Args): void => {
        if (run === null || run === this.#going) action(...args);
      };
    run = session.run(request, this.#timeout, {
      state: mine((state) => this.#progressed(state)),
      progress: mine((step, fraction) => this.#loaded(step, fraction)),
      event: mine((event) => this.#receive(event)),
      failed: mine((message) => this.#failed(message)),
      ended: mine((how, detail) => this.#ended(how, detail)),
    });
    this.#going = run;
  }

  get #timeout(): number {
    const seconds = Number(this.#host?.getAttribute("timeout"));
    return seconds > 0 ? seconds : DEFAULT_TIMEOUT;
  }

  /** A run that waits for Python to be loaded at last is not wanted any more. */
  #withdraw(): void {
    const waiting = this.#going;
    this.#going = null;
    if (waiting) session.stop(waiting);
  }

  #reset(): void {
    this.#withdraw();
    this.#code.reset();
    this.#hintRun();
    this.#show("idle");
  }

  #progressed(state: "queued" | "loading" | "running"): void {
    if (this.#controls.state === "error") this.#output.begin("");
    const words = {
      queued: "Waiting for the cells before it.",
      loading: "Python is being loaded; your code runs as soon as it is there.",
      running: "Running …",
    };
    this.#output.wait(words[state]);
    this.#show(state);
    if (state !== "running") return;
    this.#started = performance.now();
    this.#tell("py-cell:start", null, 0);
  }

  #loaded(step: string, fraction: number): void {
    this.#parts.step.textContent = step;
    this.#parts.bar.value = fraction;
  }

  #receive(event: RunEvent): void {
    if (event.kind === "done") {
      this.#finish(event.ok, event.ms);
      return;
    }
    if (event.kind === "error") this.#error = event;
    this.#output.receive(event, {
      cell: this.#id,
      meant: this.#meant(event),
      advice: event.kind === "error" && event.name ? this.#advice(event.name) : null,
      caption: (cell) => captionOf(document.getElementById(cell) ?? make("span", { id: cell })),
      show: (cell, line) => {
        const target = cell === this.#id ? this.#host : document.getElementById(cell);
        if (target instanceof PyCell) void target.showLine(line);
      },
    });
  }

  #meant(event: RunEvent): boolean {
    const types = (this.#host?.getAttribute("raises") ?? "").split(/[\s,|]+/);
    return event.kind === "error" && types.includes(event.type);
  }

  #finish(ok: boolean, ms: number): void {
    const error = this.#error;
    const fine = ok || (error !== null && this.#meant(error));
    this.#going = null;
    this.#output.finish("Done. It printed nothing.");
    this.#code.mark(error?.line ?? null);
    this.#parts.shell.toggleAttribute("data-meant", fine && !ok);
    if (fine) this.#show("done", `Done in ${duration(ms)}`);
    else this.#show("error");
    this.#tell("py-cell:done", fine, ms);
  }

  #failed(message: string): void {
    const advice = /again|reload/i.test(message) ? "" : " Check the network, then try again.";
    this.#output.begin("");
    this.#output.finish("");
    this.#output.say(
      "failed",
      `Python could not be loaded. ${message}${advice} Your code is kept.`,
      button("Retry", () => this.#retry(), { class: "cell-button" }),
    );
    this.#show("error", "Not loaded");
  }

  #retry(): void {
    this.#controls.run.focus(); // Its own button goes away with the message.
    session.retry();
  }

  #ended(how: Ending, detail: string): void {
    const ran = how === "stopped" || how === "timeout" || how === "crashed";
    this.#going = null;
    this.#output.finish("");
    if (how === "crashed") {
      this.#output.say(
        "crashed",
        `Python broke down, perhaps because memory ran out. ${LOST}${detail ? ` (${detail})` : ""}`,
      );
    } else {
      const why = {
        stopped: `Stopped. ${LOST}`,
        timeout: `Stopped, because it ran longer than ${this.#timeout} s. ${LOST}`,
        withdrawn: "Stopped before it began.",
        dropped: "Not run, because the cell before it was stopped.",
      };
      this.#output.say("stopped", why[how]);
    }
    this.#show(how === "crashed" ? "error" : "stopped");
    if (ran) this.#tell("py-cell:done", false, performance.now() - this.#started);
  }

  /** Where the lesson defines a name that is missing. */
  #advice(name: string): Node | null {
    const found = this.#host && definingCell(name, this.#host);
    if (!found) return null;
    const go = make("a", { href: `#${found.cell.id}`, class: "cell-link" }, `Go to “${captionOf(found.cell)}”`);
    go.addEventListener("click", (event) => {
      event.preventDefault();
      if (found.cell instanceof PyCell) found.cell.focusRun();
    });
    const where = found.above ? "further up" : "further down";
    return make(
      "p",
      { class: "cell-problem-advice" },
      make("code", {}, name),
      ` is made by a cell ${where} on this page. Run that one first, then this one again. `,
      go,
    );
  }

  focusRun(): void {
    this.#host?.scrollIntoView({ block: "center" });
    this.#controls.run.focus({ preventScroll: true });
  }

  #hintRun(): void {
    this.#output.hint(make("strong", {}, "Run Code"), " shows the output here.");
  }

  #fill(filled: boolean): void {
    this.#filled = filled;
    this.#host?.toggleAttribute("data-live", filled);
  }

  #show(state: CellState, words?: string): void {
    this.#controls.show(state, words);
    if (this.#host) this.#host.dataset["state"] = state;
  }

  #tell(type: "py-cell:start" | "py-cell:done", ok: boolean | null, ms: number): void {
    const detail: CellEventDetail = { id: this.#id, page: this.#page, ok, ms, runs: this.#runs };
    this.#host?.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Every cell seen since the site was opened, by page and id. */
const cells = new Map<string, Cell>();

export class PyCell extends HTMLElement {
  static intent: Intent | null = null;
  static #near: IntersectionObserver | null = null;
  #cell: Cell | null = null;

  connectedCallback(): void {
    const code = this.querySelector<HTMLElement>(":scope > pre");
    if (code) this.#take(code);
    if (!this.#cell || this.#cell.mounted) return;
    this.#cell.mount(this);
    PyCell.#near ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting && entry.target instanceof PyCell) entry.target.#cell?.near();
        }
      },
      { rootMargin: "300px" },
    );
    PyCell.#near.observe(this);
    PyCell.intent?.watch(this);
  }

  disconnectedCallback(): void {
    PyCell.#near?.unobserve(this);
    PyCell.intent?.unwatch(this);
    this.#cell?.unmount();
  }

  focusEditor(): Promise<void> | undefined {
    return this.#cell?.focus();
  }

  showLine(line: number): Promise<void> | undefined {
    return this.#cell?.showLine(line);
  }

  focusRun(): void {
    this.#cell?.focusRun();
  }

  /** Takes over the cell of an earlier visit to this page, unless the lesson's code is another now. */
  #take(code: HTMLElement): void {
    const source = (code.querySelector("code") ?? code).textContent?.replace(/\n+$/, "") ?? "";
    const key = `${this.getAttribute("page") ?? location.pathname}#${this.id}`;
    const earlier = cells.get(key);
    if (earlier?.source === source && !earlier.mounted) {
      code.remove();
      this.#cell = earlier;
      return;
    }
    this.#cell = new Cell(this, source, code);
    cells.set(key, this.#cell);
  }
}
