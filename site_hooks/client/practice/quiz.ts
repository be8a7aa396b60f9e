// <lesson-quiz>: a question that can be answered. Without script it reads as a question with folded answers.
import type { CellEventDetail } from "../cell/cell";
import { button, enable, make } from "../page/dom";
import { progress } from "../storage/progress";
import type { Answering, Verdict } from "./answering";
import { Choices } from "./choices";
import { NumberAnswer } from "./number-answer";
import { OrderList } from "./order-list";
import { remember } from "./remember";
import { earlier, isOutdated } from "./words";

/** Characters of a question that lists name it by: a mark's title may have as many. */
const TITLE = 300;

export class LessonQuiz extends HTMLElement {
  #answering: Answering | null = null;
  readonly #answer = button(WORDS.quiz.answer, () => this.#judge(), { class: "cell-button quiz-answer" });
  readonly #again = button(WORDS.quiz.again, () => this.#reset(), { class: "cell-button" });
  readonly #mark = make("span", { class: "exercise-mark" });
  readonly #feedback = make("div", { class: "quiz-feedback", role: "status" });
  readonly #others = make("div", { class: "quiz-others" });
  #begun = performance.now();
  #runs = 0;
  #watching = new AbortController();

  connectedCallback(): void {
    this.#answering ??= this.#build();
    this.#watching = new AbortController();
    progress.watch(() => this.#showMark(), this.#watching.signal);
    this.#showMark();
  }

  disconnectedCallback(): void {
    this.#watching.abort(null);
  }

  get #page(): string {
    return this.getAttribute("page") ?? location.pathname;
  }

  get #version(): string {
    return this.getAttribute("version") ?? "";
  }

  #build(): Answering {
    const asking = this.querySelector<HTMLElement>(':scope > [data-kind="question"]') ?? make("div");
    asking.id ||= `${this.id}--question`;
    const answers = [...this.querySelectorAll("li[data-right]")];
    const question = {
      key: `${this.#page}#${this.id}`,
      labelledBy: asking.id,
      touched: () => this.#touched(),
    };
    const kind = this.getAttribute("kind");
    let answering: Answering;
    if (kind === "number") answering = new NumberAnswer(answers, question);
    else if (kind === "order") answering = new OrderList(answers, question);
    else answering = new Choices(answers, kind === "several", question);
    this.#again.hidden = true;
    const bar = make("div", { class: "exercise-bar" }, this.#answer, this.#again, this.#mark);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", WORDS.quiz.question);
    this.replaceChildren(asking, answering.root, bar, this.#feedback, this.#others);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      this.#answer.click();
    });
    this.dataset["state"] = "open";
    return answering;
  }

  #judge(): void {
    const verdict = this.#answering!.judge();
    if (typeof verdict === "string") {
      this.#feedback.replaceChildren(make("p", {}, verdict));
      return;
    }
    this.#runs += 1;
    this.dataset["state"] = verdict.ok ? "right" : "wrong";
    this.#say(verdict);
    if (verdict.ok) this.#close();
    const title = this.#title();
    remember(this.#page, this.id, { kind: "quiz", title, version: this.#version, ok: verdict.ok }, this);
    const ms = performance.now() - this.#begun;
    const detail: CellEventDetail = { id: this.id, page: this.#page, ok: verdict.ok, ms, runs: this.#runs };
    this.dispatchEvent(new CustomEvent("lesson-quiz:answer", { bubbles: true, detail }));
  }

  #say({ ok, words, explanations, names }: Verdict): void {
    const verdict = make("strong", {}, ok ? `${WORDS.all.right} ` : `${WORDS.all.notYet} `);
    const said = explanations.map(({ option, explanation }) => {
      const block = make("div", { "data-kind": "explanation" }, explanation);
      if (names) block.prepend(make("div", { class: "quiz-other" }, option));
      return block;
    });
    this.#feedback.replaceChildren(make("p", {}, verdict, words || (ok ? "" : WORDS.quiz.readThis)), ...said);
  }

  #close(): void {
    this.#answering!.close();
    enable(this.#answer, false);
    this.#again.hidden = false;
    const others = this.#answering!.others();
    if (!others.length) return;
    const rows = others.map(({ option, explanation }) =>
      make("li", {}, make("div", { class: "quiz-other" }, option), make("div", {}, explanation)),
    );
    this.#others.replaceChildren(
      make(
        "details",
        { class: "quiz-why", "data-kind": "others" },
        make("summary", {}, WORDS.quiz.others),
        make("ul", {}, ...rows),
      ),
    );
  }

  /** What was said is about another answer now. */
  #touched(): void {
    if (this.dataset["state"] === "wrong") this.dataset["state"] = "open";
  }

  #reset(): void {
    this.dataset["state"] = "open";
    this.#answering!.reset();
    this.#feedback.replaceChildren();
    this.#others.replaceChildren();
    enable(this.#answer, true);
    this.#answer.focus();
    this.#again.hidden = true;
    this.#begun = performance.now();
  }

  #showMark(): void {
    const mark = progress.get(this.#page, this.id);
    this.#mark.textContent = earlier(mark, this.#version, "answered");
    this.#mark.toggleAttribute("data-changed", isOutdated(mark, this.#version));
  }

  #title(): string {
    const asking = this.querySelector(':scope > [data-kind="question"]')?.cloneNode(true) as Element | undefined;
    for (const twice of asking?.querySelectorAll(".katex-mathml") ?? []) twice.remove();
    const text = asking?.textContent?.trim().replaceAll(/\s+/g, " ") ?? "";
    return text.length > TITLE ? `${text.slice(0, TITLE - 1)}…` : text || this.id;
  }
}
