// The table of a race: each contender's numbers at the moment of the clock; sorted by any column, and copied as CSV.
import { csv } from "../grade/csv";
import { make } from "../page/dom";
import { SIGNS } from "./form";
import { type Answer, reached, ticks } from "./runs";
import { type Race, short } from "./settings";

/** Its column; the distance follows. */
const LOSS = 4;

type Cells = (number | string | null)[];

interface Row {
  slot: number;
  name: string;
  node: HTMLTableRowElement;
  cells: HTMLTableCellElement[];
  /** Why there are no numbers. */
  error: string | null;
  at(clock: number): Cells;
}

export class Results {
  readonly root = make("div", { class: "race-table", role: "region", "aria-label": WORDS.race.results, tabindex: "0" });
  #rows: Row[] = [];
  #columns: string[] = [];
  /** The column of shares. */
  #right: number | null = null;
  #clock = 0;
  /** Column, and whether it rises. */
  #sorted: [number, boolean] | null = null;
  #body = make("tbody");
  readonly #caption = make("caption");

  show(race: Race, answer: Answer, names: readonly string[]): void {
    const isModel = answer.runs.some((run) => "right" in run && run.right !== null);
    const away = answer.plane?.from === "start" ? WORDS.race.fromStart : WORDS.race.distance;
    this.#right = isModel ? LOSS + 3 : null;
    this.#columns = [WORDS.race.contender, "lr", WORDS.race.steps, WORDS.race.gradients, WORDS.race.loss, away];
    this.#columns.push(WORDS.race.worst);
    if (isModel) this.#columns.push(WORDS.race.right);
    this.#columns.push(WORDS.race.note);
    this.#body = make("tbody");
    this.#rows = answer.runs.map((run, slot) => {
      const name = names[slot]!;
      const { lr } = race.contenders[slot]!;
      const node = make("tr", { "data-slot": String(slot) });
      const cells = this.#columns.map((column, at) => {
        const sign = make("span", { class: "race-sign", "aria-hidden": "true" }, SIGNS[slot]!);
        return at ? make("td", { "data-label": column }) : make("th", { scope: "row" }, sign, name);
      });
      node.append(...cells);
      const on = "error" in run ? [] : ticks(run, race.by);
      const at = (clock: number): Cells => {
        const rest = isModel ? [null] : [];
        if ("error" in run) return [name, lr, null, null, null, null, null, ...rest, run.error];
        const step = reached(on, clock);
        const right = isModel ? [run.right] : [];
        const note = run.stopped && step === run.lr.length ? run.stopped : "";
        return [
          name,
          lr,
          step,
          run.evaluations[step]!,
          run.loss[step]!,
          run.distance[step]!,
          run.score,
          ...right,
          note,
        ];
      };
      return { slot, name, node, cells, error: "error" in run ? run.error : null, at };
    });
    this.#sorted = null;
    this.#body.append(...this.#rows.map(({ node }) => node));
    const heads = this.#columns.map((column, at) => {
      const sort = make("button", { type: "button" }, column);
      sort.addEventListener("click", () => this.#sort(at));
      return make("th", { scope: "col" }, sort);
    });
    this.root.replaceChildren(
      make("table", {}, this.#caption, make("thead", {}, make("tr", {}, ...heads)), this.#body),
    );
    this.draw(this.#clock, "");
  }

  /** The numbers at a moment. */
  draw(clock: number, words: string): void {
    this.#clock = clock;
    this.#caption.textContent = words;
    for (const { cells, at } of this.#rows) {
      for (const [column, value] of at(clock).entries()) {
        if (column === 0) continue;
        const text = typeof value === "number" ? this.#written(column, value) : (value ?? "");
        if (cells[column]!.textContent !== text) cells[column]!.textContent = text;
      }
    }
  }

  /** The contenders' names with a column's numbers, the smallest first. */
  ranked(clock: number): { name: string; loss: number; distance: number }[] {
    return this.#rows
      .map(({ at }) => at(clock))
      .flatMap((cells) =>
        typeof cells[LOSS] === "number"
          ? [{ name: String(cells[0]), loss: cells[LOSS], distance: Number(cells[LOSS + 1]) }]
          : [],
      )
      .sort((one, other) => one.loss - other.loss);
  }

  /** Who did not run at all, and why. */
  get failed(): string[] {
    return this.#rows.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`]));
  }

  /** As the rows stand, with all digits. */
  csv(clock: number): string {
    const rows = [...this.#body.rows].map((node) => this.#rows.find((row) => row.node === node)!.at(clock));
    return csv([this.#columns, ...rows.map((row) => row.map((value) => value ?? ""))]);
  }

  #written(column: number, value: number): string {
    return column === this.#right ? `${(100 * value).toFixed(1)} %` : short(value);
  }

  #sort(column: number): void {
    const rises = this.#sorted?.[0] === column ? !this.#sorted[1] : true;
    this.#sorted = [column, rises];
    const value = (row: Row): number | string | null => row.at(this.#clock)[column] ?? null;
    const sorted = [...this.#rows].sort((one, other) => compare(value(one), value(other), rises));
    this.#body.append(...sorted.map(({ node }) => node));
    for (const [at, head] of this.root.querySelectorAll("thead th").entries()) {
      if (at === column) head.setAttribute("aria-sort", rises ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }
}

/** What has no number comes last, either way. */
function compare(one: number | string | null, other: number | string | null, rises: boolean): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order = one < other ? -1 : one > other ? 1 : 0;
  return rises ? order : -order;
}
