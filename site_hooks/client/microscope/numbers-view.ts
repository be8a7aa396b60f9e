// All numbers of a moment as a table; each quantity is a button by which the keyboard reaches what a touch does.
import { make } from "../page/dom";
import { math } from "./math";
import { short, whole } from "./numbers";
import type { MicroscopeRecord } from "./record";
import { KEY, type Moment, nameOf, type View, valueAt } from "./view";

export class NumbersView implements View {
  readonly root = make("div", {
    class: "scope-numbers",
    role: "group",
    "aria-label": WORDS.scope.numbers,
    tabindex: "0",
  });
  #record: MicroscopeRecord | null = null;
  #rows: { key: string; button: HTMLButtonElement; places: HTMLElement[]; row: HTMLElement }[] = [];

  constructor(private readonly choose: (key: string) => void) {}

  show({ record, step, lit }: Moment): void {
    if (record !== this.#record) this.#build(record);
    this.#record = record;
    for (const { key, button, places, row } of this.#rows) {
      const values = valueAt(record, key, step);
      row.dataset["value"] = whole(values);
      for (const [at, place] of places.entries()) place.textContent = values ? short(values[at]) : "–";
      button.setAttribute("aria-pressed", String(key === lit));
    }
  }

  #build(record: MicroscopeRecord): void {
    const focused = this.#rows.find(({ button }) => button === document.activeElement)?.key;
    const weights = record.path[0]!.length;
    const widest = Math.max(weights, ...record.quantities.map(({ values }) => values[0]?.length ?? 1));
    this.#rows = record.quantities.map((quantity) => {
      const { key, symbol, names, values } = quantity;
      const button = make("button", { type: "button", "aria-pressed": "false" });
      const name = nameOf(quantity);
      button.append(math(symbol), make("span", { class: "scope-name" }, name));
      if (!name) button.setAttribute("aria-label", names[0] ?? key);
      button.addEventListener("click", () => this.choose(key));
      const width = values[0]?.length ?? (key === "w" ? weights : 1);
      const places = Array.from({ length: width }, () => make("td"));
      // One number is that of all weights, and stands below all; others stand below their own heads.
      const taken = width === 1 ? weights : width;
      if (width === 1) places[0]!.colSpan = weights;
      const rest = taken < widest ? [make("td", { colspan: String(widest - taken) })] : [];
      const head = make("th", { scope: "row" }, button);
      const row = make("tr", { [KEY]: key, title: names.join(", ") }, head, ...places, ...rest);
      return { key, button, places, row };
    });
    const heads = Array.from({ length: widest }, (_, at) =>
      make("th", { scope: "col" }, widest > 1 ? `[${at}]` : WORDS.scope.value),
    );
    this.root.replaceChildren(
      make(
        "table",
        { class: "cell-rows" },
        make("caption", {}, WORDS.scope.numbers),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, WORDS.scope.quantity), ...heads)),
        make("tbody", {}, ...this.#rows.map(({ row }) => row)),
      ),
    );
    this.#rows.find(({ key }) => key === focused)?.button.focus();
  }
}
