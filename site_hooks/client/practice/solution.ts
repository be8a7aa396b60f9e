// The solution of an exercise: shown after a try, or to those who say that they want it; beside the learner's code, and
// never in its place unless they choose that.
import { button, make } from "../page/dom";
import type { Comparison } from "./comparison";
import { loadComparison } from "./load-comparison";

export interface SolutionOptions {
  code: string;
  /** The learner's code as it stands. */
  mine(): string;
  /** An answer was checked. */
  isTried(): boolean;
  /** Puts the solution in the place of the learner's code. */
  use(): void;
}

export class Solution {
  readonly root = make("div", { class: "exercise-solution" });
  readonly button = button(WORDS.exercise.solution, () => this.#turn(), {
    class: "cell-button",
    "aria-expanded": "false",
  });
  #comparison: Comparison | null = null;
  #asked = false;
  #seen = false;

  constructor(private readonly options: SolutionOptions) {}

  /** It was looked at. */
  get seen(): boolean {
    return this.#seen;
  }

  /** The learner's code has changed. */
  update(): void {
    this.#comparison?.update(this.options.mine());
  }

  /** An answer was checked: the question whether to try first is answered. */
  tried(): void {
    const asking = this.root.querySelector(".exercise-question");
    if (!asking) return;
    const hasFocus = asking.contains(document.activeElement);
    this.#close();
    if (hasFocus) this.button.focus();
  }

  get #isOpen(): boolean {
    return this.root.childElementCount > 0;
  }

  #turn(): void {
    if (this.#isOpen) this.#close();
    else if (this.#seen || this.#asked || this.options.isTried()) this.#open();
    else this.#ask();
    this.button.setAttribute("aria-expanded", String(this.#isOpen));
  }

  #ask(): void {
    const show = button(
      WORDS.exercise.showIt,
      () => {
        this.#asked = true;
        this.#open();
        this.button.focus();
      },
      { class: "cell-link" },
    );
    const wait = button(
      WORDS.exercise.tryFirst,
      () => {
        this.#close();
        this.button.focus();
      },
      { class: "cell-link" },
    );
    this.root.replaceChildren(make("p", { class: "exercise-question" }, WORDS.exercise.ask, show, wait));
    show.focus();
  }

  #close(): void {
    this.#comparison?.destroy();
    this.#comparison = null;
    this.root.replaceChildren();
    this.button.setAttribute("aria-expanded", "false");
  }

  #open(): void {
    this.#seen = true;
    const { code, mine, use } = this.options;
    const plain = make("pre", { class: "exercise-plain" }, make("code", {}, code));
    const room = make("div", { class: "exercise-comparison" });
    const panel = make(
      "div",
      { "data-kind": "solution", role: "group", "aria-label": WORDS.exercise.solution },
      make(
        "div",
        { class: "exercise-heads", "aria-hidden": "true" },
        make("span", {}, WORDS.all.yourCode),
        make("span", {}, WORDS.all.aSolution),
      ),
      make("p", { class: "exercise-below" }, WORDS.exercise.below),
      room,
      plain,
      make(
        "div",
        { class: "exercise-bar" },
        button(WORDS.exercise.use, use, { class: "cell-button", title: WORDS.exercise.useTip }),
        button(
          WORDS.all.close,
          () => {
            this.#close();
            this.button.focus();
          },
          { class: "cell-button" },
        ),
      ),
    );
    this.root.replaceChildren(panel);
    // Where the comparison does not come, the solution can be read all the same.
    loadComparison()
      .then(({ compare }) => {
        if (!panel.isConnected) return;
        this.#comparison = compare(room, mine(), code, (layout) => (panel.dataset["compared"] = layout));
      })
      .catch(() => {});
  }
}
