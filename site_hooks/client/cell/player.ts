// Plays an animation on a canvas while its frames still come; loaded when a cell has made one.
import { button, make } from "../page/dom";
import { theme } from "../page/theme";
import type { AnimationEvent, Theme } from "../shared/protocol";
import { fill } from "../shared/words";

const SPEEDS = [0.25, 0.5, 1, 2];
/** A figure that is not on the page for this long was left. */
const LEFT_MS = 5000;

export class Player {
  readonly #figure: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #play: HTMLButtonElement;
  readonly #range: HTMLInputElement;
  readonly #count = make("span", { class: "player-count", "aria-hidden": "true" });
  readonly #speed: HTMLSelectElement;
  readonly #leaving = new AbortController();
  readonly #watch = new MutationObserver(() => this.#paint());
  readonly #interval: number;
  readonly #repeats: boolean;
  /** How many there will be, until all are here. */
  #expected: number;
  #frames: Record<Theme, AnimationEvent[]> = { light: [], dark: [] };
  #shown = { frame: -1, theme: theme() };
  #at = 0;
  #isPlaying = false;
  #isWhole = false;
  /** When the frame that is shown was due. */
  #due = 0;
  #seen = performance.now();
  #onPaper = false;

  constructor(figure: HTMLElement, first: AnimationEvent) {
    this.#figure = figure;
    this.#interval = Math.max(first.interval, 1);
    this.#repeats = first.repeats;
    this.#expected = first.frames ?? 1;
    const { columns, rows, width, alt } = first;
    this.#canvas = make("canvas", { width: `${columns}`, height: `${rows}`, role: "img", "aria-label": alt });
    this.#canvas.style.width = `${width}px`;
    this.#play = button(WORDS.player.play, () => this.#toggle(), { class: "cell-button player-play" });
    const step = button(WORDS.player.step, () => this.#step(1), { class: "cell-button" });
    this.#range = make("input", { type: "range", min: "0", max: "0", value: "0", step: "1" });
    this.#speed = make("select", {}, ...SPEEDS.map((speed) => make("option", { value: `${speed}` }, `${speed} ×`)));
    this.#speed.value = "1";
    // What is read out is the frame that one moves to, not each that is played.
    for (const [name, value] of Object.entries({ role: "group", "aria-label": alt, "aria-live": "off" })) {
      figure.setAttribute(name, value);
    }
    figure.dataset["kind"] = "animation";
    figure.replaceChildren(
      this.#canvas,
      make(
        "div",
        { class: "player-bar" },
        this.#play,
        step,
        make("label", { class: "player-speed" }, make("span", {}, WORDS.player.speed), this.#speed),
        make("label", { class: "player-frame" }, make("span", {}, WORDS.player.frame), this.#range),
        this.#count,
      ),
    );
    const { signal } = this.#leaving;
    this.#range.addEventListener("input", () => this.#seek(this.#range.valueAsNumber), { signal });
    figure.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("beforeprint", () => this.#print(true), { signal });
    addEventListener("afterprint", () => this.#print(false), { signal });
    this.#watch.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.#start();
  }

  /** A frame has come: in order, in each theme. */
  add(frame: AnimationEvent): void {
    const frames = this.#frames[frame.theme];
    frames.push(frame);
    if (this.#shown.frame < 0) this.#paint();
    this.#expected = Math.max(this.#expected, frames.length);
    this.#tell();
  }

  /** No more frames come. */
  end(): void {
    this.#isWhole = true;
    this.#expected = this.#here;
    this.#tell();
  }

  dispose(): void {
    this.#stop();
    this.#watch.disconnect();
    this.#leaving.abort();
  }

  get #here(): number {
    return this.#held(theme()).length;
  }

  #held(on: Theme): AnimationEvent[] {
    const frames = this.#frames[on];
    return frames.length ? frames : this.#frames[on === "dark" ? "light" : "dark"];
  }

  #toggle(): void {
    if (this.#isPlaying) this.#stop();
    else this.#start();
  }

  #start(): void {
    if (this.#isPlaying) return;
    if (this.#isWhole && this.#at >= this.#here - 1) this.#at = 0;
    this.#isPlaying = true;
    this.#name(WORDS.player.pause);
    this.#due = this.#seen = performance.now();
    requestAnimationFrame((now) => this.#tick(now));
  }

  #stop(): void {
    this.#isPlaying = false;
    this.#name(WORDS.player.play);
  }

  #name(name: string): void {
    this.#play.replaceChildren(make("span", {}, name));
  }

  #tick(now: number): void {
    if (!this.#isPlaying) return;
    if (this.#figure.isConnected) this.#seen = now;
    else if (now - this.#seen > LEFT_MS) return this.#stop();
    const pace = this.#interval / Number(this.#speed.value);
    // A screen that shows 60 frames a second shows each frame of such an animation, a little early or late.
    const passed = Math.floor((now - this.#due) / pace + 0.25);
    if (passed > 0) {
      this.#due = Math.max(this.#due + passed * pace, now - pace);
      this.#go(passed);
    }
    requestAnimationFrame((again) => this.#tick(again));
  }

  #go(frames: number): void {
    const last = this.#here - 1;
    const to = this.#at + frames;
    if (to <= last) this.#show(to);
    else if (!this.#isWhole || this.#at < last) this.#show(last);
    else if (this.#repeats) this.#show(0);
    else this.#stop();
  }

  #step(frames: number): void {
    this.#stop();
    const to = this.#at + frames;
    this.#seek(this.#isWhole && to >= this.#here ? 0 : to);
  }

  #seek(frame: number): void {
    this.#stop();
    this.#show(Math.min(Math.max(frame, 0), this.#here - 1));
  }

  /** On a button the arrows step; a range and a menu have their own. */
  #key(event: KeyboardEvent): void {
    const moves = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!moves || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    this.#step(moves);
  }

  #print(on: boolean): void {
    this.#onPaper = on;
    this.#paint();
  }

  #show(frame: number): void {
    this.#at = frame;
    this.#paint();
    this.#tell();
  }

  /** From the frame that is shown, or the nearest one before that stands for itself. */
  #paint(): void {
    const on = this.#onPaper ? "light" : theme();
    const frames = this.#held(on);
    if (!frames[this.#at]) return;
    const isAhead = this.#shown.theme === on && this.#shown.frame >= 0 && this.#shown.frame <= this.#at;
    const least = isAhead ? this.#shown.frame + 1 : 0;
    let first = this.#at;
    while (first > least && !frames[first]?.isWhole) first -= 1;
    const context = this.#canvas.getContext("2d");
    for (const frame of frames.slice(first, this.#at + 1)) {
      let begin = 0;
      for (const [left, top, columns, rows] of frame.rectangles) {
        const end = begin + 4 * columns * rows;
        context?.putImageData(new ImageData(frame.rgba.subarray(begin, end), columns, rows), left, top);
        begin = end;
      }
    }
    this.#shown = { frame: this.#at, theme: on };
  }

  #tell(): void {
    this.#range.max = String(this.#expected - 1);
    this.#range.valueAsNumber = this.#at;
    const said = fill(WORDS.player.of, { at: this.#at + 1, all: this.#expected });
    this.#range.setAttribute("aria-valuetext", said);
    this.#count.textContent = said;
  }
}
