// A figure with its controls over the whole screen: a button that turns it on and off; Escape leaves.
import { button } from "../page/dom";
import { icon } from "./template";

export class FullScreen {
  /** None where the browser cannot do it. */
  readonly buttons: HTMLElement[] = [];

  /** `turned`: there is more room now, or less. */
  constructor(
    private readonly shell: HTMLElement,
    turned: () => void,
  ) {
    if (!document.fullscreenEnabled) return;
    const turn = button(WORDS.cell.fullScreen, () => this.#turn(), { class: "cell-button" });
    turn.prepend(icon("full"));
    this.buttons.push(turn);
    shell.addEventListener("fullscreenchange", () => {
      turn.querySelector("span")?.replaceChildren(this.#isOn ? WORDS.cell.leaveScreen : WORDS.cell.fullScreen);
      turned();
    });
    shell.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#isOn) this.#turn();
    });
  }

  get #isOn(): boolean {
    return document.fullscreenElement === this.shell;
  }

  #turn(): void {
    // Refused where the page lies in another one that does not allow it: then nothing changes.
    const done = this.#isOn ? document.exitFullscreen() : this.shell.requestFullscreen();
    done.catch(() => undefined);
  }
}
