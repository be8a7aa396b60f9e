// <cell-guess for="cell">: asks what a cell will show before it runs; then guess and result stand together.
import type { CellEventDetail } from "../cell/cell";
import { button, enable, make } from "../page/dom";
import { type Guess, guessOf, keepGuess } from "../storage/guesses";
import { shuffleSeed } from "../storage/shuffle-seed";
import { isNear, numberInput, parseNumber } from "./number-answer";
import { part } from "./answering";
import { numberOf, shuffled } from "./shuffle";
import { fill, weave } from "../shared/words";

/** A cell that has run; at an earlier visit too: then its output is there, and no state. A live one always has some. */
const SHOWN = '[data-state="done"], [data-state="idle"][data-live]:not([live])';

export class CellGuess extends HTMLElement {
  readonly #say = button(WORDS.guess.guess, () => this.#guess(), { class: "cell-button quiz-answer" });
  readonly #said = make("p", { class: "guess-said", role: "status" });
  /** Below the cell's output. */
  readonly #result = make("p", { class: "guess-result", role: "status" });
  #read: () => Guess | string = () => "";
  #right = "";
  #inputs: HTMLInputElement[] = [];

  connectedCallback(): void {
    if (!this.querySelector(".guess-said")) this.#build();
    document.addEventListener("py-cell:done", this.#ran);
    this.#cell()?.parentElement?.append(this.#result);
    const guess = guessOf(this.#key);
    if (guess?.met) this.#compare();
    else if (guess) this.#wait(guess);
  }

  disconnectedCallback(): void {
    document.removeEventListener("py-cell:done", this.#ran);
    this.#result.remove();
  }

  get #key(): string {
    return `${this.getAttribute("page") ?? location.pathname}#${this.getAttribute("for")}`;
  }

  #cell(): HTMLElement | null {
    return document.getElementById(this.getAttribute("for") ?? "");
  }

  #build(): void {
    const asking = this.querySelector<HTMLElement>(':scope > [data-kind="question"]') ?? make("div");
    asking.id ||= `${this.getAttribute("for")}--guess`;
    const inputs = this.getAttribute("kind") === "number" ? this.#number(asking.id) : this.#choice(asking.id);
    const bar = make("div", { class: "exercise-bar" }, this.#say, this.#said);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", WORDS.guess.first);
    this.replaceChildren(asking, inputs, bar);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      this.#say.click();
    });
  }

  #number(labelledBy: string): HTMLElement {
    const input = numberInput(labelledBy);
    this.#inputs = [input];
    this.#right = this.dataset["value"] ?? "";
    this.#read = () => {
      const value = parseNumber(input.value);
      if (value === null) return WORDS.guess.numberFirst;
      const right = Number(this.#right);
      const ok = isNear(value, right, Number(this.dataset["tolerance"] ?? 0));
      return { words: input.value.trim(), ok, off: value > right ? "high" : "low", met: false };
    };
    return make("label", { class: "quiz-number" }, make("span", {}, WORDS.guess.yours), input);
  }

  #choice(labelledBy: string): HTMLElement {
    const answers = shuffled([...this.querySelectorAll("li[data-right]")], numberOf(this.#key) ^ shuffleSeed());
    const words = (answer: Element): string => part(answer, "option").textContent?.trim() ?? "";
    const rows = answers.map((answer) => {
      const input = make("input", { type: "radio", name: `guess ${this.#key}` });
      const text = make("span", { class: "quiz-text" });
      text.append(part(answer, "option"));
      this.#inputs.push(input);
      if (answer.getAttribute("data-right") === "true") this.#right = words(answer);
      return make("label", { class: "quiz-option" }, input, text);
    });
    this.#read = () => {
      const chosen = answers[this.#inputs.findIndex((input) => input.checked)];
      if (!chosen) return WORDS.guess.choiceFirst;
      return { words: words(chosen), ok: chosen.getAttribute("data-right") === "true", off: "", met: false };
    };
    return make("div", { class: "quiz-options", role: "radiogroup", "aria-labelledby": labelledBy }, ...rows);
  }

  #guess(): void {
    const guess = this.#read();
    if (typeof guess === "string") {
      this.#said.textContent = guess;
      return;
    }
    keepGuess(this.#key, guess);
    if (this.#cell()?.matches(SHOWN)) this.#compare();
    else this.#wait(guess);
  }

  #wait(guess: Guess): void {
    this.#show(guess);
    this.#said.append(` ${WORDS.guess.run}`);
  }

  #show(guess: Guess): void {
    for (const input of this.#inputs) input.disabled = true;
    enable(this.#say, false);
    this.#said.textContent = fill(WORDS.guess.said, { guess: guess.words });
  }

  readonly #ran = (event: Event): void => {
    const { ok } = (event as CustomEvent<CellEventDetail>).detail;
    if (event.target === this.#cell() && ok) this.#compare();
  };

  #compare(): void {
    const guess = guessOf(this.#key);
    this.dataset["state"] = guess ? (guess.ok ? "right" : "wrong") : "open";
    if (!guess) {
      this.#result.replaceChildren(...weave(WORDS.guess.gives, { value: make("strong", {}, this.#right) }));
      return;
    }
    keepGuess(this.#key, { ...guess, met: true });
    this.#show(guess);
    const off = guess.off === "high" ? WORDS.guess.tooHigh : WORDS.guess.tooLow;
    const wrong = guess.off ? off : WORDS.guess.another;
    const strong = (words: string): HTMLElement => make("strong", {}, words);
    const gaps = {
      guess: strong(guess.words),
      value: strong(this.#right),
      verdict: guess.ok ? WORDS.guess.right : wrong,
    };
    this.#result.replaceChildren(...weave<Node | string>(WORDS.guess.compared, gaps));
  }
}
