// The controls of a cell, as the form comments in its code ask for them. They change literals and nothing else. Loaded
// where a cell has such comments; what the page's own script holds comes as an argument, so that nothing loads twice.
import type { make as Make } from "../page/dom";
import { type Field, type Form, parse } from "./form-comments";
import {
  decimals,
  isWhole,
  literalOf,
  nearest,
  notches,
  numberLiteral,
  stringLiteral,
  type Value,
  wholeText,
} from "./literals";
import { fill } from "../shared/words";

export { LiveRuns } from "./live-runs";

/** What came of a move is said when no control is held, and none was moved for so long. */
const QUIET_MS = 400;

export interface FormOptions {
  make: typeof Make;
  root: HTMLElement;
  /** The cell's id: those of the controls begin with it. */
  id: string;
  code(): string;
  /** Puts a literal in the place of another one. */
  replace(from: number, to: number, literal: string): void;
  /** The control has come to rest: what it changed can be undone in one step. */
  rested(): void;
  /** A control has changed the code. */
  moved(): void;
}

export class FormControls {
  #form: Form = { title: "", auto: false, fields: [], errors: [] };
  #built = "";
  #controls: Control[] = [];
  readonly #errors: HTMLElement;
  readonly #said: HTMLElement;
  /** What is to be said. */
  #words = "";
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #held = false;

  constructor(private readonly options: FormOptions) {
    this.#errors = options.make("div", { class: "cell-form-errors" });
    this.#said = options.make("div", { class: "cell-said", role: "status" });
    options.root.addEventListener("pointerdown", ({ target }) => this.#hold(target));
  }

  get auto(): boolean {
    return this.#form.auto;
  }

  /** The code may have changed: the controls follow it. */
  update(): void {
    const { root, make } = this.options;
    this.#form = parse(this.options.code());
    const { fields, errors } = this.#form;
    const shape = JSON.stringify(fields.map(({ line, literal, from, to, value, problem, ...rest }) => rest));
    if (shape !== this.#built) {
      const focused = this.#controls.findIndex((control) => control.input === document.activeElement);
      this.#built = shape;
      this.#controls = fields.map((field, place) => control(field, make, `${this.options.id}--${place}-${field.name}`));
      for (const [place, one] of this.#controls.entries()) this.#listen(one, place);
      root.replaceChildren(...this.#controls.map((one) => one.root), this.#errors, this.#said);
      this.#controls[focused]?.input.focus();
    }
    for (const [place, one] of this.#controls.entries()) one.show(fields[place]!);
    const words = errors.map(([line, text]) => make("p", {}, fill(WORDS.form.problem, { line, problem: text })));
    if (words.length || this.#errors.firstChild) this.#errors.replaceChildren(...words);
    root.hidden = !fields.length && !errors.length;
  }

  /** Says what came of a move, once: not while a control is held or moved on. */
  say(words: string): void {
    this.#words = words;
    this.#sayWhenQuiet();
  }

  #sayWhenQuiet(): void {
    clearTimeout(this.#quiet);
    if (!this.#words || this.#held) return;
    this.#quiet = setTimeout(() => {
      this.#said.textContent = this.#words;
      this.#words = "";
    }, QUIET_MS);
  }

  /** A slider under the pointer, until it is let go. */
  #hold(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement) || target.type !== "range") return;
    this.#held = true;
    const leaving = new AbortController();
    const letGo = (): void => {
      leaving.abort();
      this.#held = false;
      this.#sayWhenQuiet();
    };
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, letGo, { signal: leaving.signal });
  }

  #listen(one: Control, place: number): void {
    one.input.addEventListener("input", () => this.#set(one, place));
    one.input.addEventListener("change", () => {
      this.#set(one, place);
      this.options.rested();
    });
  }

  #set(one: Control, place: number): void {
    // Read anew: the code may have been typed in since.
    const field = parse(this.options.code()).fields[place];
    if (!field || field.value === null) return;
    const literal = one.read(field);
    if (literal === null || literal === field.literal) return;
    this.#words = ""; // of the value before
    this.options.replace(field.from, field.to, literal);
    this.options.moved();
  }
}

interface Control {
  root: HTMLElement;
  input: HTMLInputElement | HTMLSelectElement;
  /** Takes the value that the code has. */
  show(field: Field): void;
  /** The literal that the control stands for; null where it stands for none. */
  read(field: Field): string | null;
}

function control(field: Field, make: typeof Make, id: string): Control {
  const [input, behave] = behaviour(field, make, id);
  const label = make("label", { class: "cell-label", for: id }, field.label);
  // The control says its value itself.
  const value = make("output", { class: "cell-value", for: id, "aria-live": "off" });
  const problem = make("p", { class: "cell-field-problem", id: `${id}--problem` });
  input.setAttribute("aria-describedby", problem.id);
  const root = make("div", { class: "cell-field", "data-kind": field.kind }, label, value, input, problem);
  const say = (words: string): void => {
    problem.textContent = words;
    problem.hidden = !words;
  };
  return {
    root,
    input,
    show(now) {
      const rests = now.value === null;
      input.disabled = rests;
      say(rests ? fill(WORDS.form.broken, { problem: now.problem }) : now.problem && `${now.problem}.`);
      value.textContent = behave.words?.(now) ?? now.literal;
      if (rests) return;
      input.removeAttribute("aria-invalid");
      // What is being typed is not rewritten: "1." and "1" are one value.
      const isTyped = input === document.activeElement && TYPED.includes(field.kind);
      if (!isTyped || behave.read(now) !== now.literal) behave.show(now);
    },
    read(now) {
      const literal = behave.read(now);
      if (literal === null) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      say(literal === null ? refusal(now) : "");
      return literal;
    },
  };
}

function refusal({ integer, min, max }: Field): string {
  const kind = integer ? WORDS.form.whole : WORDS.form.number;
  if (min === null) return fill(max === null ? WORDS.form.any : WORDS.form.most, { kind, max: String(max) });
  return fill(max === null ? WORDS.form.least : WORDS.form.between, { kind, min, max: String(max) });
}

interface Behaviour {
  show(field: Field): void;
  read(field: Field): string | null;
  /** The value in words, beside the control; the literal without. */
  words?(field: Field): string;
}

function behaviour(field: Field, make: typeof Make, id: string): [Control["input"], Behaviour] {
  if (field.kind === "select") {
    const select = make("select", { id });
    return [select, choice(select, field, make)];
  }
  const input = make("input", { id, type: INPUTS[field.kind] });
  return [input, BEHAVIOUR[field.kind](input, field)];
}

const TYPED = ["number", "integer", "string"];
const INPUTS = { slider: "range", number: "number", integer: "number", boolean: "checkbox", string: "text" };
const BEHAVIOUR = { slider, number: numeric, integer: numeric, boolean, string };

function slider(input: HTMLInputElement, field: Field): Behaviour {
  return field.log ? logSlider(input, field) : linearSlider(input, field);
}

function linearSlider(input: HTMLInputElement, { min, max, step, integer }: Field): Behaviour {
  const by = step ?? (integer ? 1 : (max! - min!) / 100);
  Object.assign(input, { min: String(min), max: String(max), step: String(by) });
  const digits = decimals(min, by);
  return {
    show({ value, literal }) {
      input.value = String(value);
      input.setAttribute("aria-valuetext", literal);
    },
    read({ value, literal }) {
      // A value between two notches stays until the slider leaves it.
      const isThere = input.value === snapped(input, value);
      const now = isThere ? literal : numberLiteral(input.valueAsNumber, integer, digits);
      input.setAttribute("aria-valuetext", now);
      return now;
    },
  };
}

/** Where a slider stands that is given a value. */
function snapped(input: HTMLInputElement, value: Value | null): string {
  const probe = input.cloneNode() as HTMLInputElement;
  probe.value = String(value);
  return probe.value;
}

function logSlider(input: HTMLInputElement, { min, max, step, integer }: Field): Behaviour {
  const values = notches(min!, max!, integer, step);
  Object.assign(input, { min: "0", max: String(values.length - 1), step: "1" });
  return {
    show({ value, literal }) {
      input.value = String(nearest(values, Number(value)));
      input.setAttribute("aria-valuetext", literal);
    },
    read({ value, literal }) {
      const notch = input.valueAsNumber;
      const now = notch === nearest(values, Number(value)) ? literal : numberLiteral(values[notch]!, integer);
      input.setAttribute("aria-valuetext", now);
      return now;
    },
  };
}

function numeric(input: HTMLInputElement, { min, max, step, integer }: Field): Behaviour {
  if (min !== null) input.min = String(min);
  if (max !== null) input.max = String(max);
  input.step = step !== null ? String(step) : integer ? "1" : "any";
  return {
    show: ({ value, literal }) => (input.value = integer ? wholeText(literal) : String(value)),
    read({ value, literal }) {
      const now = input.valueAsNumber;
      const { badInput, rangeOverflow, rangeUnderflow } = input.validity;
      if (badInput || rangeOverflow || rangeUnderflow || !Number.isFinite(now)) return null;
      if (integer && !Number.isInteger(now)) return null;
      if (integer && isWhole(input.value)) {
        const typed = wholeText(input.value);
        return typed === wholeText(literal) ? literal : typed;
      }
      return now === value ? literal : numberLiteral(now, integer);
    },
    words: () => "",
  };
}

function boolean(input: HTMLInputElement): Behaviour {
  return {
    show: ({ value }) => (input.checked = value === true),
    read: () => literalOf(input.checked),
  };
}

function string(input: HTMLInputElement): Behaviour {
  return {
    show: ({ value }) => (input.value = String(value)),
    read: ({ value, literal }) => (input.value === value ? literal : stringLiteral(input.value, literal)),
    words: () => "",
  };
}

function choice(input: HTMLSelectElement, { options }: Field, make: typeof Make): Behaviour {
  input.append(...options.map((option, place) => make("option", { value: String(place) }, String(option))));
  return {
    show({ value, literal }) {
      input.querySelector("[hidden]")?.remove();
      const place = options.indexOf(value!);
      // What the code says besides the choices is shown, and cannot be chosen again.
      if (place < 0) input.prepend(Object.assign(make("option", { value: "" }, literal), { hidden: true }));
      input.value = place < 0 ? "" : String(place);
    },
    read({ value, literal }) {
      const chosen = options[Number(input.value || "-1")];
      return chosen === undefined || chosen === value ? literal : literalOf(chosen, literal);
    },
    words: () => "",
  };
}
