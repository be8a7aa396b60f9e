// <py-cell>: the element. It comes and goes with the page; the Cell that it shows stays.
import { Cell } from "./cell";
import type { Intent } from "../session/intent";

/** Every cell seen since the site was opened, by page and id. */
const cells = new Map<string, Cell>();

export class PyCell extends HTMLElement {
  static intent: Intent | null = null;
  static #near: IntersectionObserver | null = null;
  #cell: Cell | null = null;

  connectedCallback(): void {
    const code = this.querySelector<HTMLElement>(":scope > pre, :scope > .picture-code > pre");
    if (code) this.#take(code);
    if (!this.#cell || this.#cell.mounted) return;
    this.#cell.mount(this);
    PyCell.#near ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting && entry.target instanceof PyCell) entry.target.#cell?.near();
        }
      },
      { rootMargin: "300px" },
    );
    PyCell.#near.observe(this);
    PyCell.intent?.watch(this);
  }

  disconnectedCallback(): void {
    PyCell.#near?.unobserve(this);
    PyCell.intent?.unwatch(this);
    this.#cell?.unmount();
  }

  /** Takes over the cell of an earlier visit to this page, unless the lesson's code is another now. */
  #take(code: HTMLElement): void {
    const source = (code.querySelector("code") ?? code).textContent?.replace(/\n+$/, "") ?? "";
    const key = `${this.getAttribute("page") ?? location.pathname}#${this.id}`;
    const earlier = cells.get(key);
    if (earlier?.source === source && !earlier.mounted) {
      for (const node of this.querySelectorAll(":scope > :is(pre, .cell-form, .picture-code)")) node.remove();
      this.#cell = earlier;
      return;
    }
    this.#cell = new Cell(this, source, code);
    cells.set(key, this.#cell);
  }
}
