// The rule as formulas: each with what it has just made.
import { make } from "../page/dom";
import { math } from "./math";
import { shortAll } from "./numbers";
import { type MicroscopeRecord, stepsOf } from "./record";
import { type Moment, type View, valueAt } from "./view";

export class FormulaView implements View {
  readonly root = make("ol", { class: "scope-formulas" });
  #record: MicroscopeRecord | null = null;
  #values: HTMLElement[] = [];

  show({ record, step }: Moment): void {
    if (record !== this.#record) this.#build(record);
    this.#record = record;
    const ran = linesAt(record, step);
    for (const [place, { lines, key }] of record.formulas.entries()) {
      const isRun = ran === null || lines.some((line) => ran.includes(line));
      this.root.children[place]!.toggleAttribute("data-skipped", !isRun);
      const made = isRun && step > 0 ? (madeBy(record, lines, key, step) ?? valueAt(record, key, step)) : undefined;
      this.#values[place]!.textContent = made ? shortAll(made) : "";
    }
  }

  #build(record: MicroscopeRecord): void {
    const { formulas } = record;
    this.#values = formulas.map(() => make("span", { class: "scope-made" }));
    this.root.replaceChildren(
      ...formulas.map(({ lines, tree }, place) => {
        const row = make("li", { "data-lines": lines.join(" ") });
        row.append(math(tree), this.#values[place]!);
        return row;
      }),
    );
    if (!formulas.length)
      this.root.append(make("li", {}, stepsOf(record) ? WORDS.scope.noFormula : WORDS.scope.noStep));
  }
}

/** The lines that ran in a step; null at the start, where none has. */
export function linesAt({ source }: MicroscopeRecord, step: number): readonly number[] | null {
  return step ? (source.ran.sets[source.ran.of[step - 1] ?? -1] ?? []) : null;
}

/** What the last of these lines has made of a quantity. */
export function madeBy(
  { source }: MicroscopeRecord,
  lines: readonly number[],
  key: string | null,
  step: number,
): (number | null)[] | undefined {
  const made = source.made.findLast((one) => one.key === key && lines.includes(one.line));
  const values = made?.values[step - 1];
  return values?.every((value) => value === null) ? undefined : values;
}
