// The microscope: four views of one moment of a walk, which one plays, steps and scrubs through. A touch of a quantity in
// any of them lights it in all. Loaded by cell/instruments.ts.
import type { FormControls } from "../cell/form";
import { button, make } from "../page/dom";
import { fill } from "../shared/words";
import { BarsView } from "./bars-view";
import { FormulaView } from "./formula-view";
import { math } from "./math";
import { NumbersView } from "./numbers-view";
import { shortAll } from "./numbers";
import { labelOf, PathView } from "./path-view";
import { items } from "./python-dict";
import { recordOf, stepsOf } from "./record";
import { SettingsView } from "./settings-view";
import { Speaker } from "../page/speaker";
import { SourceView } from "./source-view";
import { KEY, type Moment, quantityOf, stateName, type View, valueAt } from "./view";

/** Steps in a second, as it plays; and how many times as fast it can. */
const PACE = 8;
const SPEEDS = [0.25, 0.5, 1, 2, 4];
/** The names in a cell's code that the microscope has controls for, where they have a form comment. */
const START = "start";
const SETTINGS = "settings";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const SHEET = /* @__PURE__ */ new URL("microscope.css", import.meta.url);

export async function create(figure: HTMLElement, form: () => Promise<FormControls | null>): Promise<Microscope> {
  const [sheet, controls] = await Promise.all([stylesheet(), form()]);
  if (sheet && !document.adoptedStyleSheets.includes(sheet)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  return new Microscope(figure, controls);
}

let sheet: Promise<CSSStyleSheet | null> | undefined;

/** As a sheet made by script it outlives the page's own head. Without its looks the microscope works all the same. */
function stylesheet(): Promise<CSSStyleSheet | null> {
  sheet ??= fetch(SHEET)
    .then(async (response) => {
      const made = new CSSStyleSheet();
      if (!response.ok) throw new Error(String(response.status));
      return made.replace(await response.text());
    })
    .catch(() => null);
  return sheet;
}

interface Panel {
  view: View;
  root: HTMLElement;
  /** The quantity that is lit, and its number. */
  lit: HTMLElement;
}

export class Microscope {
  readonly #figure: HTMLElement;
  readonly #panels: Panel[];
  readonly #path: PathView;
  readonly #numbers: NumbersView;
  readonly #settings: SettingsView | null;
  readonly #play: HTMLButtonElement;
  readonly #range = make("input", {
    type: "range",
    min: "0",
    max: "0",
    value: "0",
    step: "1",
    "aria-label": WORDS.scope.position,
  });
  readonly #speed = make(
    "select",
    { class: "scope-speed", "aria-label": WORDS.player.speed },
    ...SPEEDS.map((times) => make("option", { value: `${times}` }, `${times}×`)),
  );
  readonly #count = make("span", { class: "scope-count", "aria-hidden": "true" });
  readonly #warning = make("p", { class: "scope-warning" });
  readonly #speaker: Speaker;
  #moment: Moment | null = null;
  /** What a pointer rests on, as long as nothing was chosen. */
  #hovered: string | null = null;
  #isPlaying = false;
  #due = 0;

  constructor(
    figure: HTMLElement,
    private readonly controls: FormControls | null,
  ) {
    this.#figure = figure;
    const claimed = [START, SETTINGS].filter((name) => controls?.literal(name) != null);
    controls?.claim(claimed);
    this.#path = new PathView({
      moved: (start) => this.#moveStart(start),
      rested: () => controls?.rested(),
    });
    this.#path.movable = claimed.includes(START);
    const views: [string, string, View][] = [
      ["path", WORDS.scope.path, this.#path],
      ["bars", WORDS.scope.bars, new BarsView((step) => this.#seek(step))],
      ["formula", WORDS.scope.formula, new FormulaView()],
      ["source", WORDS.scope.source, new SourceView()],
    ];
    this.#panels = views.map(([name, title, view]) => panel(name, title, view));
    this.#numbers = new NumbersView((key) => this.#choose(key));
    this.#settings = claimed.includes(SETTINGS)
      ? new SettingsView(figure.closest("py-cell")?.id ?? "scope", {
          literal: () => controls?.literal(SETTINGS) ?? null,
          set: (literal) => controls?.set(SETTINGS, literal),
          rested: () => controls?.rested(),
        })
      : null;
    const said = make("p", { class: "scope-said", role: "status" });
    this.#speaker = new Speaker((words) => (said.textContent = words));
    this.#play = button(WORDS.scope.play, () => this.#toggle(), { class: "cell-button scope-play" });
    const bar = make(
      "div",
      { class: "scope-bar", role: "group", "aria-label": WORDS.scope.steps },
      this.#play,
      button(WORDS.scope.back, () => this.#goBy(-1), { class: "cell-button" }),
      button(WORDS.scope.forth, () => this.#goBy(1), { class: "cell-button" }),
      this.#speed,
      this.#range,
      this.#count,
    );
    this.#speed.value = "1";
    for (const [name, value] of Object.entries({ role: "group", "aria-label": WORDS.scope.name, "aria-live": "off" })) {
      figure.setAttribute(name, value);
    }
    figure.dataset["kind"] = "instrument";
    figure.classList.add("scope");
    figure.replaceChildren(
      ...(this.#settings ? [this.#settings.root] : []),
      bar,
      this.#warning,
      make("div", { class: "scope-views" }, ...this.#panels.map(({ root }) => root)),
      this.#numbers.root,
      said,
    );
    this.#range.addEventListener("input", () => {
      this.#pause();
      this.#seek(this.#range.valueAsNumber);
    });
    figure.addEventListener("click", (event) => this.#touch(event.target));
    figure.addEventListener("pointerover", (event) => this.#hover(event));
    figure.addEventListener("pointerleave", () => this.#light(null));
  }

  /** Shows another walk at the same step; one that was at its end stays there. */
  show(given: unknown): void {
    const record = recordOf(given);
    const steps = stepsOf(record);
    const before = this.#moment;
    const wasAtEnd = before !== null && before.step > 0 && before.step === stepsOf(before.record);
    const step = before ? (wasAtEnd ? steps : Math.min(before.step, steps)) : Math.min(1, steps);
    const lit = quantityOf(record, before?.lit ?? null) ? before!.lit : null;
    this.#range.max = String(steps);
    this.#warning.textContent = record.warning ?? "";
    this.#warning.hidden = !record.warning;
    this.#moment = { record, step, lit };
    this.#settings?.show(record);
    this.#draw(before !== null);
  }

  #moveStart(start: number[]): void {
    // What a surface of one weight does not need stays for one of two.
    const held = items(this.controls?.literal(START) ?? "") ?? [];
    const parts = [
      ...start.map((part) => (Number.isInteger(part) ? `${part}.0` : `${part}`)),
      ...held.slice(start.length),
    ];
    this.controls?.set(START, `[${parts.join(", ")}]`);
  }

  #seek(step: number): void {
    if (!this.#moment) return;
    const to = Math.max(0, Math.min(step, stepsOf(this.#moment.record)));
    if (to === this.#moment.step) return;
    this.#moment = { ...this.#moment, step: to };
    this.#draw(true);
  }

  #goBy(steps: number): void {
    this.#pause();
    this.#seek((this.#moment?.step ?? 0) + steps);
  }

  #toggle(): void {
    if (this.#isPlaying) {
      this.#pause();
      return;
    }
    if (!this.#moment) return;
    if (this.#moment.step === stepsOf(this.#moment.record)) this.#seek(0);
    this.#isPlaying = true;
    this.#sayPlaying(WORDS.scope.pause);
    this.#due = performance.now() + this.#interval;
    requestAnimationFrame((now) => this.#tick(now));
  }

  get #interval(): number {
    return 1000 / (PACE * Number(this.#speed.value));
  }

  #tick(now: number): void {
    if (!this.#isPlaying || !this.#moment) return;
    if (!this.#figure.isConnected) {
      this.#pause();
      return;
    }
    if (now >= this.#due) {
      if (this.#moment.step === stepsOf(this.#moment.record)) return this.#pause();
      this.#due = Math.max(this.#due + this.#interval, now);
      this.#seek(this.#moment.step + 1);
    }
    // While a step is shown, the point makes it.
    if (!STILL.matches) this.#path.glide(1 - (this.#due - now) / this.#interval);
    requestAnimationFrame((next) => this.#tick(next));
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#path.glide(1);
    this.#sayPlaying(WORDS.scope.play);
  }

  #sayPlaying(word: string): void {
    this.#play.querySelector("span")?.replaceChildren(word);
  }

  #touch(target: EventTarget | null): void {
    // The buttons of the table say themselves that they were pressed.
    if (!(target instanceof Element) || target.closest("button")) return;
    const key = target.closest(`[${KEY}]`)?.getAttribute(KEY);
    // Another bar is another step of what is lit.
    if (key && !(target.closest(".scope-strip") && key === this.#moment?.lit)) this.#choose(key);
  }

  /** Again: it is no longer lit. */
  #choose(key: string): void {
    if (!this.#moment) return;
    this.#hovered = null;
    this.#moment = { ...this.#moment, lit: this.#moment.lit === key ? null : key };
    this.#draw(false);
    const { record, step, lit } = this.#moment;
    const named = quantityOf(record, lit)?.names[0] ?? lit;
    if (lit)
      this.#speaker.say(
        fill(WORDS.scope.lit, { name: named ?? "", step, numbers: shortAll(valueAt(record, lit, step)) }),
      );
  }

  #hover({ target, pointerType }: PointerEvent): void {
    if (pointerType === "touch" || !(target instanceof Element)) return;
    this.#light(target.closest(`[${KEY}]`)?.getAttribute(KEY) ?? null);
  }

  /** For as long as a pointer rests there; what was chosen stays lit otherwise. */
  #light(key: string | null): void {
    if (key === this.#hovered) return;
    this.#hovered = key;
    this.#mark();
  }

  #draw(isTold: boolean): void {
    if (!this.#moment) return;
    const { record, step } = this.#moment;
    this.#range.valueAsNumber = step;
    const said = fill(WORDS.player.of, { at: step, all: stepsOf(record) });
    this.#range.setAttribute("aria-valuetext", said);
    this.#count.textContent = said;
    for (const { view } of this.#panels) view.show(this.#moment);
    this.#numbers.show(this.#moment);
    this.#mark();
    if (isTold) this.#speaker.say(inWords(this.#moment));
  }

  /** Lights what stands for the quantity, and says its number in each view. */
  #mark(): void {
    if (!this.#moment) return;
    const { record, step } = this.#moment;
    const lit = this.#hovered ?? this.#moment.lit;
    for (const node of this.#figure.querySelectorAll(`[${KEY}]`)) {
      node.toggleAttribute("data-lit", lit !== null && node.getAttribute(KEY) === lit);
    }
    const quantity = quantityOf(record, lit);
    for (const { lit: place } of this.#panels) {
      place.replaceChildren();
      if (quantity) place.append(math(quantity.symbol), ` = ${labelOf(record, quantity.key, step)}`);
    }
  }
}

function panel(name: string, title: string, view: View): Panel {
  const lit = make("span", { class: "scope-lit" });
  const head = make("div", { class: "scope-head" }, make("strong", {}, title), lit);
  const attributes = { class: `scope-panel scope-${name}-panel`, role: "group", "aria-label": title };
  return { view, lit, root: make("div", attributes, head, view.root) };
}

/** The moment for those who listen. */
function inWords({ record, step }: Moment): string {
  const value = shortAll([record.values[step] ?? null]);
  const parts = [fill(WORDS.scope.said, { step, steps: stepsOf(record), weights: shortAll(record.path[step]), value })];
  for (const { key } of record.quantities) {
    const known = { g: WORDS.scope.gradient, step: WORDS.scope.step }[key];
    const name = known ?? stateName(key);
    const numbers = name ? valueAt(record, key, step) : undefined;
    if (name && numbers) parts.push(`${name} ${shortAll(numbers)}`);
  }
  return `${parts.join("; ")}.`;
}
