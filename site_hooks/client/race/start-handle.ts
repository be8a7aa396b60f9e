// The start of a race on its plane: a ring that mouse or finger drag and arrow keys move.
import { make } from "../page/dom";
import { drag, keyStep, rounded } from "../plane/handle";
import { fill } from "../shared/words";
import { short } from "./settings";
import type { Point, Stage } from "./stage";

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
    drag(event, this.root, this.stage.root, {
      to: (left, top) => this.#moveTo(this.stage.fromPixels(left, top)),
      ended: (hasMoved) => hasMoved && this.moves.rested(),
    });
  }

  #key(event: KeyboardEvent): void {
    const by = keyStep(event);
    const { plane } = this.stage;
    if (!by || !this.#at || !plane) return;
    event.preventDefault();
    const [x, y] = within(this.#at, plane);
    const { low, high } = plane;
    this.#moveTo([x + by[0] * (high[0] - low[0]), y + by[1] * (high[1] - low[1])]);
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
