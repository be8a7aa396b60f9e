// Draws runs on a canvas: a chart or a plane with lines of equal height, and on it how far each run is by the clock.
import { make } from "../page/dom";
import { contour } from "../plane/contours";

export type Point = readonly [x: number, y: number];

/** A run as a stage draws it. */
export interface Line {
  name: string;
  /** Which colour and mark: 0 to 5. */
  slot: number;
  x: readonly number[];
  y: readonly number[];
  /** The clock's number at each point. */
  ticks: readonly number[];
}

export interface Scene {
  x: Axis;
  y: Axis;
  lines: Line[];
  /** Heights on the grid that fills the scene, rows from the bottom. */
  relief?: { heights: readonly number[]; size: number; levels: readonly number[] };
  /** Marked with a cross. */
  goals?: readonly Point[];
  /** One unit is as long across as up. */
  isEqual?: boolean;
}

export interface Axis {
  name: string;
  low: number;
  high: number;
  isLog?: boolean;
}

/** Variables of the site's colours, in the order of the contenders. */
export const COLOURS = ["orange", "blue", "green", "purple", "red", "ink-soft"] as const;
/** Patterns of their lines in charts. */
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [5, 5], [1, 2]] as const;
const LEFT = 54;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 38;
/** What stands at the edge is seen whole. */
const EDGE = 9;
const FONT = "13px";
/** Points nearer than this to the one before are not drawn. */
const FINE = 0.6;
const FAR = 1e5;
const LABEL = 15;

interface Drawn {
  line: Line;
  x: Float32Array;
  y: Float32Array;
  ticks: Float32Array;
}

/** What each frame takes of the style sheets. */
interface Look {
  colours: string[];
  inks: string[];
  paper: string;
  family: string;
}

function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    colours: COLOURS.map((name) => value(name) || style.color),
    inks: COLOURS.map((name) => value(`${name}-text`) || style.color),
    paper: value("paper") || "#fff",
    family: style.fontFamily,
  };
}

export class Stage {
  readonly root: HTMLElement;
  readonly #ground = make("canvas", { "aria-hidden": "true" });
  readonly #moving = make("canvas", { "aria-hidden": "true" });
  #scene: Scene | null = null;
  #drawn: Drawn[] = [];
  #look: Look = { colours: [], inks: [], paper: "", family: "" };
  #clock = 0;
  #width = 0;
  #height = 0;
  readonly #sizes = new ResizeObserver(() => this.refresh());

  constructor(
    className: string,
    private readonly options: { showsNames: boolean; isDashed: boolean },
    /** Its points have other places now. */
    private readonly laidOut: () => void = () => undefined,
  ) {
    this.root = make("div", { class: `race-stage ${className}`, role: "img" }, this.#ground, this.#moving);
    this.#sizes.observe(this.root);
  }

  /** `words`: what it shows, for who does not see it. */
  show(scene: Scene, words: string): void {
    this.#scene = scene;
    this.root.setAttribute("aria-label", words);
    const { x, y } = scene;
    const shape = scene.isEqual ? (x.high - x.low) / (y.high - y.low) : 0;
    this.root.style.aspectRatio = scene.isEqual ? String(Math.min(Math.max(shape, 0.9), 1.25)) : "";
    this.refresh();
  }

  /** Anew, after a change of size or of theme. */
  refresh(): void {
    if (!this.#scene || !this.root.clientWidth) return;
    this.#width = this.root.clientWidth;
    this.#height = this.root.clientHeight;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    for (const canvas of [this.#ground, this.#moving]) {
      canvas.width = Math.round(this.#width * ratio);
      canvas.height = Math.round(this.#height * ratio);
    }
    this.#look = lookOf(this.root);
    this.#drawn = this.#scene.lines.map((line) => this.#place(line));
    this.#drawGround(ratio);
    this.draw(this.#clock);
    this.laidOut();
  }

  /** What it shows, once it shows something. */
  get plane(): { low: Point; high: Point } | null {
    if (!this.#scene || !this.#width) return null;
    const { x, y } = this.#scene;
    return { low: [x.low, y.low], high: [x.high, y.high] };
  }

  /** From its upper left corner. */
  toPixels([x, y]: Point): Point {
    return [this.root.clientLeft + this.#toX(x), this.root.clientTop + this.#toY(y)];
  }

  fromPixels(left: number, top: number): Point {
    const { x, y } = this.#scene!;
    const across = (left - this.root.clientLeft - LEFT) / (this.#width - LEFT - RIGHT);
    const up = (this.#height - BOTTOM - top + this.root.clientTop) / (this.#height - TOP - BOTTOM);
    return [x.low + across * (x.high - x.low), y.low + up * (y.high - y.low)];
  }

  /** How far all runs are by the clock. */
  draw(clock: number): void {
    this.#clock = clock;
    const on = this.#moving.getContext("2d");
    if (!on || !this.#scene) return;
    const { colours, paper } = this.#look;
    on.setTransform(this.#moving.width / this.#width, 0, 0, this.#moving.height / this.#height, 0, 0);
    on.clearRect(0, 0, this.#width, this.#height);
    on.save();
    this.#clip(on);
    on.lineWidth = 2.2;
    on.lineJoin = "round";
    const heads = this.#drawn.map((drawn) => {
      on.strokeStyle = on.fillStyle = colours[drawn.line.slot]!;
      on.setLineDash(this.options.isDashed ? [...DASHES[drawn.line.slot]!] : []);
      return trace(on, drawn, clock);
    });
    on.setLineDash([]);
    for (const [at, head] of heads.entries()) {
      const { slot } = this.#drawn[at]!.line;
      on.fillStyle = colours[slot]!;
      on.strokeStyle = paper;
      mark(on, slot, ...head);
    }
    on.restore();
    if (this.options.showsNames) this.#drawNames(on, heads);
  }

  #drawNames(on: CanvasRenderingContext2D, heads: [number, number][]): void {
    const { inks, paper, family } = this.#look;
    on.font = `600 ${FONT} ${family}`;
    on.textBaseline = "middle";
    on.lineJoin = "round";
    on.lineWidth = 4;
    on.strokeStyle = paper;
    for (const { at, y } of apart(
      heads.map(([, y]) => y),
      TOP + LABEL / 2,
      this.#height - BOTTOM - LABEL / 2,
    )) {
      const { line } = this.#drawn[at]!;
      const width = on.measureText(line.name).width;
      const x = Math.min(Math.max(heads[at]![0], LEFT), this.#width - RIGHT);
      const isRight = x + 10 + width < this.#width - RIGHT;
      on.textAlign = isRight ? "left" : "right";
      on.fillStyle = inks[line.slot]!;
      const from = isRight ? x + 10 : x - 10;
      on.strokeText(line.name, from, y);
      on.fillText(line.name, from, y);
    }
  }

  #clip(on: CanvasRenderingContext2D): void {
    on.beginPath();
    on.rect(LEFT - EDGE, TOP - EDGE, this.#width - LEFT - RIGHT + 2 * EDGE, this.#height - TOP - BOTTOM + 2 * EDGE);
    on.clip();
  }

  #toX(value: number): number {
    return LEFT + part(this.#scene!.x, value) * (this.#width - LEFT - RIGHT);
  }

  #toY(value: number): number {
    return this.#height - BOTTOM - part(this.#scene!.y, value) * (this.#height - TOP - BOTTOM);
  }

  #place(line: Line): Drawn {
    const x: number[] = [];
    const y: number[] = [];
    const ticks: number[] = [];
    for (const [at, tick] of line.ticks.entries()) {
      const px = bounded(this.#toX(line.x[at]!));
      const py = bounded(this.#toY(line.y[at]!));
      const isFirst = !ticks.length;
      const isNear = !isFirst && Math.hypot(px - x.at(-1)!, py - y.at(-1)!) < FINE;
      if (isNear && at + 1 < line.ticks.length) continue;
      x.push(px);
      y.push(py);
      ticks.push(tick);
    }
    return { line, x: Float32Array.from(x), y: Float32Array.from(y), ticks: Float32Array.from(ticks) };
  }

  #drawGround(ratio: number): void {
    const on = this.#ground.getContext("2d");
    if (!on || !this.#scene) return;
    const { x, y, relief, goals = [] } = this.#scene;
    const style = getComputedStyle(this.root);
    on.setTransform(ratio, 0, 0, ratio, 0, 0);
    on.clearRect(0, 0, this.#width, this.#height);
    on.font = `${FONT} ${style.fontFamily}`;
    on.strokeStyle = style.getPropertyValue("--rule");
    on.fillStyle = style.getPropertyValue("--ink-soft");
    on.strokeRect(LEFT, TOP, this.#width - LEFT - RIGHT, this.#height - TOP - BOTTOM);
    on.textAlign = "center";
    on.textBaseline = "top";
    for (const value of stops(x, this.#width / 90)) {
      const px = this.#toX(value);
      on.fillText(written(x, value), px, this.#height - BOTTOM + 5);
      if (!relief) line(on, px, TOP, px, this.#height - BOTTOM);
    }
    on.fillText(x.name, LEFT + (this.#width - LEFT - RIGHT) / 2, this.#height - 16);
    on.textAlign = "right";
    on.textBaseline = "middle";
    for (const value of stops(y, this.#height / 50)) {
      const py = this.#toY(value);
      on.fillText(written(y, value), LEFT - 6, py);
      if (!relief) line(on, LEFT, py, this.#width - RIGHT, py);
    }
    on.save();
    on.translate(11, TOP + (this.#height - TOP - BOTTOM) / 2);
    on.rotate(-Math.PI / 2);
    on.textAlign = "center";
    on.fillText(y.name, 0, 0);
    on.restore();
    this.#clip(on);
    if (relief) this.#drawRelief(on, relief, style);
    on.lineWidth = 2;
    on.strokeStyle = style.getPropertyValue("--ink");
    for (const [gx, gy] of goals) {
      const [px, py] = [this.#toX(gx), this.#toY(gy)];
      line(on, px - 6, py, px + 6, py);
      line(on, px, py - 6, px, py + 6);
    }
    on.globalAlpha = 0.3;
    on.lineWidth = 1.2;
    for (const drawn of this.#drawn) {
      on.strokeStyle = style.getPropertyValue(`--${COLOURS[drawn.line.slot]}`);
      trace(on, drawn, Number.POSITIVE_INFINITY);
    }
    on.globalAlpha = 1;
  }

  #drawRelief(
    on: CanvasRenderingContext2D,
    { heights, size, levels }: NonNullable<Scene["relief"]>,
    style: CSSStyleDeclaration,
  ): void {
    const { x, y } = this.#scene!;
    const toX = (column: number): number => this.#toX(x.low + (column / (size - 1)) * (x.high - x.low));
    const toY = (row: number): number => this.#toY(y.low + (row / (size - 1)) * (y.high - y.low));
    on.strokeStyle = style.getPropertyValue("--contour") || style.getPropertyValue("--blue");
    on.globalAlpha = 0.38;
    on.lineWidth = 1;
    const grid = Float32Array.from(heights);
    for (const level of levels) {
      const segments = contour(grid, size, size, level);
      on.beginPath();
      for (let at = 0; at < segments.length; at += 4) {
        on.moveTo(toX(segments[at]!), toY(segments[at + 1]!));
        on.lineTo(toX(segments[at + 2]!), toY(segments[at + 3]!));
      }
      on.stroke();
    }
    on.globalAlpha = 1;
  }
}

/** Draws a run until the clock's number; where its end is then. */
function trace(on: CanvasRenderingContext2D, { x, y, ticks }: Drawn, clock: number): [number, number] {
  on.beginPath();
  on.moveTo(x[0]!, y[0]!);
  let at = 1;
  for (; at < ticks.length && ticks[at]! <= clock; at++) on.lineTo(x[at]!, y[at]!);
  let head: [number, number] = [x[at - 1]!, y[at - 1]!];
  if (at < ticks.length) {
    const part = (clock - ticks[at - 1]!) / (ticks[at]! - ticks[at - 1]!);
    head = [head[0] + part * (x[at]! - head[0]), head[1] + part * (y[at]! - head[1])];
    on.lineTo(...head);
  }
  on.stroke();
  return head;
}

/** A mark for each slot, so that they are told apart without their colours. */
function mark(on: CanvasRenderingContext2D, slot: number, x: number, y: number): void {
  const r = 5.5;
  const shapes: (readonly [number, number])[][] = [
    [],
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ],
    [
      [0, -1.25],
      [1.15, 0.85],
      [-1.15, 0.85],
    ],
    [
      [0, -1.35],
      [1.35, 0],
      [0, 1.35],
      [-1.35, 0],
    ],
    [
      [0, 1.25],
      [1.15, -0.85],
      [-1.15, -0.85],
    ],
    [
      [-0.4, -1.2],
      [0.4, -1.2],
      [0.4, -0.4],
      [1.2, -0.4],
      [1.2, 0.4],
      [0.4, 0.4],
      [0.4, 1.2],
      [-0.4, 1.2],
      [-0.4, 0.4],
      [-1.2, 0.4],
      [-1.2, -0.4],
      [-0.4, -0.4],
    ],
  ];
  on.beginPath();
  if (slot === 0) on.arc(x, y, r, 0, 2 * Math.PI);
  for (const [at, [dx, dy]] of shapes[slot]!.entries()) {
    if (at) on.lineTo(x + r * dx, y + r * dy);
    else on.moveTo(x + r * dx, y + r * dy);
  }
  on.closePath();
  on.lineWidth = 3;
  on.stroke();
  on.fill();
}

/** Places for labels as near as can be to where they belong, none over another. */
export function apart(wanted: readonly number[], low: number, high: number): { at: number; y: number }[] {
  const placed = wanted
    .map((y, at) => ({ at, y: Math.min(Math.max(y, low), high) }))
    .sort((one, other) => one.y - other.y);
  for (let at = 1; at < placed.length; at++) placed[at]!.y = Math.max(placed[at]!.y, placed[at - 1]!.y + LABEL);
  let most = high;
  for (const one of [...placed].reverse()) {
    one.y = Math.min(one.y, most);
    most = one.y - LABEL;
  }
  return placed;
}

function line(on: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  on.beginPath();
  on.moveTo(x, y);
  on.lineTo(toX, toY);
  on.stroke();
}

function bounded(pixel: number): number {
  return Math.min(Math.max(pixel, -FAR), FAR);
}

function part({ low, high, isLog }: Axis, value: number): number {
  return isLog ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Round numbers along an axis, about so many. */
export function stops({ low, high, isLog }: Axis, about: number): number[] {
  const many = Math.max(2, Math.floor(about));
  if (isLog) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first + 1) / many));
    const powers = Array.from(
      { length: Math.max(0, Math.floor((last - first) / step) + 1) },
      (_, at) => 10 ** (first + at * step),
    );
    if (powers.length > 1) return powers;
    const between = [first - 1, first].flatMap((power) => [1, 2, 5].map((times) => Number(`${times}e${power}`)));
    return between.filter((value) => value >= low && value <= high);
  }
  const rough = (high - low) / many;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((times) => times * unit >= rough) ?? 10);
  const found: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(at * step);
  return found;
}

function written({ isLog }: Axis, value: number): string {
  if (!isLog) return String(Number(value.toPrecision(6)));
  const rounded = Number(value.toPrecision(3));
  return rounded >= 0.01 && rounded < 1e4 ? String(rounded) : rounded.toExponential().replace("e+", "e");
}
