// A question whose answer is a number: right within a tolerance; known mistakes have their own explanation.
import { make } from "../page/dom";
import { type Answering, type Explained, explained, type Question, type Verdict } from "./answering";

/** Of rounding in the decimal numbers of question and answer, as a share of the value. */
const ROUNDING = 1e-9;

/** What was typed, with a comma or a typographic minus too; null if it is no number. */
export function parseNumber(text: string): number | null {
  const plain = text
    .trim()
    .replaceAll(/[−–]/g, "-")
    .replace(/^([^.]*),([^,]*)$/, "$1.$2")
    .replaceAll(/[\s_]/g, "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** Whether a number is within the tolerance of the right one. */
export function isNear(value: number, right: number, tolerance: number): boolean {
  return Math.abs(value - right) <= tolerance + ROUNDING * Math.abs(right);
}

export class NumberAnswer implements Answering {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  #given: Element | null = null;

  constructor(
    private readonly answers: Element[],
    { labelledBy, touched }: Question,
  ) {
    this.#input = numberInput(labelledBy);
    this.#input.addEventListener("input", touched);
    this.root = make("label", { class: "quiz-number" }, make("span", {}, WORDS.quiz.yourAnswer), this.#input);
  }

  judge(): Verdict | string {
    const value = parseNumber(this.#input.value);
    if (value === null) return WORDS.quiz.numberFirst;
    this.#given = this.answers.find((answer) => fits(answer, value)) ?? null;
    const ok = this.#given?.getAttribute("data-right") === "true";
    return { ok, words: "", explanations: this.#given ? [explained(this.#given)] : [], names: false };
  }

  others(): Explained[] {
    return this.answers
      .filter((answer) => answer !== this.#given && answer.getAttribute("data-value") !== "other")
      .map(explained);
  }

  reset(): void {
    this.#input.value = "";
    this.#input.readOnly = false;
  }

  close(): void {
    this.#input.readOnly = true;
  }
}

export function numberInput(describedBy: string): HTMLInputElement {
  return make("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": describedBy,
  });
}

function fits(answer: Element, value: number): boolean {
  const right = answer.getAttribute("data-value") ?? "";
  return right === "other" || isNear(value, Number(right), Number(answer.getAttribute("data-tolerance") ?? 0));
}
