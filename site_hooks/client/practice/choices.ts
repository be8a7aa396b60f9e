// A question with options, of which one is right, or several.
import { make } from "../page/dom";
import { shuffleSeed } from "../storage/shuffle-seed";
import { type Answering, type Explained, explained, part, type Question, type Verdict } from "./answering";
import { numberOf, shuffled } from "./shuffle";
import { unseen } from "./words";
import { fill } from "../shared/words";

interface Option {
  isRight: boolean;
  answer: Element;
  input: HTMLInputElement;
  row: HTMLElement;
  mark: HTMLElement;
}

export class Choices implements Answering {
  readonly root: HTMLElement;
  readonly #options: Option[];

  constructor(
    answers: Element[],
    private readonly isSeveral: boolean,
    question: Question,
  ) {
    const mixed = shuffled(answers, numberOf(question.key) ^ shuffleSeed());
    this.#options = mixed.map((answer) => option(answer, isSeveral, question));
    const rows = this.#options.map(({ row }) => row);
    const role = isSeveral ? "group" : "radiogroup";
    this.root = make("div", { class: "quiz-options", role, "aria-labelledby": question.labelledBy }, ...rows);
    if (rows.every((row) => row.querySelector("img"))) this.root.classList.add("quiz-pictures");
  }

  judge(): Verdict | string {
    const chosen = this.#options.filter(({ input }) => input.checked);
    if (!chosen.length) return this.isSeveral ? WORDS.quiz.someFirst : WORDS.quiz.oneFirst;
    const wrong = chosen.filter(({ isRight }) => !isRight);
    const right = chosen.filter(({ isRight }) => isRight);
    const missing = this.#options.filter(({ isRight, input }) => isRight && !input.checked);
    const ok = !wrong.length && !missing.length;
    for (const one of this.isSeveral && !ok ? wrong : chosen) mark(one);
    const words = !this.isSeveral || ok ? "" : incomplete(wrong.length, right.length);
    const explanations = (ok ? right : wrong).map(({ answer }) => explained(answer));
    return { ok, words, explanations, names: this.isSeveral };
  }

  others(): Explained[] {
    const left = this.#options.filter(({ input }) => !input.checked);
    return left.map(({ answer }) => explained(answer));
  }

  reset(): void {
    for (const { input, row, mark } of this.#options) {
      input.checked = false;
      input.disabled = false;
      mark.replaceChildren();
      delete row.dataset["answered"];
    }
  }

  close(): void {
    for (const { input } of this.#options) input.disabled = true;
  }
}

function option(answer: Element, isSeveral: boolean, { key, touched }: Question): Option {
  const type = isSeveral ? "checkbox" : "radio";
  const input = make("input", { type, name: key });
  const text = make("span", { class: "quiz-text" });
  text.append(withPictures(part(answer, "option")));
  const mark = make("span", { class: "quiz-mark" });
  const row = make("label", { class: "quiz-option" }, input, text, mark);
  input.addEventListener("change", touched);
  return { isRight: answer.getAttribute("data-right") === "true", answer, input, row, mark };
}

/** Of a figure only its pictures, which its title describes: the click that chooses one does not enlarge it too. */
function withPictures(content: DocumentFragment): DocumentFragment {
  for (const code of content.querySelectorAll("details")) code.remove();
  for (const figure of content.querySelectorAll("figure")) {
    const pictures = [...figure.querySelectorAll("img")];
    const caption = figure.querySelector("figcaption");
    for (const twice of caption?.querySelectorAll(".katex-mathml") ?? []) twice.remove();
    const title = caption?.textContent?.trim();
    if (title) for (const picture of pictures) picture.alt = `${title}. ${picture.alt}`;
    figure.replaceWith(...pictures);
  }
  return content;
}

function mark({ isRight, row, mark }: Option): void {
  row.dataset["answered"] = isRight ? "right" : "wrong";
  const sign = make("span", { "aria-hidden": "true" }, isRight ? "✓" : "✗");
  mark.replaceChildren(sign, unseen(isRight ? WORDS.quiz.optionRight : WORDS.quiz.optionWrong));
}

function incomplete(wrong: number, right: number): string {
  if (!wrong) return WORDS.quiz.incomplete;
  if (wrong === 1) return right ? WORDS.quiz.oneWrong : WORDS.quiz.notThis;
  return fill(WORDS.quiz.someWrong, { n: wrong });
}
