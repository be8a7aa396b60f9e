// A cell's head: its buttons, its status line and the progress of loading, as a state has them.
import { button, enable } from "../page/dom";
import { attribute, type CellState, isBusy, loadingStep, status } from "./state";
import { icon, type Parts } from "./template";

export interface Actions {
  run(): void;
  stop(): void;
  reset(): void;
  /** The WORDS.cell.more menu is asked for. */
  more(opener: HTMLButtonElement): void;
  /** Folded code was opened. */
  unfolded(): void;
}

export class Controls {
  readonly run: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  #fold: HTMLButtonElement | null = null;

  constructor(
    private readonly parts: Parts,
    private readonly actions: Actions,
  ) {
    this.run = button(WORDS.cell.run, () => actions.run(), {
      class: "cell-button cell-run",
      title: WORDS.cell.runKeys,
    });
    this.#stop = button(WORDS.all.stop, () => actions.stop(), {
      class: "cell-button cell-stop",
      title: WORDS.cell.stopRun,
    });
    this.#reset = button(WORDS.cell.reset, () => actions.reset(), {
      class: "cell-button cell-reset",
      title: WORDS.cell.resetTip,
    });
    const more = button(WORDS.cell.more, () => actions.more(more), {
      class: "cell-button cell-more",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    more.prepend(icon("more"));
    this.run.prepend(icon("run"));
    this.#stop.prepend(icon("stop"));
    this.#reset.prepend(icon("reset"));
    parts.buttons.append(more, this.#reset, this.#stop, this.run);
  }

  /** `follows`: the run comes and goes with the controls, and Reset does not wait for it. */
  show(state: CellState, follows = false): void {
    const { shell, loading, step, bar } = this.parts;
    this.parts.status.textContent = status(state);
    shell.dataset["state"] = attribute(state);
    shell.toggleAttribute("data-meant", state.kind === "done" && state.meant !== null);
    shell.toggleAttribute("data-unrun", state.kind === "done" && !state.ran);
    loading.hidden = state.kind !== "loading";
    if (state.kind === "loading") {
      step.textContent = loadingStep(state);
      bar.value = state.fraction;
    }
    enable(this.run, !isBusy(state));
    enable(this.#stop, isBusy(state));
    enable(this.#reset, follows || !isBusy(state));
  }

  /** The output is old. */
  again(is: boolean): void {
    this.run.querySelector("span")?.replaceChildren(is ? WORDS.cell.runAgain : WORDS.cell.run);
  }

  /** Folds code away behind a button: above it set-up code, below its picture that of a live figure. */
  fold(place: HTMLElement = this.parts.buttons): void {
    this.#fold = button(WORDS.cell.show, () => this.#turn(), { class: "cell-button", "aria-expanded": "false" });
    this.parts.shell.toggleAttribute("data-folded", true);
    place.prepend(this.#fold);
  }

  get folded(): boolean {
    return this.parts.shell.hasAttribute("data-folded");
  }

  unfold(): void {
    if (this.folded) this.#turn();
  }

  #turn(): void {
    const folded = this.parts.shell.toggleAttribute("data-folded");
    this.#fold?.setAttribute("aria-expanded", String(!folded));
    this.#fold?.querySelector("span")?.replaceChildren(folded ? WORDS.cell.show : WORDS.cell.hide);
    if (!folded) this.actions.unfolded();
  }
}
