// A question whose answer is an order: each item goes up and down by its buttons.
import { button, enable, make } from "../page/dom";
import { shuffleSeed } from "../storage/shuffle-seed";
import { type Answering, type Explained, explained, part, type Question, type Verdict } from "./answering";
import { numberOf, shuffled } from "./shuffle";
import { fill } from "../shared/words";

interface Item {
  /** Its right place, from 1. */
  place: number;
  answer: Element;
  row: HTMLElement;
  up: HTMLButtonElement;
  down: HTMLButtonElement;
}

export class OrderList implements Answering {
  readonly root: HTMLElement;
  readonly #list: HTMLElement;
  readonly #said = make("span", { class: "practice-unseen", role: "status" });
  readonly #start: Item[];
  #items: Item[];
  #closed = false;

  constructor(
    answers: Element[],
    private readonly question: Question,
  ) {
    const items = answers.map((answer) => this.#item(answer));
    let mixed = shuffled(items, numberOf(question.key) ^ shuffleSeed());
    if (isRight(mixed)) mixed = [...mixed.slice(1), mixed[0]!];
    this.#start = mixed;
    this.#items = [...mixed];
    this.#list = make("ol", { class: "quiz-order", "aria-labelledby": question.labelledBy });
    this.root = make("div", {}, this.#list, this.#said);
    this.#show();
  }

  judge(): Verdict {
    const misplaced = this.#items.filter(({ place }, at) => place !== at + 1);
    for (const item of this.#items) item.row.dataset["answered"] = misplaced.includes(item) ? "wrong" : "right";
    const first = misplaced[0];
    if (!first)
      return { ok: true, words: "", explanations: this.#items.map(({ answer }) => explained(answer)), names: true };
    const right = this.#items.length - misplaced.length;
    const words = fill(WORDS.quiz.inPlace, { right, all: this.#items.length });
    return { ok: false, words, explanations: [explained(first.answer)], names: true };
  }

  others(): Explained[] {
    return [];
  }

  reset(): void {
    this.#closed = false;
    this.#items = [...this.#start];
    for (const { row } of this.#items) delete row.dataset["answered"];
    this.#show();
  }

  close(): void {
    this.#closed = true;
    this.#show();
  }

  #item(answer: Element): Item {
    const name = part(answer, "option").textContent?.trim() ?? "";
    const arrow = (label: string, sign: string, step: number): HTMLButtonElement =>
      button(sign, () => this.#move(item, step), {
        class: "quiz-arrow",
        "aria-label": fill(WORDS.quiz.move, { way: label, name }),
        title: label,
      });
    const [up, down] = [arrow(WORDS.quiz.up, "↑", -1), arrow(WORDS.quiz.down, "↓", 1)];
    const text = make("span", { class: "quiz-text" });
    text.append(part(answer, "option"));
    const row = make("li", {}, make("span", { class: "quiz-arrows" }, up, down), text);
    const item: Item = { place: Number(answer.getAttribute("data-right")), answer, row, up, down };
    return item;
  }

  /** The button that was pressed keeps the focus, as long as it can be pressed again. */
  #move(item: Item, step: number): void {
    const from = this.#items.indexOf(item);
    const [pressed, other] = step < 0 ? [item.up, item.down] : [item.down, item.up];
    this.#items.splice(from, 1);
    this.#items.splice(from + step, 0, item);
    for (const { row } of this.#items) delete row.dataset["answered"];
    this.#show();
    (pressed.getAttribute("aria-disabled") ? other : pressed).focus();
    this.#said.textContent = fill(WORDS.quiz.now, { at: from + step + 1, all: this.#items.length });
    this.question.touched();
  }

  #show(): void {
    this.#list.replaceChildren(...this.#items.map(({ row }) => row));
    for (const [at, { up, down }] of this.#items.entries()) {
      enable(up, !this.#closed && at > 0);
      enable(down, !this.#closed && at < this.#items.length - 1);
    }
  }
}

function isRight(items: Item[]): boolean {
  return items.every(({ place }, at) => place === at + 1);
}
