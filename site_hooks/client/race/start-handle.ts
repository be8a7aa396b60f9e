// The start of a race on its plane: a ring that mouse or finger drag and arrow keys move.
import { make } from "../page/dom";
import { fill } from "../shared/words";
import { short } from "./settings";
import type { Point, Stage } from "./stage";

/** Shares of the plane by which a key moves it; times so many with Shift. */
const KEY_STEP = 1 / 40;
const FAST = 5;
const KEYS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export interface StartMoves {
  /** It is there now. */
  moved(start: Point): void;
  /** It was let go. */
  rested(): void;
}

export class StartHandle {
  readonly root = make("div", { class: "race-start", role: "slider", tabindex: "0", "aria-label": WORDS.race.handle });
  #at: Point | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly moves: StartMoves,
  ) {
    this.root.hidden = true;
    this.root.addEventListener("pointerdown", (event) => this.#take(event));
    this.root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Where the start is; null where it is none of the plane's points. */
  put(at: Point | null): void {
    this.#at = at;
    const plane = at && this.stage.plane;
    this.root.hidden = !plane;
    if (!at || !plane) return;
    const [left, top] = this.stage.toPixels(within(at, plane));
    this.root.style.left = `${left}px`;
    this.root.style.top = `${top}px`;
    const [x, y] = at;
    for (const [name, value] of [
      ["valuemin", Math.min(x, plane.low[0])],
      ["valuemax", Math.max(x, plane.high[0])],
      ["valuenow", x],
      ["valuetext", fill(WORDS.scope.startAt, { point: `${short(x)}, ${short(y)}` })],
    ] as const)
      this.root.setAttribute(`aria-${name}`, String(value));
  }

  #take(event: PointerEvent): void {
    if (event.button || !this.#at) return;
    event.preventDefault();
    this.root.focus({ preventScroll: true });
    // Where it was taken it stays under the pointer.
    const { left, top, width, height } = this.root.getBoundingClientRect();
    const off = [event.clientX - left - width / 2, event.clientY - top - height / 2] as const;
    const ends = new AbortController();
    const { signal } = ends;
    let hasMoved = false;
    const move = ({ clientX, clientY, pointerId }: PointerEvent): void => {
      if (pointerId !== event.pointerId) return;
      const box = this.stage.root.getBoundingClientRect();
      hasMoved = true;
      this.#moveTo(this.stage.fromPixels(clientX - box.left - off[0], clientY - box.top - off[1]));
    };
    const rest = ({ pointerId }: PointerEvent): void => {
      if (pointerId !== event.pointerId) return;
      ends.abort();
      if (hasMoved) this.moves.rested();
    };
    // Of the window: a pointer is faster than what follows it.
    addEventListener("pointermove", move, { signal });
    for (const end of ["pointerup", "pointercancel"] as const) addEventListener(end, rest, { signal });
  }

  #key(event: KeyboardEvent): void {
    const by = KEYS[event.key];
    const { plane } = this.stage;
    if (!by || !this.#at || !plane || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const share = KEY_STEP * (event.shiftKey ? FAST : 1);
    const [x, y] = within(this.#at, plane);
    const { low, high } = plane;
    this.#moveTo([x + by[0] * share * (high[0] - low[0]), y + by[1] * share * (high[1] - low[1])]);
    this.moves.rested();
  }

  #moveTo(wanted: Point): void {
    const { plane } = this.stage;
    if (!plane) return;
    const [x, y] = within(wanted, plane);
    this.moves.moved([rounded(x, plane.high[0] - plane.low[0]), rounded(y, plane.high[1] - plane.low[1])]);
  }
}

function within([x, y]: Point, { low, high }: { low: Point; high: Point }): Point {
  return [Math.min(Math.max(x, low[0]), high[0]), Math.min(Math.max(y, low[1]), high[1])];
}

/** To about a thousandth of what is shown, and no digit more. */
function rounded(value: number, shown: number): number {
  return Number(value.toFixed(Math.min(Math.max(0, 3 - Math.ceil(Math.log10(shown))), 20)));
}
