// <decision-tree>: asks the questions of the list that follows it, one by one. The advice of the answers, and a cell made
// of their code, are the result. Without script, and in print, the list is read.
import { button, make } from "../page/dom";
import { copy } from "../page/save";
import { fill } from "../shared/words";
import { type Answer, type Question, questionsOf } from "./questions";

let trees = 0;

interface Given {
  question: Question;
  answer: Answer;
}

export class DecisionTree extends HTMLElement {
  #questions: Question[] = [];
  readonly #given: Given[] = [];
  readonly #told = make("p", { class: "decision-told", role: "status" });
  readonly #last = `decision-last-${++trees}`;

  connectedCallback(): void {
    const list = this.parentElement?.nextElementSibling;
    if (this.firstChild || !(list instanceof HTMLOListElement)) return;
    this.#questions = questionsOf(list);
    list.classList.add("decision-list");
    this.#show();
  }

  /** The next question: one that the last answer asks, else the next of the list; none at the end. */
  #next(): Question | undefined {
    const asked = this.#given.at(-1)?.answer.asks;
    return asked ?? this.#questions[this.#given.filter(({ answer }) => !answer.asks).length];
  }

  #show(): void {
    const next = this.#next();
    this.#told.textContent = "";
    this.replaceChildren(...this.#given.map((given, at) => this.#answered(given, at)), this.#end(next));
    if (this.#given.length)
      this.append(
        button(WORDS.choose.again, () => this.#backTo(0), { class: "decision-again" }),
        this.#told,
      );
  }

  /** What was asked and answered, which a click asks again; and what follows from it. */
  #answered({ question, answer }: Given, at: number): HTMLElement {
    const change = make(
      "button",
      { type: "button", class: "decision-change", title: WORDS.choose.change },
      make("span", { class: "decision-theirs" }, `${question.words} `, make("strong", {}, answer.label)),
    );
    change.addEventListener("click", () => this.#backTo(at));
    const attributes = { class: "decision-answered", ...(at === this.#given.length - 1 && { id: this.#last }) };
    return make("div", attributes, change, ...answer.advice.map(copyOf));
  }

  #end(next: Question | undefined): HTMLElement {
    return next ? this.#ask(next) : this.#result();
  }

  #ask(question: Question): HTMLElement {
    const done = this.#given.filter(({ answer }) => !answer.asks).length + 1;
    const count = fill(WORDS.choose.question, { at: done, of: this.#questions.length });
    const answers = question.answers.map((answer) => {
      const node = make("button", { type: "button" }, make("span", { class: "decision-theirs" }, answer.label));
      node.addEventListener("click", () => {
        this.#given.push({ question, answer });
        this.#show();
        this.#focus();
      });
      return node;
    });
    const legend = make(
      "legend",
      {},
      make("span", {}, count),
      make("strong", { class: "decision-theirs" }, question.words),
    );
    return make(
      "fieldset",
      { class: "decision-end", tabindex: "-1", ...this.#described() },
      legend,
      make("div", { class: "decision-answers" }, ...answers),
    );
  }

  #result(): HTMLElement {
    const code = make("code", {}, ...linesOf(this.#given.flatMap(({ answer }) => answer.code ?? [])));
    const take = button(WORDS.choose.copy, async () => {
      const done = await copy(`${code.textContent}\n`);
      this.#told.textContent = done ? WORDS.choose.copied : WORDS.race.noCopy;
    });
    return make(
      "section",
      { class: "decision-end", tabindex: "-1", "aria-label": WORDS.choose.cell, ...this.#described() },
      make("div", { class: "highlight" }, make("pre", { class: "decision-theirs" }, code)),
      take,
    );
  }

  /** The advice stands above what gets the focus: a screen reader hears it too. */
  #described(): Record<string, string> {
    return this.#given.length ? { "aria-describedby": this.#last } : {};
  }

  #backTo(at: number): void {
    this.#given.length = at;
    this.#show();
    this.#focus();
  }

  /** The clicked button is gone: keyboard and screen reader go on where the page does. */
  #focus(): void {
    this.querySelector<HTMLElement>(".decision-end")?.focus();
  }
}

function copyOf(node: Element): Node {
  const copied = node.cloneNode(true) as Element;
  copied.classList.add("decision-theirs");
  return copied;
}

/** The lines of several pieces of code in their colours: imports first, each once, and a blank line between pieces. */
function linesOf(pieces: Element[]): Node[] {
  const imports = new Map<string, Node[]>();
  const others: Node[][] = [];
  for (const piece of pieces) {
    const own: Node[][] = [];
    for (const line of wholeLines(linesIn(piece))) {
      const text = textOf(line);
      if (/^(?:import|from) /.test(text)) imports.set(text, line);
      else if (text || own.length) own.push(line);
    }
    others.push([], ...own);
  }
  const sorted = [...imports].sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1)).map(([, line]) => line);
  return [...sorted, ...others].flatMap((line, at) => (at ? ["\n", ...line] : line)).map(asNode);
}

/** The lines of an import in parentheses as one. */
function wholeLines(lines: Node[][]): Node[][] {
  const whole: Node[][] = [];
  for (const line of lines) {
    const last = whole.at(-1);
    if (last && /^(?:import|from) [^)]*\([^)]*$/.test(textOf(last))) last.push(document.createTextNode("\n"), ...line);
    else whole.push(line);
  }
  return whole;
}

function textOf(line: Node[]): string {
  return line.map((node) => node.textContent).join("");
}

/** NumPy before pylib, as Python’s own formatters have it. */
function order(line: string): number {
  return line.startsWith("import") ? 0 : 1;
}

function asNode(piece: Node | string): Node {
  return typeof piece === "string" ? document.createTextNode(piece) : piece;
}

function linesIn(code: Element): Node[][] {
  const lines: Node[][] = [[]];
  for (const node of code.childNodes) {
    const [first = "", ...rest] = (node.textContent ?? "").split("\n");
    const isText = node.nodeType === Node.TEXT_NODE || rest.length > 0;
    lines.at(-1)?.push(isText ? document.createTextNode(first) : node.cloneNode(true));
    for (const line of rest) lines.push([document.createTextNode(line)]);
  }
  while (lines.at(-1)?.every((node) => !node.textContent)) lines.pop();
  return lines;
}
