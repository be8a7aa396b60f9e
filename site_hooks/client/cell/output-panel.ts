// A cell's output panel: OutputEvent -> DOM nodes. Text goes in as text, figures as images that follow the theme.
import { button, make } from "../page/dom";
import type { Built } from "./built-output";
import { problem, type ProblemHelp } from "./error-view";
import { paint, settle } from "./frame-canvas";
import type { Player } from "./player";
import type { AnimationEvent, FigureEvent, FrameEvent, OutputEvent } from "../shared/protocol";
import { SHOWN, TextStream, terminal } from "./text-stream";
import { enlargeable } from "../page/picture-view";
import { save } from "../page/save";
import { dress, theme } from "../page/theme";
import { fill } from "../shared/words";

type TextKind = "stdout" | "stderr" | "result";

/** Text is put on the page this long after it came, with all that came meanwhile. */
const FLUSH_MS = 40;
/** Characters of text that are laid out together. */
const BLOCK = 16_000;
/** Figures of one run that the page shows. */
const FIGURES = 40;

export interface PanelActions {
  /** `filled` is another now. */
  changed(): void;
  /** What had the focus is gone. */
  emptied(): void;
  /** A line was typed for input(). */
  typed(line: string): void;
}

export class OutputPanel {
  readonly root: HTMLElement;
  #stream = new TextStream();
  #kind: TextKind = "stdout";
  /** The text that is being written; `open` is its last line, with the cursor's place. */
  #text: { pre: HTMLPreElement; done: Text; last: Text; open: string } | null = null;
  #flush: ReturnType<typeof setTimeout> | undefined;
  #urls: string[] = [];
  /** Those of the run, by their figures' numbers. */
  #images = new Map<number, HTMLImageElement>();
  #players = new Map<number, Promise<Player>>();
  #hiddenFigures = 0;
  #filled = false;
  /** What a run that follows another puts out: it takes the place of what is shown in one go, when the run ends. */
  #next: Element[] | null = null;

  constructor(
    caption: string,
    private readonly fileName: string,
    private readonly actions: PanelActions,
  ) {
    this.root = make("div", {
      class: "cell-output",
      role: "log",
      "aria-label": fill(WORDS.output.of, { cell: caption }),
    });
  }

  /** There is output, or a message. */
  get filled(): boolean {
    return this.#filled;
  }

  /** The room for a figure, in CSS pixels; null where the panel is not shown. */
  get width(): number | null {
    const { paddingLeft, paddingRight } = getComputedStyle(this.root);
    const width = this.root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return width > 0 ? width : null;
  }

  /** Shows a line that is no output: what to do, or what is going on. */
  hint(...words: (Node | string)[]): void {
    this.clear();
    this.root.append(make("p", { class: "cell-hint" }, ...words));
  }

  /** Adds words to the line that hint() wrote. */
  hintMore(words: string): void {
    this.root.querySelector(":scope > .cell-hint")?.append(words);
  }

  /** Says something about the output, above it. */
  remark(words: string): void {
    this.#note("remark", words);
  }

  /** A run was asked for. The panel keeps its height until the run ends, so that the page does not jump. */
  begin(words: string): void {
    this.root.removeAttribute("aria-live");
    this.root.style.minHeight = `${this.root.offsetHeight}px`;
    this.root.setAttribute("aria-busy", "true");
    this.hint(words);
  }

  /**
   * A run was asked for by a control: what is shown stays until the run has what takes its place. Nothing of it is
   * read out; who asked for the run says what came of it.
   */
  follow(): void {
    this.root.style.minHeight ||= `${this.root.getBoundingClientRect().height}px`;
    this.root.setAttribute("aria-busy", "true");
    this.root.setAttribute("aria-live", "off");
    for (const message of this.root.querySelectorAll(":scope > .cell-message")) message.remove();
    this.#write();
    this.#text = null;
    this.#stream = new TextStream();
    this.#hiddenFigures = 0;
    this.#images.clear();
    this.#endPlayers();
    this.#next = [];
  }

  /** Shows what the build drew, as if a run had put it out. */
  adopt(built: Iterable<Node>): void {
    this.clear();
    for (const node of [...built]) {
      if (!(node instanceof HTMLElement)) continue;
      if (node.matches("pre")) Object.assign(node, { className: "cell-text" }).dataset["kind"] = "stdout";
      this.#put(node);
      if (node.matches("figure")) this.#adoptFigure(node);
    }
  }

  /** Shown as a figure that was drawn here, and not loaded before it comes near the screen. */
  #adoptFigure(figure: HTMLElement): void {
    figure.dataset["figure"] = String(this.root.querySelectorAll("figure").length);
    const image = figure.querySelector("img");
    if (image) dress(image, theme());
    enlargeable(figure);
  }

  /** What is shown, in words. */
  get words(): string {
    const said = [...this.root.children].map((node) => {
      if (!node.matches("figure"))
        return node.matches("pre, .cell-problem, [data-kind=result]") ? firstLines(node) : "";
      const picture = node.querySelector("img, canvas");
      return picture?.getAttribute("alt") ?? picture?.getAttribute("aria-label") ?? "";
    });
    return said.filter(Boolean).join(" ");
  }

  /** Changes the line that begin() wrote, as long as nothing else is there. */
  wait(words: string): void {
    const line = this.root.querySelector(":scope > .cell-hint");
    if (line && !this.#filled) line.textContent = words;
  }

  receive(event: OutputEvent, help: ProblemHelp): void {
    switch (event.kind) {
      case "stdout":
      case "stderr":
        this.#print(event.kind, event.text);
        return;
      case "result":
        this.#endText();
        if (event.table) {
          const place = make("div", { "data-kind": "result" });
          this.#put(place);
          this.#build(place, event);
          return;
        }
        this.#print("result", event.text);
        this.#endText();
        return;
      case "progress":
      case "input":
        this.#write();
        this.#build(this.#passing(event.kind), event);
        return;
      case "figure":
        this.#figure(event);
        return;
      case "frame":
        this.#frame(event);
        return;
      case "animation":
        this.#animation(event);
        return;
      case "error":
        this.#add(problem(event, help));
    }
  }

  /** The run is over; after a live one the next follows soon. One that `failed` leaves figures that it did not reach. */
  finish(live = false, failed = false): void {
    this.#endText();
    this.#sayWhatIsMissing();
    for (const node of this.root.querySelectorAll<HTMLElement>("[data-passing]")) this.#drop(node);
    this.#takePlace(failed);
    for (const player of this.#players.values()) void player.then((it) => it.end());
    if (live) return;
    this.root.removeAttribute("aria-busy");
    this.root.style.minHeight = "";
  }

  /** Puts what the run has put out where that of the run before it was; what is the same node is not touched. */
  #takePlace(failed: boolean): void {
    const next = this.#next;
    this.#next = null;
    if (!next) return;
    if (!this.#filled) this.#fill(true);
    const isLeft = (old: Element): boolean => failed && !next.includes(old) && old.matches("figure");
    const left = [...this.root.children].filter(isLeft);
    for (const node of [...next, ...left]) node.toggleAttribute("data-old", left.includes(node));
    next.push(...left);
    for (const old of [...this.root.children]) if (!next.includes(old)) old.remove();
    for (const [place, node] of next.entries()) {
      if (this.root.children[place] !== node) this.root.insertBefore(node, this.root.children[place] ?? null);
      if (node.matches("pre") && node.scrollWidth > node.clientWidth) node.setAttribute("tabindex", "0");
    }
  }

  /** Adds a message of the page itself, below what the run put out. */
  say(kind: "failed" | "stopped" | "crashed", text: string, ...actions: Node[]): void {
    const node = make("div", { class: "cell-message", "data-kind": kind }, make("p", {}, text));
    if (actions.length) node.append(make("p", { class: "cell-actions" }, ...actions));
    this.#add(node);
  }

  clear(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    for (const url of this.#urls) URL.revokeObjectURL(url);
    this.#urls = [];
    this.#images.clear();
    this.#endPlayers();
    this.#hiddenFigures = 0;
    this.#stream = new TextStream();
    this.#text = null;
    this.#next = null;
    if (this.root.contains(document.activeElement)) this.actions.emptied();
    this.root.replaceChildren();
    this.#fill(false);
  }

  #fill(filled: boolean): void {
    if (filled && !this.#filled) this.root.replaceChildren();
    this.#filled = filled;
    this.actions.changed();
  }

  #add(node: Element): void {
    this.#endText();
    this.#put(node);
  }

  #put(node: Element): void {
    if (this.#next) {
      this.#next.push(node);
      return;
    }
    if (!this.#filled) this.#fill(true);
    this.root.append(node);
  }

  #build(place: HTMLElement, event: Built): void {
    const answer = (line: string): void => {
      this.#drop(place);
      this.actions.typed(line);
    };
    void import("./built-output").then(
      ({ build }) => {
        // A run may be over by then, and with it what passes. The panel itself may be away with its page.
        if (!place.dataset["passing"] || this.root.contains(place)) build(place, event, answer);
      },
      () => event.kind === "result" && place.append(event.text),
    );
  }

  /** The place of what stands below the output as long as the run goes on. */
  #passing(kind: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(`[data-passing="${kind}"]`);
    const place = found ?? make("div", { class: "cell-passing", "data-passing": kind, "aria-live": "off" });
    if (!this.#filled) this.#fill(true);
    if (place !== this.root.lastElementChild) this.root.append(place);
    return place;
  }

  #drop(node: HTMLElement): void {
    const hadFocus = node.contains(document.activeElement);
    node.remove();
    if (hadFocus) this.actions.emptied();
  }

  #print(kind: TextKind, text: string): void {
    if (kind !== this.#kind) this.#endText();
    this.#kind = kind;
    this.#stream.push(text);
    this.#flush ??= setTimeout(() => this.#write(), FLUSH_MS);
  }

  #write(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    const text = this.#stream.take();
    if (!text) return;
    if (!this.#text) {
      const done = document.createTextNode("");
      const last = document.createTextNode("");
      const pre = make("pre", { class: "cell-text", "data-kind": this.#kind, tabindex: "0" }, done, last);
      this.#put(pre);
      this.#text = { pre, done, last, open: "" };
    }
    const { pre, done, last, open } = this.#text;
    const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 24;
    const lines = terminal(open, text);
    done.appendData(lines.finished);
    last.data = lines.shown;
    this.#text.open = lines.last;
    while (done.length > BLOCK) pre.insertBefore(block(done), done);
    if (atEnd) pre.scrollTop = pre.scrollHeight;
  }

  #endText(): void {
    this.#write();
    const pre = this.#text?.pre;
    // Only what scrolls needs to be reached by keyboard; what is read just now keeps the focus.
    if (
      pre &&
      pre !== document.activeElement &&
      pre.scrollHeight <= pre.clientHeight &&
      pre.scrollWidth <= pre.clientWidth
    )
      pre.removeAttribute("tabindex");
    this.#text = null;
  }

  /** Gives a figure that is shown its drawing for the other theme; whether it still is. */
  dress(event: FigureEvent): boolean {
    if (!this.#images.has(event.figure)) return false;
    this.#figure(event);
    return true;
  }

  #figure(event: FigureEvent): void {
    const figure = this.#place(event.figure);
    if (!figure) return;
    const url = URL.createObjectURL(new Blob([event.png], { type: "image/png" }));
    this.#urls.push(url);
    const begun = this.#images.get(event.figure);
    const size = { width: String(event.width), height: String(event.height) };
    const image = begun ?? make("img", { alt: event.alt, ...size });
    image.dataset[event.theme] = url;
    if (begun) {
      dress(image, theme());
      return;
    }
    this.#images.set(event.figure, image);
    void settle(figure, image, url);
  }

  /** A picture of a live run: painted at once where one of the same number stands. */
  #frame(event: FrameEvent): void {
    const figure = this.#place(event.figure);
    if (figure) paint(figure, event);
  }

  #animation(event: AnimationEvent): void {
    const figure = this.#place(event.figure);
    if (!figure) return;
    const begun = this.#players.get(event.figure);
    const player = begun ?? import("./player").then((module) => new module.Player(figure, event));
    if (!begun) {
      // Until the player is here: a later run puts its own in place of this one.
      figure.dataset["kind"] = "animation";
      this.#players.set(event.figure, player);
    }
    void player.then((it) => it.add(event));
  }

  #endPlayers(): void {
    for (const player of this.#players.values()) void player.then((it) => it.dispose());
    this.#players.clear();
  }

  /** The figure of that number, made if there is none; null beyond those that are shown. */
  #place(number: number): HTMLElement | null {
    if (number > FIGURES) {
      this.#hiddenFigures = Math.max(this.#hiddenFigures, number - FIGURES);
      return null;
    }
    const isIt = (node: Element): node is HTMLElement => node.getAttribute("data-figure") === String(number);
    const shown = [...this.root.children];
    const placed = (this.#next ?? shown).find(isIt);
    if (placed) return placed;
    const begun = shown.find(isIt);
    const isOther = begun?.dataset["kind"] === "animation"; // its player is another run's
    const figure = begun && !isOther ? begun : make("figure", { "data-figure": String(number) });
    this.#add(figure);
    return figure;
  }

  #sayWhatIsMissing(): void {
    if (this.#hiddenFigures) {
      this.#note("cut", fill(WORDS.output.figures, { shown: FIGURES, hidden: this.#hiddenFigures }));
    }
    const stream = this.#stream;
    if (!stream.cut) return;
    const note = this.#note("cut", `${fill(WORDS.output.long, { shown: count(SHOWN), all: count(stream.total) })} `);
    const label = stream.lost ? WORDS.output.saveFirst : WORDS.output.saveAll;
    note.append(button(label, () => save(stream.file(), this.fileName), { class: "cell-button" }));
  }

  #note(kind: "cut" | "remark", text: string): HTMLElement {
    const node = make("p", { class: "cell-note", "data-kind": kind }, text);
    this.#add(node);
    return node;
  }
}

/** Takes the first lines of a long text. Laid out only when seen: a flood of lines would hold the page up. */
function block(text: Text): HTMLElement {
  const end = text.data.lastIndexOf("\n", BLOCK) + 1 || text.data.indexOf("\n") + 1 || text.length;
  const node = make("div", { class: "cell-block" }, text.data.slice(0, end));
  text.deleteData(0, end);
  node.style.setProperty("--lines", String(node.textContent?.match(/\n/g)?.length ?? 1));
  return node;
}

/** As much of a text as is listened to. */
function firstLines(node: Element): string {
  const words = node.querySelector(".cell-problem-words") ?? node;
  return (words.textContent ?? "").trim().slice(0, 300);
}

function count(characters: number): string {
  return characters.toLocaleString(WORDS.all.locale);
}

/**
 * Of the two drawings of each figure, in figures that the build made: one picture that knows both. It has no address yet,
 * because browsers load pictures that are copied outside of a page.
 */
export function joinDrawings(built: HTMLElement): void {
  for (const figure of built.querySelectorAll("figure")) {
    const [light, dark] = figure.querySelectorAll("img");
    if (!light || !dark) continue;
    Object.assign(light.dataset, { light: fitting(light), dark: fitting(dark) });
    light.removeAttribute("class");
    for (const image of [light, dark]) image.removeAttribute("src");
    figure.replaceChildren(light);
  }
}

/** The address of the drawing for a window as wide as this one, whose size the image takes. */
function fitting(image: HTMLImageElement): string {
  const sources = [...(image.parentElement?.querySelectorAll("source") ?? [])];
  const source = sources.find(({ media }) => matchMedia(media).matches);
  if (!source) return image.src;
  for (const side of ["width", "height"]) image.setAttribute(side, source.getAttribute(side) ?? "");
  return new URL(source.srcset, document.baseURI).href;
}
