// One cell of one page: puts code, buttons and output panel together and lets the session run what the learner wrote.
import { CodePane } from "./code-pane";
import { Controls } from "./controls";
import { button, headingText, make } from "../page/dom";
import { captionOf, definingCell } from "./defining-cell";
import type { FormControls } from "./form";
import { FullScreen } from "./full-screen";
import type { LiveRuns, Pace } from "./live-runs";
import { OutputPanel } from "./output-panel";
import { type CellState, attribute, hint, isBusy, message } from "./state";
import { type Parts, parts } from "./template";
import type { Failure, Progress, RunEvent } from "../shared/protocol";
import { type Run, session } from "../session/session";
import { type LastOutput, lastOutputs, Recording } from "../storage/last-output";
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

const FORM_COMMENT = /#\s*@(?:param|title)/;

/** A run that follows a control shows its state when it takes longer than this: shorter ones would flicker. */
const PATIENT_MS = 300;

/** Which cell asked for a run. */
const askers = new WeakMap<Run, Cell>();

/** The cells on the page, by their elements. */
const mounted = new WeakMap<Element, Cell>();

/**
 * It outlives its element: when the learner comes back to a page, the new element takes the cell over with code, undo
 * history and output; a run that was going on has gone on meanwhile.
 */
export class Cell {
  /** How other cells speak of it. */
  readonly caption: string;
  /** The heading of its page. */
  readonly heading: string;
  readonly #id: string;
  readonly #page: string;
  readonly #session: string;
  /** Seconds that a run may take. */
  readonly #limit: number;
  /** The types of errors that the cell is written to raise. */
  readonly #raises: string[];
  readonly #parts: Parts;
  readonly #code: CodePane;
  readonly #output: OutputPanel;
  readonly #controls: Controls;
  /** A figure with controls: what the build drew for it. */
  readonly #built: HTMLElement | null;
  /** The controls that the code asks for, and the runs that follow them. */
  #form: FormControls | null = null;
  #follow: LiveRuns | null = null;
  /** What the latest run was for. */
  #pace: Pace | "asked" = "asked";
  #late: ReturnType<typeof setTimeout> | undefined;
  #host: HTMLElement | null = null;
  #state: CellState = { kind: "idle" };
  /** What the session knows this cell's run by, as long as it has it. */
  #run: Run | null = null;
  #runs = 0;
  /** The code of the latest run. */
  #ran = "";
  #recording = new Recording();
  /** What this cell put out before the page was loaded anew, until it is shown. */
  #last: LastOutput | null;

  constructor(
    host: HTMLElement,
    readonly source: string,
    block: HTMLElement,
  ) {
    const title = host.getAttribute("title") ?? "";
    this.#id = host.id;
    this.#page = host.getAttribute("page") ?? location.pathname;
    this.caption = captionOf(host);
    const heading = host.closest("article")?.querySelector("h1");
    this.heading = heading ? headingText(heading) : this.#page;
    this.#session = `${this.#page}:${host.getAttribute("session") ?? "main"}`;
    this.#limit = Number(host.getAttribute("timeout")) || DEFAULT_TIMEOUT;
    this.#raises = (host.getAttribute("raises") ?? "").split(/[\s,|]+/);
    const isLive = host.hasAttribute("live");
    this.#built = isLive ? host.querySelector<HTMLElement>(":scope > .built-output") : null;
    this.#parts = parts(this.#id, title, isLive);
    const room = host.querySelector<HTMLElement>(":scope > .cell-form");
    if (room) {
      this.#parts.form.hidden = false;
      this.#parts.form.replaceChildren(...room.childNodes);
      room.remove();
    }
    this.#controls = new Controls(this.#parts, {
      run: () => this.run(),
      stop: () => this.#run && session.stop(this.#run),
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
      onChange: () => void this.#updateForm(),
    });
    this.#output = new OutputPanel(title || this.#id, `${this.#id}-output.txt`, {
      changed: () => this.#showOnHost(),
      emptied: () => this.#controls.run.focus(),
    });
    this.#parts.below.append(this.#output.root);
    if (host.hasAttribute("hide") && host.getAttribute("hide") !== "false") this.#controls.fold();
    if (isLive) {
      host.querySelector(":scope > .picture-code")?.remove();
      this.#controls.fold(this.#parts.foot);
      this.#parts.foot.append(...new FullScreen(this.#parts.shell).buttons);
    }
    this.#show(this.#state);
    this.#last = lastOutputs.restore(this.#page, this.#id);
    void this.#updateForm();
  }

  // The element comes and goes.

  mount(host: HTMLElement): void {
    this.#host = host;
    mounted.set(host, this);
    host.prepend(this.#parts.shell);
    this.#code.open();
    this.#showOnHost();
    this.#recall();
    if (this.#run) session.leave(this.#run, false);
    for (const image of this.#output.root.querySelectorAll("img")) dress(image, theme());
  }

  unmount(): void {
    this.#follow?.cancel();
    if (this.#run) session.leave(this.#run, true);
    this.#code.close();
    if (this.#host) mounted.delete(this.#host);
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
    const cells: (Element | null)[] = [...document.querySelectorAll("py-cell")];
    const next = cells[cells.indexOf(this.#host) + 1];
    if (next) void mounted.get(next)?.focus();
  }

  /** A page loaded anew shows what its cells put out before. */
  #recall(): void {
    if (!this.#last) return;
    const { code, events } = this.#last;
    this.#last = null;
    const changed = code === this.#code.text ? "" : " The code has changed since.";
    if (events?.length) {
      this.#output.clear();
      this.#output.remark(
        `From before the page was loaded again.${changed} Python has forgotten the variables: “Run Code” makes them anew.`,
      );
      for (const event of events) if (event.kind !== "done") this.#put(event);
      this.#output.finish();
    } else if (!events)
      this.#output.hintMore(" What it showed before the page was loaded again was too large to keep.");
  }

  #forget(): void {
    this.#recording = new Recording();
    lastOutputs.forget(this.#page, this.#id);
  }

  // Running.

  run(): void {
    // A live figure keeps its picture until the new one is there.
    if (!isBusy(this.#state)) this.#start(this.#built ? "settled" : "asked");
    else if (this.#pace !== "asked") this.#follow?.settle();
  }

  #start(pace: Pace | "asked"): void {
    this.#withdraw();
    this.#pace = pace;
    this.#follow?.began();
    if (pace === "asked") {
      this.#code.began();
      this.#output.begin("Waiting for Python.");
    } else this.#output.follow();
    if (pace !== "moving") {
      this.#runs += 1;
      this.#forget();
    }
    this.#recording = new Recording();
    this.#ran = this.#code.text;
    const request = {
      source: this.#ran,
      session: this.#session,
      cell: this.#id,
      caption: this.caption,
      theme: theme(),
      width: this.#output.width,
      live: pace === "moving",
      ratio: devicePixelRatio,
    };
    let run: Run | null = null;
    const mine =
      <Args extends unknown[]>(action: (...args: Args) => void) =>
      (...args: Args): void => {
        if (run === null || run === this.#run) action(...args);
      };
    run = session.run(request, this.#limit, {
      state: mine((state, ahead) => this.#progressed(state, ahead)),
      progress: mine((progress) => this.#loaded(progress)),
      event: mine((event) => this.#receive(event)),
      failed: mine((failure) => this.#failed(failure)),
      ended: mine((how, breakdown) => this.#ended({ kind: "ended", how, breakdown, limit: this.#limit })),
    });
    this.#run = run;
    askers.set(run, this);
  }

  /** A run that waits for Python to be loaded at last is not wanted any more. */
  #withdraw(): void {
    const waiting = this.#run;
    this.#run = null;
    if (waiting) session.stop(waiting);
  }

  #reset(): void {
    this.#follow?.cancel();
    this.#withdraw();
    this.#code.reset();
    this.#forget();
    this.#show({ kind: "idle" });
  }

  #progressed(state: "queued" | "loading" | "running", ahead: Run | null): void {
    if (this.#state.kind === "unloaded") {
      if (this.#pace === "asked") this.#output.begin("");
      else this.#output.follow();
    }
    if (state === "queued") this.#show({ kind: "queued", behind: waitingFor(ahead) });
    if (state === "loading") this.#show({ kind: "loading", step: "", fraction: 0 });
    if (state !== "running") return;
    this.#show({ kind: "running", since: performance.now(), error: null });
    if (this.#pace !== "moving") this.#tell("py-cell:start", null, 0);
  }

  /** All runs that wait hear of it; the first of them shows it. */
  #loaded(progress: Progress): void {
    if (this.#state.kind === "loading") this.#show({ ...progress, kind: "loading" });
  }

  #receive(event: RunEvent): void {
    if (event.kind === "done") {
      this.#finish(event.ok, event.ms);
      return;
    }
    if (event.kind === "error" && this.#state.kind === "running") this.#show({ ...this.#state, error: event });
    this.#recording.add(event);
    this.#put(event);
  }

  #put(event: Exclude<RunEvent, { kind: "done" }>): void {
    this.#output.receive(event, {
      cell: this.#id,
      meant: this.#meant(event),
      advice: event.kind === "error" && event.name ? this.#advice(event.name) : null,
      caption: (cell) => captionOf(document.getElementById(cell) ?? make("span", { id: cell })),
      show: (cell, line) => {
        const host = cell === this.#id ? this.#host : document.getElementById(cell);
        if (host) void mounted.get(host)?.showLine(line);
      },
    });
  }

  #meant(event: RunEvent): boolean {
    return event.kind === "error" && this.#raises.includes(event.type);
  }

  #finish(ok: boolean, ms: number): void {
    const error = this.#state.kind === "running" ? this.#state.error : null;
    const meant = error !== null && this.#meant(error);
    const isMoving = this.#pace === "moving";
    this.#run = null;
    this.#show(ok || meant ? { kind: "done", ms, meant: meant ? error : null } : { kind: "error", error });
    this.#output.finish(isMoving, !ok);
    this.#code.mark(error?.line ?? null);
    if (this.#pace === "settled") this.#form?.say(this.#output.words);
    if (!isMoving) {
      lastOutputs.keep(this.#page, this.#id, { code: this.#ran, events: this.#recording.events });
      this.#tell("py-cell:done", ok || meant, ms);
    }
    this.#follow?.ended();
  }

  #failed(failure: Failure): void {
    this.#follow?.cancel();
    if (this.#pace === "asked") this.#output.begin("");
    this.#show({ kind: "unloaded", failure });
    this.#output.finish(false, true);
    this.#say(button("Retry", () => session.retry(), { class: "cell-button" }));
  }

  #ended(state: Extract<CellState, { kind: "ended" }>): void {
    const ran = this.#state.kind === "running" ? performance.now() - this.#state.since : null;
    this.#run = null;
    this.#follow?.cancel();
    this.#show(state);
    this.#output.finish(false, true);
    this.#say();
    if (ran !== null) this.#tell("py-cell:done", false, ran);
  }

  /** Where the lesson defines a name that is missing. */
  #advice(name: string): Node | null {
    const found = this.#host && definingCell(name, this.#host);
    if (!found) return null;
    const go = make("a", { href: `#${found.cell.id}`, class: "cell-link" }, `Go to “${captionOf(found.cell)}”`);
    go.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation(); // Material answers every click on a link, and takes the focus away at the end.
      mounted.get(found.cell)?.focusRun();
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

  // Controls.

  /** Brings the controls that the code asks for, and has them follow it. Most cells have none. */
  async #updateForm(): Promise<void> {
    if (!this.#form && FORM_COMMENT.test(this.#code.text)) {
      const form = await import("./form").catch(() => null);
      if (!form) return; // The code can be changed by hand; the next change tries again.
      this.#follow ??= new form.LiveRuns((pace) => this.#start(pace));
      if (isBusy(this.#state)) this.#follow.began();
      this.#form ??= new form.FormControls({
        make,
        root: this.#parts.form,
        id: this.#id,
        code: () => this.#code.text,
        replace: (from, to, literal) => this.#code.replace(from, to, literal),
        rested: () => this.#code.rested(),
        moved: () => this.#moved(),
      });
    }
    this.#form?.update();
  }

  /** A control has changed the code. */
  #moved(): void {
    if (!this.#built && !this.#form?.auto) return;
    // A run that has not begun takes the code as it is now.
    if (this.#run && this.#state.kind !== "running") {
      this.#ran = this.#code.text;
      this.#run.request.source = this.#ran;
    }
    this.#follow?.touch();
  }

  #show(state: CellState): void {
    this.#state = state;
    clearTimeout(this.#late);
    if (this.#isPassing(state)) this.#late = setTimeout(() => this.#controls.show(state), PATIENT_MS);
    else this.#controls.show(state);
    this.#parts.shell.toggleAttribute("data-held", this.#pace !== "asked" && this.#output.filled);
    if (state.kind === "idle") this.#showFirst();
    else this.#output.wait(hint(state));
    this.#showOnHost();
  }

  /** What comes and goes with every move of a control. */
  #isPassing({ kind }: CellState): boolean {
    if (this.#pace === "asked") return false;
    return kind === "queued" || kind === "running" || (kind === "done" && this.#pace === "moving");
  }

  /** What the panel holds before the first run. */
  #showFirst(): void {
    if (this.#built) this.#output.adopt(this.#built.cloneNode(true).childNodes);
    else this.#output.hint(make("strong", {}, "Run Code"), " shows the output here.");
  }

  #showOnHost(): void {
    if (!this.#host) return;
    this.#host.dataset["state"] = attribute(this.#state);
    this.#host.toggleAttribute("data-live", this.#output.filled);
  }

  #say(...actions: Node[]): void {
    const said = message(this.#state);
    if (said) this.#output.say(said.kind, said.text, ...actions);
  }

  #tell(type: "py-cell:start" | "py-cell:done", ok: boolean | null, ms: number): void {
    const detail: CellEventDetail = { id: this.#id, page: this.#page, ok, ms, runs: this.#runs };
    this.#host?.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

function waitingFor(ahead: Run | null): string {
  const other = ahead && askers.get(ahead);
  if (!other || !ahead.left) return "Waiting for the cells before it.";
  return `Waiting for “${other.caption}” on the page “${other.heading}”, which you left: it is stopped in a few seconds.`;
}
