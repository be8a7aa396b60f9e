// A cell's head: its buttons, and the state that they and the status line show.
import { button, enable } from "../page/dom";
import { icon, type Parts } from "./template";

export type CellState = "idle" | "queued" | "loading" | "running" | "done" | "error" | "stopped";

const WORDS: Record<CellState, string> = {
  idle: "",
  queued: "Waiting",
  loading: "Loading",
  running: "Running",
  done: "Done",
  error: "Error",
  stopped: "Stopped",
};

export interface Actions {
  run(): void;
  stop(): void;
  reset(): void;
  /** Folded code was opened. */
  unfolded(): void;
}

export class Controls {
  readonly run: HTMLButtonElement;
  state: CellState = "idle";
  readonly #stop: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  #fold: HTMLButtonElement | null = null;

  constructor(
    private readonly parts: Parts,
    private readonly actions: Actions,
  ) {
    this.run = button("Run Code", () => actions.run(), {
      class: "cell-button cell-run",
      title: "Shift+Enter runs and moves on, Ctrl+Enter (⌘ Enter) runs",
    });
    this.#stop = button("Stop", () => actions.stop(), { class: "cell-button cell-stop", title: "Stop the run" });
    this.#reset = button("Reset", () => actions.reset(), {
      class: "cell-button cell-reset",
      title: "Bring back the lesson's code",
    });
    this.run.prepend(icon("run"));
    this.#stop.prepend(icon("stop"));
    this.#reset.prepend(icon("reset"));
    parts.buttons.append(this.#reset, this.#stop, this.run);
    this.show("idle");
  }

  get busy(): boolean {
    return this.state === "queued" || this.state === "loading" || this.state === "running";
  }

  /** `words` stand in the status line instead of the state's own. */
  show(state: CellState, words = WORDS[state]): void {
    this.state = state;
    this.parts.status.textContent = words;
    this.parts.shell.dataset["state"] = state;
    this.parts.loading.hidden = state !== "loading";
    enable(this.run, !this.busy);
    enable(this.#stop, this.busy);
    enable(this.#reset, !this.busy);
  }

  /** Folds set-up code away behind a button. */
  fold(): void {
    this.#fold = button("Show code", () => this.#turn(), { class: "cell-button", "aria-expanded": "false" });
    this.parts.shell.toggleAttribute("data-folded", true);
    this.parts.buttons.prepend(this.#fold);
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
    this.#fold?.querySelector("span")?.replaceChildren(folded ? "Show code" : "Hide code");
    if (!folded) this.actions.unfolded();
  }
}
