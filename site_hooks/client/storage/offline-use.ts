// <offline-use>: saves the site for use without a network, on request; says how much, how far, and when it is done.
import { button, make } from "../page/dom";
import { offline, type State } from "./offline";
import { decimal, fill } from "../shared/words";

export class OfflineUse extends HTMLElement {
  #stop: (() => void) | undefined;
  #shown: State["kind"] | "asked" | undefined;
  #text = make("span", { role: "status" });
  #bar = make("progress", { max: "1", "aria-label": WORDS.offline.saving });
  #buttons = make("span", { class: "offline-buttons" });

  connectedCallback(): void {
    this.replaceChildren(this.#text, this.#bar, this.#buttons);
    this.#stop = offline.watch((state) => this.#show(state));
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  #show(state: State): void {
    const use = button(WORDS.offline.use, () => void this.#ask(state));
    switch (state.kind) {
      case "unavailable":
        this.hidden = !state.reason;
        return this.#render(state.kind, "", [use]);
      case "off":
        return this.#render(state.kind, "", [use]);
      case "saving":
        this.#bar.value = state.of ? state.bytes / state.of : 0;
        this.#bar.textContent = fill(WORDS.offline.part, { bytes: megabytes(state.bytes), all: megabytes(state.of) });
        return this.#render(state.kind, fill(WORDS.offline.now, { size: megabytes(state.of) }), [
          button(WORDS.offline.cancel, () => offline.cancel()),
        ]);
      case "saved":
        return this.#render(state.kind, fill(WORDS.offline.saved, { size: megabytes(state.bytes) }), [
          button(WORDS.offline.remove, () => void offline.remove()),
        ]);
      case "failed":
        return this.#render(state.kind, state.reason, [button(WORDS.all.again, () => void offline.save())]);
    }
  }

  /** Says how much it would be before anything is fetched. */
  async #ask(state: State): Promise<void> {
    if (state.kind === "unavailable") return this.#render("asked", state.reason, []);
    const size = await offline.size().then(megabytes, () => undefined);
    if (!size)
      return this.#render("asked", WORDS.offline.noList, [button(WORDS.all.again, () => void this.#ask(state))]);
    this.#render("asked", fill(WORDS.offline.ask, { size }), [
      button(fill(WORDS.offline.save, { size }), () => void offline.save()),
      button(WORDS.offline.notNow, () => this.#show({ kind: "off" })),
    ]);
  }

  #render(shown: State["kind"] | "asked", text: string, buttons: HTMLButtonElement[]): void {
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#bar.hidden = shown !== "saving";
    // The buttons of a state stay while its numbers change; a new one takes the focus from the one it replaces.
    if (this.#shown === shown && shown === "saving") return;
    this.#shown = shown;
    const focused = this.#buttons.contains(document.activeElement);
    this.#buttons.replaceChildren(...buttons);
    if (focused) buttons[0]?.focus();
  }
}

export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`;
  return `${decimal(bytes / 1e6, bytes < 1e7 ? 1 : 0)} MB`;
}
