// When a cell runs that follows its controls: at once, one run under way and one waiting at most; the latest code wins.

/** A run while a control is being moved, and the one after it has come to rest, which shows all. */
export type Pace = "moving" | "settled";

/** A control that is not moved for this long has come to rest. */
const REST_MS = 250;

export class LiveRuns {
  #underWay = false;
  #wanted: Pace | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly start: (pace: Pace) => void) {}

  /** A control was moved. */
  touch(): void {
    this.#endRest();
    this.#rest = setTimeout(() => this.settle(), REST_MS);
    this.#want("moving");
  }

  /** Another run is to follow the one under way. */
  get goesOn(): boolean {
    return this.#wanted !== null || this.#rest !== undefined;
  }

  /** A run with the code as it stands is wanted, at rest. */
  settle(): void {
    this.#endRest();
    this.#want("settled");
  }

  /** A run of the cell is under way, whoever asked for it. */
  began(): void {
    this.#underWay = true;
  }

  /** It is over, or it is given up: the next one begins, if one is wanted. */
  ended(): void {
    this.#underWay = false;
    const next = this.#wanted;
    this.#wanted = null;
    if (next) this.start(next);
  }

  /** No run is wanted any more. */
  cancel(): void {
    this.#endRest();
    this.#wanted = null;
  }

  #endRest(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  #want(pace: Pace): void {
    if (this.#underWay) this.#wanted = pace;
    else this.start(pace);
  }
}
