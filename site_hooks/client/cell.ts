// <py-cell>: puts editor, buttons and output panel together and lets the session run what the learner wrote.
import type { EditorState } from "@codemirror/state";
import { drafts } from "./drafts";
import type { Editor } from "./editor";
import { button, enable, make } from "./element";
import type { Intent } from "./intent";
import { captionOf, definingCell } from "./names";
import { OutputPanel } from "./output";
import { icon, type Parts, parts } from "./parts";
import type { ErrorEvent, RunEvent } from "./protocol";
import { type Ending, type Run, session } from "./session";
import { dress, theme } from "./theme";

export type CellState = "idle" | "queued" | "loading" | "running" | "done" | "error" | "stopped";

/** What py-cell:start and py-cell:done tell; at the start ok is null and ms is 0. */
export interface CellEventDetail {
  id: string;
  page: string;
  ok: boolean | null;
  ms: number;
  /** Runs of this cell since the site was opened, this one included. */
  runs: number;
}

const SAVE_MS = 400;
const DEFAULT_TIMEOUT = 30;
const LOST = "Python was started anew, so the variables of this page are gone: run the cells that make them again.";

let blockedStorageTold = false;

/**
 * One cell of one page. It outlives its element: when the learner comes back to a page, the new element takes the
 * cell over with code, undo history and output; a run that was going on has gone on meanwhile.
 */
class Cell {
  readonly #id: string;
  readonly #page: string;
  readonly #title: string;
  readonly #parts: Parts;
  readonly #output: OutputPanel;
  readonly #run: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  #host: PyCell | null = null;
  #leaving = new AbortController();
  #state: CellState = "idle";
  #code: string;
  #editor: Editor | null = null;
  #editing: Promise<void> | null = null;
  #kept: EditorState | null = null;
  #going: Run | null = null;
  #error: ErrorEvent | null = null;
  #failedAt: number | null = null;
  #started = 0;
  #runs = 0;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #filled = false;

  constructor(
    host: PyCell,
    readonly source: string,
    private readonly staticCode: HTMLElement,
  ) {
    this.#id = host.id;
    this.#page = host.getAttribute("page") ?? location.pathname;
    this.#title = host.getAttribute("title") ?? "";
    this.#code = source;
    this.#parts = parts(this.#id, this.#title);
    this.#run = button("Run Code", () => this.run(), {
      class: "cell-button cell-run",
      title: "Shift+Enter runs and moves on, Ctrl+Enter (⌘ Enter) runs",
    });
    this.#stop = button("Stop", () => this.#stopRun(), { class: "cell-button cell-stop", title: "Stop the run" });
    this.#reset = button("Reset", () => this.#resetCode(), {
      class: "cell-button cell-reset",
      title: "Bring back the lesson's code",
    });
    this.#run.prepend(icon("run"));
    this.#stop.prepend(icon("stop"));
    this.#reset.prepend(icon("reset"));
    this.#parts.buttons.append(this.#reset, this.#stop, this.#run);
    this.#output = new OutputPanel(this.#title || this.#id, `${this.#id}-output.txt`, (filled) => this.#fill(filled));
    this.#parts.below.append(this.#output.root);
    this.#parts.source.append(staticCode);
    if (host.hasAttribute("hide") && host.getAttribute("hide") !== "false") this.#fold();
    this.#hintRun();
    this.#set("idle");
    this.#restore();
  }

  // The element comes and goes.

  mount(host: PyCell): void {
    this.#host = host;
    host.prepend(this.#parts.shell);
    this.#set(this.#state);
    this.#fill(this.#filled);
    if (this.#going) session.leave(this.#going, false);
    for (const image of this.#output.root.querySelectorAll("img")) dress(image, theme());
    this.#leaving = new AbortController();
    addEventListener("pagehide", () => this.#save(), { signal: this.#leaving.signal });
  }

  unmount(): void {
    this.#save();
    this.#leaving.abort();
    if (this.#going) session.leave(this.#going, true);
    this.#closeEditor();
    this.#host = null;
  }

  get mounted(): boolean {
    return this.#host !== null;
  }

  /** The cell is about to be seen. Folded code waits: an editor cannot measure what is not shown. */
  near(): void {
    if (!this.#parts.shell.hasAttribute("data-folded")) void this.edit();
  }

  /** Puts the editor in place of the static code. */
  edit(): Promise<void> {
    this.#editing ??= this.#createEditor().catch(() => {
      this.#editing = null; // The static code can be run too; the next look at the cell tries again.
    });
    return this.#editing;
  }

  async #createEditor(): Promise<void> {
    const { createEditor } = await import("./editor");
    if (!this.#host || this.#editor) return;
    this.#editor = createEditor({
      parent: this.#parts.source,
      code: this.#code,
      state: this.#kept,
      label: `Code of ${this.#title || this.#id}`,
      describedBy: this.#parts.keys.id,
      onChange: (code) => this.#changed(code),
      onRun: (andMove) => {
        this.run();
        if (andMove) this.#moveOn();
      },
    });
    this.staticCode.remove();
    this.#editor.markLine(this.#failedAt);
  }

  #closeEditor(): void {
    this.#editing = null;
    if (!this.#editor) return;
    this.#kept = this.#editor.state;
    this.#editor.destroy();
    this.#editor = null;
    this.#setCode(this.#code);
    this.#parts.source.append(this.staticCode);
  }

  async focus(): Promise<void> {
    await this.edit();
    this.#editor?.focus();
    this.#host?.scrollIntoView({ block: "nearest" });
  }

  async showLine(line: number): Promise<void> {
    await this.edit();
    this.#editor?.showLine(line);
  }

  #moveOn(): void {
    const cells = [...document.querySelectorAll<PyCell>("py-cell")];
    const next = cells[cells.indexOf(this.#host as PyCell) + 1];
    void next?.focusEditor();
  }

  /** Set-up code is folded away behind a button. */
  #fold(): void {
    const { shell, buttons } = this.#parts;
    const toggle = button("Show code", () => {
      const folded = shell.toggleAttribute("data-folded");
      toggle.firstChild!.textContent = folded ? "Show code" : "Hide code";
      toggle.setAttribute("aria-expanded", String(!folded));
      if (!folded) void this.edit();
    }, { class: "cell-button cell-fold", "aria-expanded": "false" });
    shell.toggleAttribute("data-folded", true);
    buttons.prepend(toggle);
  }

  // Code and drafts.

  #changed(code: string): void {
    this.#code = code;
    this.#failedAt = null;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), SAVE_MS);
  }

  #save(): void {
    if (this.#saving === undefined) return;
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const kept = drafts.keep(this.#page, this.#id, { code: this.#code, base: this.source });
    if (kept || blockedStorageTold) return;
    blockedStorageTold = true;
    this.#notify("This browser keeps no data for this site: your changes are gone when you leave it.");
  }

  #restore(): void {
    const restored = drafts.restore(this.#page, this.#id, this.source);
    if (restored.kind === "none") return;
    this.#setCode(restored.code);
    if (restored.kind === "draft") {
      this.#notify("Your code from last time. Reset brings back the lesson's.");
      return;
    }
    this.#notify(
      "The lesson has changed this cell since you edited it.",
      button("Keep mine", () => {
        this.#changed(this.#code);
        this.#save();
        this.#notify("");
      }),
      button("Take the new one", () => {
        this.#setCode(this.source);
        this.#changed(this.source);
        this.#save();
        this.#notify("");
      }),
    );
  }

  #setCode(code: string): void {
    this.#code = code;
    if (this.#editor) this.#editor.setCode(code);
    else (this.staticCode.querySelector("code") ?? this.staticCode).textContent = code;
  }

  #resetCode(): void {
    const before = this.#code;
    this.#setCode(this.source);
    this.#changed(this.source);
    this.#save();
    this.#editor?.markLine(null);
    this.#hintRun();
    this.#set("idle");
    if (before === this.source) {
      this.#notify("");
      return;
    }
    const undo = button("Undo", () => {
      this.#setCode(before);
      this.#changed(before);
      this.#notify("");
    });
    this.#notify("This is the lesson's code again.", undo);
  }

  #notify(text: string, ...actions: HTMLButtonElement[]): void {
    const { notice } = this.#parts;
    if (notice.contains(document.activeElement)) this.#run.focus();
    if (!text) {
      notice.replaceChildren();
      return;
    }
    const close = button("×", () => this.#notify(""), { "aria-label": "Close this note", class: "cell-close" });
    for (const action of actions) action.className = "cell-link";
    notice.replaceChildren(make("span", {}, text), ...actions, close);
  }

  // Running.

  run(): void {
    if (this.#busy) return;
    const waiting = this.#going;
    this.#going = null;
    if (waiting) session.stop(waiting);
    this.#save();
    this.#notify("");
    this.#error = null;
    this.#mark(null);
    this.#runs += 1;
    this.#output.begin("Waiting for Python.");
    const request = {
      source: this.#code,
      session: `${this.#page}:${this.#host?.getAttribute("session") ?? "main"}`,
      cell: this.#id,
      theme: theme(),
    };
    let run: Run | null = null;
    const mine = <Args extends unknown[]>(action: (...args: Args) => void) => (...args: Args): void => {
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

  get #busy(): boolean {
    return this.#state === "queued" || this.#state === "loading" || this.#state === "running";
  }

  #stopRun(): void {
    if (this.#going) session.stop(this.#going);
  }

  #progressed(state: "queued" | "loading" | "running"): void {
    if (this.#state === "error") this.#output.begin("");
    const words = {
      queued: "Waiting for the cells before it.",
      loading: "Python is being loaded; your code runs as soon as it is there.",
      running: "Running …",
    };
    this.#output.wait(words[state]);
    this.#set(state);
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
    this.#mark(error?.line ?? null);
    this.#parts.shell.toggleAttribute("data-meant", fine && !ok);
    this.#set(fine ? "done" : "error", fine ? `Done in ${duration(ms)}` : "");
    this.#tell("py-cell:done", fine, ms);
  }

  #failed(message: string): void {
    this.#output.begin("");
    this.#output.finish("");
    this.#output.say(
      "failed",
      `Python could not be loaded. ${message} Check the network, then try again: your code is kept.`,
      button("Retry", () => this.#retry(), { class: "cell-button" }),
    );
    this.#set("error", "Not loaded");
  }

  #retry(): void {
    this.#run.focus(); // Its own button goes away with the message.
    session.retry();
  }

  #ended(how: Ending, detail: string): void {
    const ran = how === "stopped" || how === "timeout" || how === "crashed";
    this.#going = null;
    this.#output.finish("");
    if (how === "crashed") {
      this.#output.say("crashed", `Python broke down, perhaps because memory ran out. ${LOST}${detail ? ` (${detail})` : ""}`);
    } else {
      const why = {
        stopped: `Stopped. ${LOST}`,
        timeout: `Stopped, because it ran longer than ${this.#timeout} s. ${LOST}`,
        withdrawn: "Stopped before it began.",
        dropped: "Not run, because the cell before it was stopped.",
      };
      this.#output.say("stopped", why[how]);
    }
    this.#set(how === "crashed" ? "error" : "stopped");
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
    this.#run.focus({ preventScroll: true });
  }

  #mark(line: number | null): void {
    this.#failedAt = line;
    this.#editor?.markLine(line);
  }

  #hintRun(): void {
    this.#output.hint(make("strong", {}, "Run Code"), " shows the output here.");
  }

  #fill(filled: boolean): void {
    this.#filled = filled;
    this.#host?.toggleAttribute("data-live", filled);
  }

  #set(state: CellState, words?: string): void {
    this.#state = state;
    const { status, loading, shell } = this.#parts;
    const names: Record<CellState, string> = {
      idle: "",
      queued: "Waiting",
      loading: "Loading",
      running: "Running",
      done: "Done",
      error: "Error",
      stopped: "Stopped",
    };
    if (words !== undefined) status.textContent = words || names[state];
    else if (shell.dataset["state"] !== state) status.textContent = names[state];
    shell.dataset["state"] = state;
    if (this.#host) this.#host.dataset["state"] = state;
    loading.hidden = state !== "loading";
    enable(this.#run, !this.#busy);
    enable(this.#stop, this.#busy);
    enable(this.#reset, !this.#busy);
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
