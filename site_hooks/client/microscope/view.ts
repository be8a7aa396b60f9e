// What the views of one moment have in common.
import type { MicroscopeRecord, Quantity } from "./record";

export interface Moment {
  record: MicroscopeRecord;
  /** Steps that were made: 0 is the start. */
  step: number;
  /** The quantity that is looked at. */
  lit: string | null;
}

export interface View {
  readonly root: HTMLElement;
  /** Another record, or the same one at another moment, or another quantity. */
  show(moment: Moment): void;
}

/** The element stands for a quantity: it is lit with it, and a touch asks for it. */
export const KEY = "data-q";

export function quantityOf({ quantities }: MicroscopeRecord, key: string | null): Quantity | undefined {
  return quantities.find((one) => one.key === key);
}

/** A quantity after so many steps; undefined where it has no value yet. */
export function valueAt(record: MicroscopeRecord, key: string | null, step: number): (number | null)[] | undefined {
  if (step === 0) return key === "w" ? record.path[0] : undefined;
  const values = quantityOf(record, key)?.values[step - 1];
  return values?.every((value) => value === null) ? undefined : values;
}

/** What the optimizer calls an array of its state; null for anything else. */
export function stateName(key: string): string | null {
  return /^state\.(.+)/.exec(key)?.[1] ?? null;
}

/** What stands beside a quantity's symbol: its name, where that is not what the symbol says. */
export function nameOf({ key, symbol: { text, hat, sub } }: Quantity): string {
  const known = { g: WORDS.scope.gradient, step: WORDS.scope.step }[key];
  const name = known ?? key.replace(/^(?:state|set)\./, "");
  return !hat && name === [text, ...(sub ? [sub] : [])].join("_") ? "" : name;
}

/** Arrays that are remembered, and what goes into them and comes of them. */
export function isRemembered({ key }: Quantity): boolean {
  return key === "g" || key === "step" || stateName(key) !== null;
}

const COLOURS = ["purple", "teal", "red", "blue"];

/** The colour of a quantity in all views: a custom property of the page. */
export function colourOf(record: MicroscopeRecord, key: string): string {
  if (key === "g") return "var(--orange)";
  if (key === "step") return "var(--green)";
  const states = record.quantities.filter((one) => stateName(one.key) !== null);
  const place = states.findIndex((one) => one.key === key);
  return place < 0 ? "var(--blue)" : `var(--${COLOURS[place % COLOURS.length]})`;
}
