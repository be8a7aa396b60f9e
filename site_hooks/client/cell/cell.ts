// One cell of one page: puts code, buttons and output panel together and lets the session run what the learner wrote.
import { CodePane } from "./code-pane";
import { Controls } from "./controls";
import { button, headingText, make } from "../page/dom";
import { linkTo, whereMade } from "./cell-links";
import { captionOf, definingCell } from "./defining-cell";
import type { FormControls } from "./form";
import { FullScreen } from "./full-screen";
import type { LiveRuns, Pace } from "./live-runs";
import { type Made, staleness } from "./needs";
import { joinDrawings, OutputPanel } from "./output-panel";
import { type Ahead, Prerequisites, type RunnableCell } from "./prerequisites";
import { Remarks } from "./remarks";
import { type CellState, attribute, hint, isBusy, message } from "./state";
import { type Parts, parts } from "./template";
import type {
  CheckEvent,
  Depth,
  Failure,
  FigureEvent,
  OutputEvent,
  Progress,
  RunEvent,
  Survey,
} from "../shared/protocol";
import { depthOf, firstDepth } from "../shared/depth";
import { type Ended, type Run, type RunObserver, session } from "../session/session";
import { type LastOutput, lastOutputs, Recording } from "../storage/last-output";
import { dress, theme } from "../page/theme";
import { fill, weave } from "../shared/words";

/** What py-cell:start, py-cell:done and py-cell:check tell; at the start ok is null and ms is 0. */
export interface CellEventDetail {
  id: string;
  page: string;
  ok: boolean | null;
  ms: number;
  /** Runs of this cell since the site was opened, this one included. */
  runs: number;
}

/** What a cell tells the exercise that it holds. */
export interface ExerciseOfCell {
  /** The code is another now. */
  edited(): void;
  /** A run begins, or has come to its end. */
  changed(): void;
  checked(event: CheckEvent): void;
}

const DEFAULT_TIMEOUT = 30;
/** Seconds that a run is given when its time is nearly up. */
const MORE_TIME = 300;
/** An output is called old when the learner has paused: a control that is moved runs its cell again at once. */
const PAUSE_MS = 300;

/** Pixels of opened code that show that it is there. */
const IN_SIGHT = 120;

const FORM_COMMENT = /#\s*@(?:param|title)/;

/** A run that follows a control shows its state when it takes longer than this: shorter ones would flicker. */
const PATIENT_MS = 300;

/** Which cell asked for a run. */
const askers = new WeakMap<Run, Cell>();

/** The cells on the page, by their elements. */
const mounted = new WeakMap<Element, Cell>();

/** The cells on the page, in its order. */
export function cellsOnPage(): Cell[] {
  return [...document.querySelectorAll("py-cell")].flatMap((host) => mounted.get(host) ?? []);
}

/** The cell that an element shows. */
export function cellOf(host: Element): Cell | undefined {
  return mounted.get(host);
}

let pause: ReturnType<typeof setTimeout> | undefined;

/** Something has changed that outputs may have been made with. */
function compareOutputs(): void {
  clearTimeout(pause);
  pause = setTimeout(() => {
    for (const cell of cellsOnPage()) cell.compareOutput();
  }, PAUSE_MS);
}

session.onLost = compareOutputs;
addEventListener("hashchange", () => {
  for (const cell of cellsOnPage()) void cell.openLink();
});

/**
 * It outlives its element: when the learner comes back to a page, the new element takes the cell over with code, undo
 * history and output; a run that was going on has gone on meanwhile.
 */
export class Cell implements RunnableCell {
  readonly built: Survey[string];
  /** How other cells speak of it. */
  readonly caption: string;
  /** The heading of its page. */
  readonly heading: string;
  readonly id: string;
  readonly page: string;
  /** The learner is to write a part of it. */
  readonly isExercise: boolean;
  readonly #session: string;
  /** Seconds that a run may take. */
  #limit: number;
  readonly #usualLimit: number;
  /** The types of errors that the cell is written to raise. */
  readonly #raises: string[];
  readonly #parts: Parts;
  readonly #code: CodePane;
  readonly #output: OutputPanel;
  readonly #controls: Controls;
  readonly #remarks = new Remarks();
  /** A figure with controls: what the build drew for it. */
  readonly #drawn: HTMLElement | null;
  /** The controls that the code asks for, and the runs that follow them. */
  #form: FormControls | null = null;
  #follow: LiveRuns | null = null;
  /** What the latest run was for. */
  #pace: Pace | "asked" = "asked";
  #late: ReturnType<typeof setTimeout> | undefined;
  #host: HTMLElement | null = null;
  readonly #first: Depth;
  #state: CellState = { kind: "idle" };
  /** What the session knows this cell's run by, as long as it has it. */
  #run: Run | null = null;
  #runs = 0;
  /** The code of the latest run. */
  #ran = "";
  /** What the output that is shown was made with. */
  #shown: Made | "built" | null = null;
  /** What the picture was made with that stays until a run has what takes its place. */
  #held: Made | "built" | null = null;
  /** The output is of an earlier visit, and says so itself. */
  #recalled = false;
  #made: Made | null = null;
  readonly prerequisites = new Prerequisites(this, (words, links) => {
    // A run that follows a control leaves the line of the run before it: a line that comes and goes moves the page.
    if (links.length || this.#pace === "asked") this.#remarks.first(words, links);
  });
  /** Set by the exercise that it holds, if it is one. */
  exercise: ExerciseOfCell | null = null;
  /** What the check said, as long as its run goes on. */
  #checked: CheckEvent | null = null;
  #whenEnded: (ok: boolean) => void = () => {};
  /** Begins the latest run anew, with more time. */
  #startLonger: () => void = () => {};
  #end = Promise.resolve(false);
  #recording = new Recording();
  /** What this cell put out before the page was loaded anew, until it is shown. */
  #last: LastOutput | null;

  constructor(
    host: HTMLElement,
    readonly source: string,
    block: HTMLElement,
  ) {
    const title = host.getAttribute("title") ?? "";
    this.id = host.id;
    this.page = host.getAttribute("page") ?? location.pathname;
    this.caption = captionOf(host);
    this.isExercise = host.hasAttribute("exercise");
    const heading = host.closest("article")?.querySelector("h1");
    this.heading = heading ? headingText(heading) : this.page;
    this.#session = `${this.page}:${host.getAttribute("session") ?? "main"}`;
    this.#limit = this.#usualLimit = Number(host.getAttribute("timeout")) || DEFAULT_TIMEOUT;
    this.built = { needs: words(host, "needs"), makes: words(host, "defines"), depth: depthOf(host) };
    this.#raises = (host.getAttribute("raises") ?? "").split(/[\s,|]+/);
    this.#first = firstDepth(host);
    const isLive = host.hasAttribute("live");
    this.#drawn = isLive ? host.querySelector<HTMLElement>(":scope > .built-output") : null;
    if (this.#drawn) joinDrawings(this.#drawn);
    this.#parts = parts(this.id, title, isLive);
    const room = host.querySelector<HTMLElement>(":scope > .cell-form");
    if (room) {
      this.#parts.form.hidden = false;
      this.#parts.form.replaceChildren(...room.childNodes);
      room.remove();
    }
    this.#controls = new Controls(this.#parts, {
      run: () => void this.run(),
      stop: () => this.#run && session.stop(this.#run),
      reset: () => this.#reset(),
      more: (opener) => void this.#openMenu(opener),
      unfolded: () => void this.#showCode(),
    });
    this.#code = new CodePane({
      id: this.id,
      page: this.page,
      title,
      source,
      block,
      parts: this.#parts,
      button: this.#controls.run,
      lesson: {
        code: () =>
          this.#ofSession()
            .map((cell) => cell.text)
            .join("\n"),
        names: (path) => session.names({ session: this.#session, path }),
      },
      onRun: (andMove) => {
        void this.run();
        if (andMove) this.#moveOn();
      },
      onChange: () => {
        compareOutputs();
        this.exercise?.edited();
        void this.#updateForm();
      },
    });
    this.#output = new OutputPanel(title || this.id, `${this.id}-output.txt`, {
      changed: () => this.#showOnHost(),
      emptied: () => this.#controls.run.focus(),
      typed: (line) => session.type(line),
      form: async () => {
        await this.#updateForm();
        return this.#form;
      },
    });
    this.#parts.below.append(this.#output.root);
    this.#parts.below.before(this.#remarks.root);
    if (host.hasAttribute("hide") && host.getAttribute("hide") !== "false") this.#controls.fold();
    if (isLive) {
      host.querySelector(":scope > .picture-code")?.remove();
      this.#controls.fold(this.#parts.foot);
      this.#parts.foot.append(...new FullScreen(this.#parts.shell, () => this.#fitRoom()).buttons);
    }
    this.#show(this.#state);
    this.#last = lastOutputs.restore(this.page, this.id);
  }

  // The element comes and goes.

  mount(host: HTMLElement): void {
    this.#host = host;
    mounted.set(host, this);
    host.prepend(this.#parts.shell);
    this.#code.open();
    this.#showOnHost();
    this.#recall();
    this.compareOutput();
    void this.openLink();
    if (this.#run) session.leave(this.#run, false);
    for (const image of this.#output.root.querySelectorAll("img")) dress(image, theme());
  }

  unmount(): void {
    this.#follow?.cancel();
    if (this.#run) session.leave(this.#run, true);
    this.#code.close();
    if (this.#host) mounted.delete(this.#host);
    this.#host = null;
    // Left in the old page it would keep all of that.
    this.#parts.shell.remove();
  }

  get ownRun(): Run | null {
    return this.#run;
  }

  get mounted(): boolean {
    return this.#host !== null;
  }

  /** The cell is about to be seen. Folded code waits: an editor cannot measure what is not shown. */
  near(): void {
    if (!this.#form) void this.#updateForm();
    if (!this.#controls.folded) void this.#code.edit();
    const twin = this.#host?.parentElement?.querySelector<HTMLAnchorElement>(":scope > .cell-twin");
    // Where it does not come, the link stays.
    if (twin) import("./twin").then(({ addTwin }) => addTwin(twin, this.id, this.#parts)).catch(() => {});
  }

  /** Shows the code that the page's address holds for this cell, and never runs it. */
  async openLink(): Promise<void> {
    const { hash } = location;
    if (!hash.startsWith(`#code=${this.id}.`)) return;
    this.#controls.unfold();
    this.#host?.scrollIntoView({ block: "center" });
    const { fromFragment } = await import("./code-link");
    try {
      const { code } = await fromFragment(hash);
      this.#code.offer(code, () => history.replaceState(history.state, "", `#${this.id}`));
    } catch {
      this.#code.note(WORDS.cell.badLink);
    }
  }

  async #openMenu(opener: HTMLButtonElement): Promise<void> {
    // A second click closes it, even while it is on its way.
    const isWanted = opener.getAttribute("aria-expanded") !== "true";
    opener.setAttribute("aria-expanded", String(isWanted));
    if (!isWanted) return;
    // The learner may go on meanwhile: to press elsewhere is to close it.
    const waiting = new AbortController();
    const leave = ({ target }: Event): void => {
      if (target instanceof Node && !opener.contains(target)) opener.setAttribute("aria-expanded", "false");
    };
    for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, leave, { signal: waiting.signal });
    const { openMenu } = await import("./more-menu")
      .catch((error: unknown) => {
        opener.setAttribute("aria-expanded", "false");
        throw error;
      })
      .finally(() => waiting.abort());
    if (opener.getAttribute("aria-expanded") !== "true") return;
    openMenu(opener, {
      id: this.id,
      code: this.text,
      shell: this.#parts.shell,
      output: this.#output.root,
      search: () => {
        this.#controls.unfold();
        void this.#code.search();
      },
      drawSvg: (figure) => session.draw({ session: this.#session, cell: this.id, figure }),
      say: (words) => this.#code.note(words),
    });
  }

  async focus(): Promise<void> {
    if (this.#controls.folded) this.#controls.run.focus();
    else await this.#code.focus();
    this.#host?.scrollIntoView({ block: "nearest" });
  }

  /** Code that opens where it is not seen, as below a picture over the whole screen, is brought into sight. */
  async #showCode(): Promise<void> {
    await this.#code.edit();
    const { source } = this.#parts;
    if (source.getBoundingClientRect().top > innerHeight - IN_SIGHT) source.scrollIntoView({ block: "nearest" });
  }

  showLine(line: number): Promise<void> {
    this.#seek();
    this.#controls.unfold();
    return this.#code.showLine(line);
  }

  #ofSession(): Cell[] {
    return cellsOnPage().filter((other) => other.#session === this.#session);
  }

  #moveOn(): void {
    const cells: (Element | null)[] = [...document.querySelectorAll("py-cell")];
    // A page may show some of its cells only.
    const next = cells.slice(cells.indexOf(this.#host) + 1).find((cell) => cell?.getClientRects().length);
    if (next) void mounted.get(next)?.focus();
  }

  /** The code as it stands. */
  get text(): string {
    return this.#code.text;
  }

  /** Of its last run that ended well; null as soon as another begins. */
  get made(): Made | null {
    return this.#made;
  }

  /** Says that the output is older than what it was made with, if it is. */
  compareOutput(): void {
    if (this.#recalled) {
      this.#markStale(true);
      return;
    }
    const shown = isBusy(this.#state) ? null : this.#shown;
    const made = shown === "built" ? this.#madeAtBuild() : shown;
    this.#sayStale(made && staleness(this, made, session.life));
  }

  /** The build ran the lesson's code; a run of the same code since makes nothing else. */
  #madeAtBuild(): Made {
    const needed = this.#ofSession().filter(({ id }) => this.built.needs.includes(id));
    const from = new Map(needed.map((cell) => [cell, cell.source]));
    return { life: session.life, at: Infinity, code: this.source, from, makes: false };
  }

  #sayStale(why: string | null): void {
    this.#remarks.stale(why);
    this.#markStale(why !== null);
  }

  #forgetOutput(): void {
    this.#shown = null;
    this.#recalled = false;
    if (this.#pace === "asked") this.#remarks.first("", []);
    this.#sayStale(null);
  }

  #markStale(is: boolean): void {
    this.#controls.again(is);
    this.#host?.toggleAttribute("data-stale", is);
  }

  /** A page loaded anew shows what its cells put out before. */
  #recall(): void {
    if (!this.#last) return;
    const { code, events } = this.#last;
    this.#last = null;
    if (events?.length) {
      this.#output.clear();
      this.#output.remark(code === this.#code.text ? WORDS.remark.recalled : WORDS.remark.recalledChanged);
      for (const event of events) this.#put(event);
      this.#output.finish();
      this.#recalled = true;
      this.#markStale(true);
    } else if (!events) this.#output.hintMore(` ${WORDS.cell.tooLarge}`);
  }

  #forget(): void {
    this.#recording = new Recording();
    lastOutputs.forget(this.page, this.id);
  }

  // Running.

  /** Runs the cell, after those that it needs; whether it ended well, at its end. */
  run(ahead: Ahead | null = null): Promise<boolean> {
    if (isBusy(this.#state) && !ahead) {
      if (this.#pace !== "asked") this.#follow?.settle();
      return this.#end;
    }
    // A live figure keeps its picture until the new one is there.
    return this.#start(this.#drawn ? "settled" : "asked", ahead);
  }

  /** Runs the cell, then a check of what it has made; the exercise is told what came of that. */
  check(source: string): Promise<boolean> {
    return isBusy(this.#state) ? this.#end : this.#start("asked", null, source);
  }

  get busy(): boolean {
    return isBusy(this.#state);
  }

  /** A part of the code is still to be written. */
  get hasBlank(): boolean {
    return /\b___\b/.test(this.text.replace(/#.*/g, ""));
  }

  /** Its code ended in an error, and not by a stop or the time limit. */
  get raised(): boolean {
    return this.#state.kind === "error";
  }

  /** Puts another code in the place of the learner's, and offers to undo that. */
  take(code: string, words: string): void {
    this.#controls.unfold();
    this.#code.take(code, words);
  }

  /** Where an exercise has its room: below the code. */
  get foot(): HTMLElement {
    return this.#parts.keys;
  }

  #start(
    pace: Pace | "asked",
    ahead: Ahead | null = null,
    check: string | null = null,
    limit = this.#usualLimit,
  ): Promise<boolean> {
    this.#withdraw();
    this.#startLonger = () => {
      this.#controls.run.focus();
      void this.#start(pace === "moving" ? "settled" : pace, null, check, MORE_TIME);
    };
    this.#checked = null;
    this.#pace = pace;
    this.#follow?.began();
    this.prerequisites.begin(this.#host && this.#ofSession(), ahead);
    this.#limit = limit;
    this.#made = null;
    this.#held = pace === "asked" ? null : this.#shown;
    this.#forgetOutput();
    if (pace === "asked") {
      this.#code.began();
      this.#output.begin(WORDS.cell.waitPython);
    } else this.#output.follow();
    if (pace !== "moving") {
      this.#runs += 1;
      this.#forget();
    }
    const recording = (this.#recording = new Recording());
    this.#ran = this.#code.text;
    const request = {
      source: this.#ran,
      session: this.#session,
      cell: this.id,
      caption: this.caption,
      theme: theme(),
      width: this.#output.width,
      live: pace === "moving",
      ratio: devicePixelRatio,
      check,
    };
    const heard = this.#whenEnded;
    this.#end = new Promise<boolean>((resolve) => {
      this.#whenEnded = (ok) => {
        heard(ok); // who asked for a run that was put before another one
        resolve(ok);
      };
    });
    let run: Run | null = null;
    const mine =
      <Args extends unknown[]>(action: (...args: Args) => void) =>
      (...args: Args): void => {
        if (run === null || run === this.#run) action(...args);
      };
    const observer: RunObserver = {
      state: mine((state, ahead) => this.#progressed(state, ahead)),
      progress: mine((progress) => this.#loaded(progress)),
      event: mine((event) => this.#receive(event)),
      late: (event) => recording === this.#recording && this.#dress(event),
      failed: mine((failure) => this.#failed(failure)),
      ended: mine((end) => this.#ended(end)),
      turn: (own) => this.prerequisites.turn(own),
      surveyed: (own, survey) => this.prerequisites.goAfter(own, survey),
      nearLimit: mine((seconds) => this.#nearLimit(seconds)),
    };
    run = session.run(request, this.#limit, observer, ahead?.before, this.#first);
    this.#run = run;
    askers.set(run, this);
    return this.#end;
  }

  #nearLimit(seconds: number): void {
    const goOn = (): void => {
      if (!this.#run || this.#state.kind !== "running") return;
      session.extend(this.#run, MORE_TIME);
      this.#limit = Math.round((performance.now() - this.#state.since) / 1000) + MORE_TIME;
      this.#remarks.nearLimit(null, goOn, this.#controls.run);
    };
    this.#remarks.nearLimit(seconds, goOn, this.#controls.run);
  }

  /** The run is over, however it ended. */
  #over(ok: boolean): void {
    this.#remarks.nearLimit(null, () => {}, this.#controls.run);
    const tell = this.#whenEnded;
    this.#whenEnded = () => {};
    this.prerequisites.over(ok);
    tell(ok);
    compareOutputs();
  }

  /** A run that waits for Python to be loaded at last is not wanted any more. */
  #withdraw(): void {
    const waiting = this.#run;
    this.#run = null;
    if (waiting) session.stop(waiting);
  }

  #reset(): void {
    this.#unfollow();
    // What follows the controls is soon over, unheard; to stop it could cost the page's variables.
    if (this.#state.kind === "running" && this.#pace !== "asked") this.#run = null;
    this.#withdraw();
    this.#pace = "asked";
    this.#code.reset();
    this.#forget();
    this.#forgetOutput();
    this.#show({ kind: "idle" });
  }

  #progressed(state: "queued" | "loading" | "running", ahead: Run | null): void {
    if (this.#state.kind === "unloaded") {
      if (this.#pace === "asked") this.#output.begin("");
      else this.#output.follow();
    }
    if (state === "queued") this.#show({ kind: "queued", behind: waitingFor(ahead) });
    if (state === "loading" && this.#state.kind !== "loading") this.#show({ kind: "loading", step: "", fraction: 0 });
    if (state !== "running") return;
    this.#shown = this.prerequisites.madeNow(this.#ran);
    this.#show({ kind: "running", since: performance.now(), error: null });
    if (this.#pace !== "moving") this.#tell("py-cell:start", null, 0);
  }

  /** All runs that wait hear of it; the first of them shows it. Its bar goes forward only, through all steps. */
  #loaded(progress: Progress): void {
    if (this.#state.kind !== "loading") return;
    const fraction = Math.max(this.#state.fraction, progress.fraction);
    this.#show({ ...progress, fraction, kind: "loading" });
  }

  #receive(event: RunEvent): void {
    if (event.kind === "done") {
      this.#finish(event.ok, event.ms);
      return;
    }
    if (event.kind === "check") {
      this.#checked = event;
      return;
    }
    if (event.kind === "answer") return;
    if (event.kind === "error" && this.#state.kind === "running") this.#show({ ...this.#state, error: event });
    this.#recording.add(event);
    this.#put(event);
  }

  #put(event: OutputEvent): void {
    this.#output.receive(event, {
      cell: this.id,
      meant: this.#meant(event),
      advice: event.kind === "error" && event.name ? this.#advice(event.name) : null,
      caption: (cell) => captionOf(document.getElementById(cell) ?? make("span", { id: cell })),
      show: (cell, line) => {
        const host = cell === this.id ? this.#host : document.getElementById(cell);
        if (host) void mounted.get(host)?.showLine(line);
      },
    });
  }

  /** A figure of the run that is shown has come for the other theme. */
  #dress(event: FigureEvent): void {
    if (!this.#output.dress(event)) return;
    this.#recording.add(event);
    this.#keepOutput();
  }

  #keepOutput(): void {
    lastOutputs.keep(this.page, this.id, { code: this.#ran, events: this.#recording.events });
  }

  #meant(event: RunEvent): boolean {
    return event.kind === "error" && this.#raises.includes(event.type);
  }

  #finish(ok: boolean, ms: number): void {
    const error = this.#state.kind === "running" ? this.#state.error : null;
    const meant = error !== null && this.#meant(error);
    const isMoving = this.#pace === "moving";
    this.#run = null;
    const ran = this.#checked?.ran ?? true;
    if (!ran) this.#shown = null;
    this.#made = (ok || meant) && this.#shown !== "built" ? this.#shown : null;
    this.#show(ok || meant ? { kind: "done", ms, meant: meant ? error : null, ran } : { kind: "error", error });
    this.#output.finish(isMoving, !ok);
    this.#code.mark(error?.line ?? this.#checked?.line ?? null);
    if (this.#pace === "settled" && !this.#follow?.goesOn) this.#form?.say(this.#output.words);
    if (!isMoving) {
      this.#keepOutput();
      this.#tell("py-cell:done", ran && (ok || meant), ms);
    }
    if (this.#checked) this.#tellOfCheck(this.#checked, ms);
    this.#over(ok || meant);
    this.#follow?.ended();
  }

  #failed(failure: Failure): void {
    this.#unfollow();
    this.#shown = this.#held;
    if (this.#pace === "asked") this.#output.begin("");
    this.#show({ kind: "unloaded", failure });
    this.#output.finish(false, true);
    const retry = button(WORDS.cell.retry, () => session.retry(), { class: "cell-button" });
    // A page whose files are gone cannot get them by trying again.
    const reload = button(WORDS.all.reload, () => location.reload(), { class: "cell-button" });
    this.#say(...(failure.kind === "gone" ? [reload, retry] : [retry]));
    compareOutputs();
  }

  #ended(end: Ended): void {
    const ran = this.#state.kind === "running" ? performance.now() - this.#state.since : null;
    this.#run = null;
    this.#shown = this.#held;
    this.#unfollow();
    if (ran === null) this.#remarks.first("", []);
    this.#show({ kind: "ended", limit: this.#limit, ...end });
    this.#output.finish(false, true);
    const { blocker } = this.prerequisites;
    // Its name does not begin with "Run": one button of a cell does.
    const longer = button(WORDS.cell.longer, this.#startLonger, { class: "cell-button" });
    const isShort = end.how === "timeout" && this.#usualLimit < MORE_TIME;
    this.#say(...(blocker ? [blocker.link(fill(WORDS.all.goTo, { cell: blocker.caption }))] : isShort ? [longer] : []));
    if (ran !== null) this.#tell("py-cell:done", false, ran);
    this.#over(false);
  }

  /** A link that goes to this cell, and to its button. */
  link(words: string): HTMLElement {
    return linkTo(this.id, words, () => this.focusRun());
  }

  /** Where the lesson defines a name that is missing. */
  #advice(name: string): Node | null {
    const found = this.#host && definingCell(name, this.#host);
    const cell = found && mounted.get(found.cell);
    if (!cell) return null;
    return whereMade(name, found.above, cell.link(fill(WORDS.all.goTo, { cell: cell.caption })));
  }

  /** A link leads here: a page that shows some of its cells only shows this one too. */
  #seek(): void {
    this.#host?.dispatchEvent(new Event("py-cell:sought", { bubbles: true }));
  }

  focusRun(): void {
    this.#seek();
    this.#host?.scrollIntoView({ block: "center" });
    this.#controls.run.focus({ preventScroll: true });
  }

  // Controls.

  /** Brings the controls that the code asks for, and has them follow it. Most cells have none. */
  async #updateForm(): Promise<void> {
    if (!this.#form && FORM_COMMENT.test(this.#code.text)) {
      const form = await import("./form").catch(() => null);
      if (!form) return; // The code can be changed by hand; the next change tries again.
      this.#follow ??= new form.LiveRuns((pace) => void this.#start(pace));
      if (isBusy(this.#state)) this.#follow.began();
      this.#form ??= new form.FormControls({
        make,
        root: this.#parts.form,
        id: this.id,
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
    if (!this.#drawn && !this.#form?.auto) return;
    // A run that has not begun takes the code as it is now.
    if (this.#run && this.#state.kind !== "running") {
      this.#ran = this.#code.text;
      this.#run.request.source = this.#ran;
    }
    this.#follow?.touch();
  }

  /** Its figure was drawn for another room; one that the build drew stays. */
  #fitRoom(): void {
    if (this.#state.kind === "done") this.#follow?.settle();
  }

  /** Its run ended before its end, with all that was to follow. */
  #unfollow(): void {
    this.#follow?.cancel();
    this.#follow?.ended();
  }

  #show(state: CellState): void {
    this.#state = state;
    this.exercise?.changed();
    clearTimeout(this.#late);
    if (this.#isPassing(state)) this.#late = setTimeout(() => this.#controls.show(state, true), PATIENT_MS);
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
    if (this.#drawn) {
      this.#shown = "built";
      this.#output.adopt(this.#drawn.cloneNode(true).childNodes);
    } else this.#output.hint(...weave(WORDS.output.first, { bold: make("strong", {}, WORDS.cell.run) }));
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

  #tellOfCheck(event: CheckEvent, ms: number): void {
    this.exercise?.checked(event);
    this.#tell("py-cell:check", event.ok, ms);
  }

  #tell(type: "py-cell:start" | "py-cell:done" | "py-cell:check", ok: boolean | null, ms: number): void {
    const detail: CellEventDetail = { id: this.id, page: this.page, ok, ms, runs: this.#runs };
    this.#host?.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

/** What the build found that its code needs; a page of others may not say it. */
function words(host: HTMLElement, attribute: string): string[] {
  return (host.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean);
}

/** Why it does not run yet. */
function waitingFor(ahead: Run | null): string {
  if (!ahead) return WORDS.cell.waitPython;
  const other = askers.get(ahead);
  if (!other || !ahead.left) return WORDS.cell.waitCells;
  return fill(WORDS.cell.waitPage, { cell: other.caption, page: other.heading });
}
