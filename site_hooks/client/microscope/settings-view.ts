// The optimizer's own settings, as its class names them: what is changed goes into the cell's code, into a dict `settings`
// with the optimizers' names as keys.
import { make } from "../page/dom";
import { literalValue, numberLiteral } from "../cell/literals";
import { fill } from "../shared/words";
import { dict, entries, items } from "./python-dict";
import type { MicroscopeRecord, Setting } from "./record";

/** Notches of the rate for each factor of ten. */
const NOTCHES = 20;
const [LOWEST, HIGHEST] = [-4, 1];
/** Of what is no number, the field; words and None are written as in Python. */
const TYPES: Record<string, string> = { boolean: "checkbox", string: "text" };

export interface SettingsHost {
  /** The dict as the code has it. */
  literal(): string | null;
  set(literal: string): void;
  rested(): void;
}

export class SettingsView {
  readonly root = make("fieldset", { class: "scope-settings" });
  #built = "";

  constructor(
    private readonly id: string,
    private readonly host: SettingsHost,
  ) {}

  show({ optimizer, settings }: MicroscopeRecord): void {
    const shape = JSON.stringify([optimizer, settings.map(({ name, value }) => [name, typeof value])]);
    if (shape !== this.#built) this.#build(optimizer, settings);
    this.#built = shape;
    for (const setting of settings) this.#fill({ ...setting, value: this.#now(optimizer, setting) });
  }

  /** As the code has it: the walk that is shown may be of an earlier value. */
  #now(optimizer: string, { name, value }: Setting): Setting["value"] {
    const own = entries(this.host.literal() ?? "")?.get(optimizer);
    const literal = entries(own ?? "")?.get(name);
    if (literal === undefined) return value;
    if (typeof value === "string") return literal;
    const parts = (Array.isArray(value) ? items(literal) : [literal])?.map(literalValue) ?? [];
    const isAlike = [value].flat().every((part, at) => typeof part === typeof parts[at]);
    return isAlike ? (Array.isArray(value) ? (parts as number[]) : (parts[0] as number | boolean)) : value;
  }

  #build(optimizer: string, settings: readonly Setting[]): void {
    this.root.replaceChildren(
      make("legend", {}, fill(WORDS.scope.settings, { optimizer })),
      ...settings.flatMap((setting) => this.#fields(optimizer, setting)),
    );
  }

  #fields(optimizer: string, setting: Setting): HTMLElement[] {
    const { name, value } = setting;
    const count = Array.isArray(value) ? value.length : 1;
    return Array.from({ length: count }, (_, at) => {
      const words = Array.isArray(value) ? `${name}[${at}]` : name;
      const id = `${this.id}--set-${name}-${at}`;
      const input = make("input", { id, type: TYPES[typeof value] ?? "number" });
      input.dataset["name"] = `${name}.${at}`;
      if (input.type === "text") Object.assign(input, { spellcheck: false, autocomplete: "off" });
      if (input.type === "number") input.step = setting.whole ? "1" : "any";
      const take = (): void => this.#take(optimizer, setting);
      input.addEventListener("input", take);
      input.addEventListener("change", () => this.host.rested());
      const field = make("div", { class: "scope-setting" }, make("label", { for: id }, words), input);
      if (name === "lr" && !setting.whole) field.append(this.#rate(input, take));
      return field;
    });
  }

  /** The rate, on a log scale. */
  #rate(input: HTMLInputElement, take: () => void): HTMLInputElement {
    const range = make("input", {
      type: "range",
      class: "scope-rate",
      "aria-label": fill(WORDS.scope.rate, { name: "lr" }),
    });
    Object.assign(range, { min: String(LOWEST * NOTCHES), max: String(HIGHEST * NOTCHES), step: "1" });
    range.addEventListener("input", () => {
      input.value = String(Number((10 ** (range.valueAsNumber / NOTCHES)).toPrecision(2)));
      range.setAttribute("aria-valuetext", input.value);
      take();
    });
    range.addEventListener("change", () => this.host.rested());
    return range;
  }

  #fill({ name, value }: Setting): void {
    for (const [at, part] of [value].flat().entries()) {
      const input = this.#input(name, at);
      if (!input) continue;
      const range = input.parentElement?.querySelector<HTMLInputElement>(".scope-rate");
      if (range && range !== document.activeElement)
        range.value = String(Math.round(Math.log10(Number(part)) * NOTCHES));
      range?.setAttribute("aria-valuetext", String(part));
      // What is being typed is not rewritten.
      if (input === document.activeElement && input.valueAsNumber === part) continue;
      if (typeof part === "boolean") input.checked = part;
      else if (input !== document.activeElement) input.value = String(part);
    }
  }

  #input(name: string, at: number): HTMLInputElement | null {
    return this.root.querySelector(`[data-name="${CSS.escape(`${name}.${at}`)}"]`);
  }

  #take(optimizer: string, { name, value, whole }: Setting): void {
    const all = entries(this.host.literal() ?? "") ?? new Map<string, string>();
    const own = entries(all.get(optimizer) ?? "{}") ?? new Map<string, string>();
    const count = Array.isArray(value) ? value.length : 1;
    const parts: string[] = [];
    for (let at = 0; at < count; at++) {
      const input = this.#input(name, at)!;
      const literal = literalOf(input, whole);
      if (literal === null) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (literal === null) return;
      parts.push(literal);
    }
    own.set(name, Array.isArray(value) ? `(${parts.join(", ")}${count === 1 ? "," : ""})` : parts[0]!);
    all.set(optimizer, dict(own));
    this.host.set(dict(all));
  }
}

/** What a field says, as Python writes it; null if that is nothing. */
function literalOf(input: HTMLInputElement, whole: boolean): string | null {
  if (input.type === "checkbox") return input.checked ? "True" : "False";
  if (input.type === "text") return isLiteral(input.value) ? input.value.trim() : null;
  return Number.isFinite(input.valueAsNumber) && input.validity.valid
    ? numberLiteral(input.valueAsNumber, whole)
    : null;
}

/** A number, a word in quotes, None, or a tuple of these. */
function isLiteral(text: string): boolean {
  const held = items(text);
  return held ? held.every(isLiteral) : text.trim() === "None" || literalValue(text.trim()) !== null;
}
