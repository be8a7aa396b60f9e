// The lines between a cell's code and its output: what ran first, that the output is old, that time is nearly up.
import { button, make } from "../page/dom";
import { fill, weave } from "../shared/words";

export class Remarks {
  readonly root = make("div", { class: "cell-remarks", "aria-live": "polite" });
  readonly #first = make("p", { class: "cell-remark", "data-kind": "first" });
  readonly #stale = make("p", { class: "cell-remark", "data-kind": "stale" });
  readonly #limit = make("p", { class: "cell-remark", "data-kind": "limit" });

  /** Which cells run first, or ran: none takes the line away. */
  first(words: string, links: readonly Node[]): void {
    const cells = document.createDocumentFragment();
    cells.append(...links.flatMap((link, index) => (index ? [", ", link] : [link])));
    this.#show(this.#first, links.length ? weave(words, { cells }) : []);
  }

  stale(why: string | null): void {
    this.#show(this.#stale, why ? [make("strong", {}, WORDS.remark.older), ` ${why} ${WORDS.remark.again}`] : []);
  }

  /** A run ends in so many seconds; null takes the line away. `focus` gets the focus that the line may have. */
  nearLimit(seconds: number | null, goOn: () => void, focus: HTMLElement): void {
    if (this.#limit.contains(document.activeElement)) focus.focus();
    const more = button(WORDS.remark.goOn, goOn, { class: "cell-link" });
    this.#show(
      this.#limit,
      seconds === null ? [] : [fill(WORDS.remark.timeUp, { seconds: Math.ceil(seconds) }), " ", more],
    );
  }

  #show(line: HTMLElement, words: (Node | string)[]): void {
    line.replaceChildren(...words);
    if (words.length) this.root.append(line);
    else line.remove();
  }
}
