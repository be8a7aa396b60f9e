// An exercise: what its cell has beside code and output. Check, what the check says, hints one by one, and a solution.
import type { Cell, ExerciseOfCell } from "../cell/cell";
import { button, enable, make } from "../page/dom";
import type { CheckEvent } from "../shared/protocol";
import { progress } from "../storage/progress";
import { remember } from "./remember";
import { Solution } from "./solution";
import { earlier, isOutdated, marked } from "./words";
import { fill } from "../shared/words";

const exercises = new WeakMap<Cell, Exercise>();

/** What the page holds of an exercise without script: its folded hints, and its solution. */
interface Folded {
  hints: HTMLElement[];
  solution: string;
}

export class Exercise implements ExerciseOfCell {
  readonly #root = make("div", { class: "exercise" });
  readonly #check = button(WORDS.exercise.check, () => this.check(), {
    class: "cell-button exercise-check",
    title: WORDS.exercise.checkKeys,
    "aria-keyshortcuts": "Alt+Enter",
  });
  readonly #hint = button(WORDS.exercise.hint, () => this.#nextHint(), { class: "cell-button" });
  readonly #mark = make("span", { class: "exercise-mark" });
  readonly #feedback = make("div", { class: "exercise-feedback", role: "status", "data-kind": "feedback" });
  readonly #hints = make("div", { class: "exercise-hints", "aria-live": "polite" });
  readonly #solution: Solution;
  readonly #waiting: HTMLElement[];
  readonly #count: number;
  readonly #version: string;
  readonly #source: string;
  readonly #title: string;
  #host: HTMLElement;
  #tried = false;

  /** Gives a cell its exercise; one that the learner comes back to is as it was left. */
  static mount(cell: Cell, host: HTMLElement): void {
    const folded = take(host);
    const exercise = exercises.get(cell) ?? new Exercise(cell, host, folded);
    exercises.set(cell, exercise);
    exercise.#host = host;
    exercise.#show();
  }

  private constructor(
    private readonly cell: Cell,
    host: HTMLElement,
    { hints, solution }: Folded,
  ) {
    this.#host = host;
    this.#version = host.getAttribute("version") ?? "";
    this.#source = host.getAttribute("check") ?? "";
    this.#title = host.getAttribute("title") ?? cell.id;
    this.#waiting = hints;
    this.#count = hints.length;
    this.#tried = (progress.get(cell.page, cell.id)?.tries ?? 0) > 0;
    this.#solution = new Solution({
      code: solution,
      mine: () => cell.text,
      isTried: () => this.#tried,
      use: () => cell.take(solution, WORDS.exercise.taken),
    });
    const bar = make("div", { class: "exercise-bar" }, this.#check);
    if (this.#count) bar.append(this.#hint);
    if (solution) bar.append(this.#solution.button);
    bar.append(this.#mark);
    this.#root.append(bar, this.#feedback, this.#hints, this.#solution.root);
    cell.foot.after(this.#root);
    cell.exercise = this;
    this.#labelHint();
    progress.watch(() => this.#show());
  }

  check(): void {
    if (this.cell.busy) return;
    this.#say(null);
    void this.cell.check(this.#source);
  }

  // What the cell tells.

  /** What was said is about other code now. */
  edited(): void {
    this.#solution.update();
    if (!this.#host.hasAttribute("data-check")) return;
    this.#host.removeAttribute("data-check");
    this.#feedback.toggleAttribute("data-stale", true);
    this.#feedback.setAttribute("aria-live", "off");
    this.#feedback.append(make("p", { class: "exercise-stale" }, WORDS.exercise.stale));
  }

  changed(): void {
    enable(this.#check, !this.cell.busy);
  }

  checked({ ok, message }: CheckEvent): void {
    this.#tried = true;
    this.#solution.tried();
    this.#say({ ok, message });
    const deed = { kind: "exercise" as const, title: this.#title, version: this.#version, ok };
    remember(this.cell.page, this.cell.id, { ...deed, helped: this.#solution.seen }, this.#root);
  }

  /** One change of a region that is read out: each result is heard once. */
  #say(result: { ok: boolean; message: string } | null): void {
    this.#feedback.removeAttribute("data-stale");
    this.#feedback.removeAttribute("aria-live");
    if (!result) {
      this.#feedback.replaceChildren();
      this.#host.removeAttribute("data-check");
      delete this.#feedback.dataset["result"];
      return;
    }
    const verdict = result.ok ? "pass" : "fail";
    this.#host.dataset["check"] = verdict;
    this.#feedback.dataset["result"] = verdict;
    const words = result.message || (result.ok ? WORDS.exercise.passes : WORDS.exercise.silent);
    const lines = words.split("\n").map((line) => make("p", {}, ...marked(line)));
    lines[0]!.prepend(make("strong", {}, result.ok ? `${WORDS.all.right} ` : `${WORDS.all.notYet} `));
    this.#feedback.replaceChildren(...lines);
  }

  /** The mark of earlier visits, and of other tabs. */
  #show(): void {
    const mark = progress.get(this.cell.page, this.cell.id);
    this.#mark.textContent = earlier(mark, this.#version, "passed");
    this.#mark.toggleAttribute("data-changed", isOutdated(mark, this.#version));
    if (this.#feedback.dataset["result"] && !this.#feedback.hasAttribute("data-stale"))
      this.#host.dataset["check"] = this.#feedback.dataset["result"];
    this.changed();
  }

  #nextHint(): void {
    const hint = this.#waiting.shift();
    if (hint) this.#hints.append(hint);
    this.#labelHint();
  }

  #labelHint(): void {
    const next = this.#count - this.#waiting.length + 1;
    const several =
      next > this.#count ? WORDS.exercise.allShown : fill(WORDS.exercise.hints, { n: next, all: this.#count });
    const single = this.#waiting.length ? WORDS.exercise.hint : WORDS.exercise.shown;
    this.#hint.querySelector("span")?.replaceChildren(this.#count > 1 ? several : single);
    enable(this.#hint, this.#waiting.length > 0);
  }
}

/** Takes the folded parts out of the page: what is to be found out does not lie open below it. */
function take(host: HTMLElement): Folded {
  const folded: Folded = { hints: [], solution: "" };
  for (const part of host.parentElement?.querySelectorAll<HTMLElement>(":scope > details[data-kind]") ?? []) {
    part.remove();
    const label = part.querySelector("summary");
    label?.remove();
    if (part.dataset["kind"] === "solution")
      folded.solution = part.querySelector("code")?.textContent?.replace(/\n+$/, "") ?? "";
    else {
      const words = make("strong", { class: "exercise-hint-label" }, label?.textContent ?? WORDS.exercise.hint);
      const hint = make("div", { class: "exercise-hint", "data-kind": "hint" }, words);
      hint.append(...part.childNodes);
      folded.hints.push(hint);
    }
  }
  return folded;
}

/** Alt+Enter, wherever in the cell the focus is; before the editor makes a new line of it. Called once. */
export function checkByKey(): void {
  addEventListener(
    "keydown",
    (event) => {
      const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event;
      if (key !== "Enter" || !altKey || ctrlKey || metaKey || shiftKey || !(target instanceof Element)) return;
      const host = target.closest("py-cell[exercise]");
      if (!host) return;
      event.preventDefault();
      event.stopPropagation();
      host.querySelector<HTMLElement>(".exercise-check")?.click();
    },
    { capture: true },
  );
}
