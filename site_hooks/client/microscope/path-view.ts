// The walk on its surface: the canvas is painted once for each surface, what moves is drawn above it.
import { make } from "../page/dom";
import { drag, keyStep, rounded } from "../plane/handle";
import { heightAt, paint } from "../plane/paint";
import { type Frame, Frame as FrameOf, frameOf, type Surface, surfaceOf } from "../plane/surface";
import { fill } from "../shared/words";
import { shortAll } from "./numbers";
import { type MicroscopeRecord, type Quantity, stepsOf } from "./record";
import { set, svg } from "./svg";
import { colourOf, KEY, type Moment, quantityOf, stateName, type View, valueAt } from "./view";

/** Of a picture's width, its height; and no more CSS pixels than these. */
const SHAPE = 0.74;
const TALLEST = 440;
/** Of the longest arrow of a quantity, in CSS pixels. */
const LONGEST = 80;
/** An arrow shorter than this is none. */
const SHORTEST = 3;
type Point = [x: number, y: number];

export interface StartMoves {
  /** The start was moved there. */
  moved(start: number[]): void;
  rested(): void;
}

export class PathView implements View {
  readonly root = make("div", { class: "scope-path" });
  readonly #canvas = make("canvas", { role: "img" });
  readonly #over = svg("svg", { class: "scope-over" });
  readonly #past = svg("polyline", { class: "scope-walked", [KEY]: "w" });
  readonly #future = svg("polyline", { class: "scope-to-come" });
  readonly #arrows = svg("g");
  readonly #here = svg("circle", { r: 5, class: "scope-here", [KEY]: "w" });
  readonly #places = svg("g");
  readonly #note = make("p", { class: "scope-note" });
  readonly #start = svg(
    "g",
    { class: "scope-start", role: "slider", tabindex: 0, "aria-label": WORDS.scope.start },
    svg("circle", { r: 22, class: "scope-grip" }),
    svg("circle", { r: 8, class: "scope-ring" }),
  );
  readonly #surfaces = new Map<string, Surface | null>();
  #moment: Moment | null = null;
  #surface: Surface | null = null;
  #frame: Frame = new FrameOf([0, 1], [0, 1], 1, 1);
  /** The path on the picture. */
  #points: Point[] = [];
  #painted = "";
  /** Where the start was moved to, until its walk is there. */
  #asked: number[] | null = null;
  #isHeld = false;
  /** Walks that have come since the start was let go: the first may be of an earlier place. */
  #come = 0;

  constructor(private readonly moves: StartMoves) {
    this.#over.append(this.#future, this.#past, this.#arrows, this.#places, this.#here, this.#start);
    this.root.append(this.#canvas, this.#over, this.#note);
    const theme = new MutationObserver(() => {
      if (this.root.isConnected) this.#layOut();
      else theme.disconnect();
    });
    // A page that is left takes the view away, and may bring it back.
    new ResizeObserver(() => {
      theme.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
      this.#layOut();
    }).observe(this.root);
    this.#start.addEventListener("pointerdown", (event) => this.#take(event));
    // A finger on it scrolls nothing; touch-action does not reach into SVG everywhere.
    this.#start.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    this.#start.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Whether the start can be moved. */
  set movable(is: boolean) {
    this.#start.toggleAttribute("data-fixed", !is);
    if (is) this.#start.setAttribute("tabindex", "0");
    else this.#start.removeAttribute("tabindex");
  }

  show(moment: Moment): void {
    const isNew = moment.record !== this.#moment?.record;
    this.#moment = moment;
    if (isNew) {
      this.#come += 1;
      const isThere = this.#asked?.every((part, at) => part === moment.record.path[0]?.[at]);
      if (!this.#isHeld && (isThere || this.#come > 1)) this.#asked = null;
      this.#surface = this.#surfaceOf(moment.record);
      this.#canvas.setAttribute("aria-label", moment.record.words);
      this.#layOut();
    } else this.#draw();
  }

  /** What was read last is not read again: while the start moves, the surface stays. */
  #surfaceOf({ plane }: MicroscopeRecord): Surface | null {
    if (!plane) return null;
    const name = JSON.stringify(plane);
    if (!this.#surfaces.has(name)) {
      this.#surfaces.clear();
      this.#surfaces.set(name, surfaceOf(plane));
    }
    return this.#surfaces.get(name) ?? null;
  }

  #layOut(): void {
    const width = this.root.clientWidth;
    if (!this.#moment || !width) return;
    const least = Math.round(Math.min(TALLEST, width * SHAPE));
    this.root.style.minHeight = `${least}px`;
    // As tall as what stands beside it.
    const height = Math.max(least, Math.min(TALLEST, this.root.clientHeight));
    const { record } = this.#moment;
    this.#frame = this.#surface ? frameOf(this.#surface, width, height) : lossFrame(record, width, height);
    set(this.#over, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.#over.toggleAttribute("data-flat", !this.#surface);
    const style = getComputedStyle(this.root);
    const colours = { contour: style.getPropertyValue("--contour"), ink: style.getPropertyValue("--ink-soft") };
    const painted = JSON.stringify([colours, width, height, devicePixelRatio, record.plane]);
    if (painted !== this.#painted) {
      this.#painted = painted;
      this.#canvas.style.cssText = `width:${width}px;height:${height}px`;
      if (this.#surface) paint(this.#canvas, this.#surface, this.#frame, colours);
      else this.#canvas.width = this.#canvas.height = 0;
    }
    this.#draw();
  }

  #draw(): void {
    if (!this.#moment) return;
    const { record, step } = this.#moment;
    this.#points = record.path.map((_, at) => this.#at(record, at));
    set(this.#future, { points: joined(this.#points.slice(step)) });
    this.glide(1);
    this.#drawStart();
    this.#drawArrows();
  }

  #drawStart(): void {
    const start = this.#asked ?? this.#moment?.record.path[0] ?? [];
    const [left, top] = this.#surface ? this.#place(start) : [0, 0];
    set(this.#start, { transform: `translate(${left} ${top})` });
    const [low, high] = this.#frame.across;
    set(this.#start, {
      "aria-valuemin": low,
      "aria-valuemax": high,
      "aria-valuenow": start[0] ?? 0,
      "aria-valuetext": fill(WORDS.scope.startAt, { point: shortAll(start) }),
    });
    this.#start.toggleAttribute("hidden", !this.#surface);
  }

  /** The point on its way along the step that is shown: 0 where that begins, 1 at its end. */
  glide(share: number): void {
    const step = this.#moment?.step ?? 0;
    const [to, from] = [this.#points[step], this.#points[step - 1]];
    if (!to) return;
    const part = from ? Math.min(1, Math.max(0, share)) : 1;
    const here: Point = from ? [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])] : to;
    set(this.#past, { points: joined([...this.#points.slice(0, step), here]) });
    // Outside it is at the edge, where the walk is.
    const { width, height } = this.#frame;
    const seen: Point = [inside(here[0], width), inside(here[1], height)];
    const isOutside = seen[0] !== here[0] || seen[1] !== here[1];
    set(this.#here, { cx: seen[0].toFixed(2), cy: seen[1].toFixed(2) });
    this.#here.toggleAttribute("data-outside", isOutside);
    this.#note.textContent = this.#surface ? WORDS.scope.outside : WORDS.scope.flat;
    this.#note.hidden = Boolean(this.#surface) && !isOutside;
  }

  /** Where a point of the path lies on the picture. */
  #at(record: MicroscopeRecord, step: number): Point {
    const point = record.path[step]!;
    if (!this.#surface) return [this.#frame.x(step), this.#frame.y(record.values[step] ?? 0)];
    return this.#place(point);
  }

  #place(point: readonly (number | null)[]): Point {
    const [x, y] = [point[0] ?? 0, point[1]];
    return [this.#frame.x(x), this.#frame.y(y ?? (this.#surface ? heightAt(this.#surface, x) : 0))];
  }

  #drawArrows(): void {
    const { record, step, lit } = this.#moment!;
    this.#arrows.replaceChildren();
    this.#places.replaceChildren();
    const from = record.before[step - 1];
    if (!this.#surface || !from) return;
    const shown = record.quantities.filter(
      ({ key, kind }) => kind !== "number" && (key === "g" || stateName(key) !== null || key === lit) && key !== "w",
    );
    for (const quantity of shown) {
      const value = quantity.values[step - 1];
      if (!value || value.some((part) => part === null)) continue;
      if (quantity.kind === "place") this.#drawPlace(record, quantity, value);
      else if (quantity.key !== "step") this.#drawDirection(record, quantity, value as number[], from);
    }
    const box = quantityOf(record, lit);
    if (box?.kind === "number") this.#drawBox(record, box, box.values[step - 1], from);
    const stride = valueAt(record, "step", step);
    if (stride) {
      const end = from.map((part, at) => (part ?? 0) + (stride[at] ?? 0));
      this.#arrow(record, "step", this.#place(from), this.#place(end));
    }
  }

  #drawPlace(record: MicroscopeRecord, { key }: Quantity, value: readonly (number | null)[]): void {
    const [cx, cy] = this.#place(value);
    const dot = svg("circle", { cx, cy, r: 4.5, class: "scope-place", [KEY]: key });
    dot.style.setProperty("--own", colourOf(record, key));
    this.#places.append(dot);
  }

  /** What has no direction, and a number for each weight: a box with sides as the roots of the numbers. */
  #drawBox(
    record: MicroscopeRecord,
    { key, values }: Quantity,
    value: readonly (number | null)[] | undefined,
    from: readonly (number | null)[],
  ): void {
    if (value?.length !== from.length) return;
    const most = Math.max(...values.flat().map((part) => Math.abs(part ?? 0))) || 1;
    const [wide, high] = [0, 1].map((at) => LONGEST * Math.sqrt(Math.abs(value[at] ?? value[0] ?? 0) / most)) as Point;
    const [x, y] = this.#place(from);
    const sides = { x: x - wide / 2, y: y - high / 2, width: wide, height: high };
    const box = svg("rect", { ...sides, class: "scope-box", [KEY]: key });
    box.style.setProperty("--own", colourOf(record, key));
    this.#places.append(box);
  }

  /** Downhill, as the walk goes. A long one is longer by the root, so that short ones are seen too. */
  #drawDirection(
    record: MicroscopeRecord,
    quantity: Quantity,
    value: number[],
    from: readonly (number | null)[],
  ): void {
    const { key, along, values } = quantity;
    const most = Math.max(...values.map((one) => Math.hypot(...one.map((part) => part ?? 0))));
    const size = Math.hypot(...value);
    const { across, up, width, height } = this.#frame;
    const sign = along > 0 ? -1 : 1;
    const dx = (sign * value[0]! * width) / (across[1] - across[0]);
    const dy = value.length > 1 ? (-sign * value[1]! * height) / (up[1] - up[0]) : 0;
    const span = Math.hypot(dx, dy);
    if (!size || !most || !span) return;
    const length = LONGEST * Math.sqrt(size / most);
    const [x, y] = this.#place(from);
    this.#arrow(record, key, [x, y], [x + (dx / span) * length, y + (dy / span) * length]);
  }

  #arrow(record: MicroscopeRecord, key: string, [x, y]: Point, [right, bottom]: Point): void {
    const length = Math.hypot(right - x, bottom - y);
    if (length < SHORTEST) return;
    const [dx, dy] = [(right - x) / length, (bottom - y) / length];
    const tip = Math.min(9, length / 2);
    const head = `M${right},${bottom}l${-tip * dx - 0.5 * tip * dy},${-tip * dy + 0.5 * tip * dx}l${tip * dy},${-tip * dx}z`;
    const shaft = { x1: x, y1: y, x2: right - 0.8 * tip * dx, y2: bottom - 0.8 * tip * dy };
    const arrow = svg(
      "g",
      { class: "scope-arrow", [KEY]: key },
      svg("line", { ...shaft, class: "scope-hit" }),
      svg("line", shaft),
      svg("path", { d: head }),
    );
    arrow.style.setProperty("--own", colourOf(record, key));
    if (key === this.#moment?.lit) arrow.setAttribute("data-lit", "");
    this.#arrows.append(arrow);
  }

  #take(event: PointerEvent): void {
    if (event.button || this.#start.hasAttribute("data-fixed")) return;
    this.#isHeld = true;
    drag(event, this.#start, this.#over, {
      to: (left, top) => this.#moveTo(this.#frame.at(left, top)),
      ended: (hasMoved) => {
        this.#isHeld = false;
        if (hasMoved) this.moves.rested();
      },
    });
  }

  #key(event: KeyboardEvent): void {
    const by = keyStep(event);
    if (!by || !this.#moment || this.#start.hasAttribute("data-fixed")) return;
    event.preventDefault();
    const { across, up } = this.#frame;
    const start = this.#asked ?? this.#moment.record.path[0]!;
    const [x = 0, y = 0] = start.map((part) => part ?? 0);
    const isOne = start.length === 1;
    const right = by[0] || (isOne ? by[1] : 0);
    const clamp = (value: number, [low, high]: readonly [number, number]): number =>
      Math.min(high, Math.max(low, value));
    this.#moveTo([clamp(x + right * (across[1] - across[0]), across), clamp(y + by[1] * (up[1] - up[0]), up)]);
    this.moves.rested();
  }

  #moveTo([x, y]: Point): void {
    const { across, up } = this.#frame;
    const start = [rounded(x, across[1] - across[0])];
    if (this.#moment?.record.path[0]?.length === 2) start.push(rounded(y, up[1] - up[0]));
    this.#asked = start;
    this.#come = 0;
    this.#drawStart();
    this.moves.moved(start);
  }
}

/** A surface of more weights than can be drawn: the loss, step by step. */
function lossFrame(record: MicroscopeRecord, width: number, height: number): Frame {
  const values = record.values.map((value) => value ?? 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.06 * (high - low) || 1;
  return new FrameOf([0, Math.max(1, stepsOf(record))], [low - room, high + room], width, height);
}

/** Kept on the picture: of its width or height, up to the edge. */
function inside(part: number, whole: number): number {
  return Math.min(Math.max(part, 0), whole);
}

function joined(points: readonly Point[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

/** What stands beside the picture: quantity and number. */
export function labelOf(record: MicroscopeRecord, key: string | null, step: number): string {
  const quantity = quantityOf(record, key);
  return quantity ? shortAll(valueAt(record, quantity.key, step)) : "";
}
