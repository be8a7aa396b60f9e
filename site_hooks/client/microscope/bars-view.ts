// Gradient, state and step as bars over their history: one strip for each weight. A touch goes to that step.
import { make } from "../page/dom";
import { math } from "./math";
import { shortAll } from "./numbers";
import { type MicroscopeRecord, type Quantity, stepsOf } from "./record";
import { set, svg } from "./svg";
import { colourOf, isRemembered, KEY, type Moment, nameOf, type View, valueAt } from "./view";

/** Of a strip, in its own units. */
const HEIGHT = 26;
/** Part of a bar's room that stays free. */
const GAP = 0.15;

interface Strip {
  past: SVGElement;
  future: SVGElement;
  now: SVGElement;
  bars: string[];
}

interface Row {
  key: string;
  root: HTMLElement;
  number: HTMLElement;
  strips: Strip[];
}

export class BarsView implements View {
  readonly root = make("div", { class: "scope-bars" });
  #record: MicroscopeRecord | null = null;
  #rows: Row[] = [];
  /** A quantity that has bars only as long as it is lit. */
  #guest: string | null = null;

  constructor(private readonly seek: (step: number) => void) {}

  show({ record, step, lit }: Moment): void {
    const remembered = record.quantities.filter(isRemembered);
    const guest = record.quantities.find((one) => one.key === lit && !isRemembered(one)) ?? null;
    if (record !== this.#record || (guest?.key ?? null) !== this.#guest) {
      this.#rows = [...remembered, ...(guest ? [guest] : [])].map((one) => this.#row(record, one));
      this.root.replaceChildren(...this.#rows.map((row) => row.root));
    }
    this.#record = record;
    this.#guest = guest?.key ?? null;
    for (const { key, number, strips } of this.#rows) {
      number.textContent = shortAll(valueAt(record, key, step));
      for (const { past, future, now, bars } of strips) {
        set(past, { d: bars.slice(0, Math.max(0, step - 1)).join("") });
        set(now, { d: bars[step - 1] ?? "" });
        set(future, { d: bars.slice(step).join("") });
      }
    }
  }

  #row(record: MicroscopeRecord, quantity: Quantity): Row {
    const number = make("span", { class: "scope-number" });
    const label = make("div", { class: "scope-bar-label" });
    label.append(math(quantity.symbol), make("span", { class: "scope-name" }, nameOf(quantity)), number);
    const strips = (quantity.values[0] ?? []).map((_, weight) => strip(record, quantity, weight));
    const root = make("div", { class: "scope-bar-row", [KEY]: quantity.key }, label);
    for (const { picture } of strips) {
      picture.addEventListener("pointerdown", (event) => this.#touch(event, picture, record));
      picture.addEventListener("pointermove", (event) => event.buttons && this.#touch(event, picture, record));
      root.append(picture);
    }
    root.style.setProperty("--own", colourOf(record, quantity.key));
    return { key: quantity.key, root, number, strips };
  }

  #touch(event: PointerEvent, picture: Element, record: MicroscopeRecord): void {
    const { left, width } = picture.getBoundingClientRect();
    const steps = stepsOf(record);
    this.seek(Math.min(steps, Math.max(1, Math.ceil(((event.clientX - left) / width) * steps))));
  }
}

/** All bars of one weight, to the largest of them. */
function strip(record: MicroscopeRecord, { values }: Quantity, weight: number): Strip & { picture: SVGSVGElement } {
  const numbers = values.map((row) => row[weight] ?? 0);
  const most = Math.max(...numbers.map(Math.abs)) || 1;
  const isSigned = numbers.some((value) => value < 0);
  const zero = isSigned ? HEIGHT / 2 : HEIGHT;
  const bars = numbers.map((value, at) => {
    const top = zero - (value / most) * (isSigned ? HEIGHT / 2 : HEIGHT);
    return `M${at + GAP},${zero}V${top.toFixed(2)}H${at + 1 - GAP}V${zero}z`;
  });
  const [past, now, future] = ["past", "now", "future"].map((name) => svg("path", { class: `scope-${name}` }));
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${Math.max(1, stepsOf(record))} ${HEIGHT}`,
      preserveAspectRatio: "none",
      class: "scope-strip",
      "aria-hidden": "true",
    },
    svg("line", { x1: 0, x2: stepsOf(record), y1: zero, y2: zero, class: "scope-zero" }),
    future!,
    past!,
    now!,
  );
  return { past: past!, now: now!, future: future!, bars, picture };
}
