// The one clock of a race: what plays follows it.

/** Updates a second at the usual speed, and how long a race may take. */
const PACE = 15;
const SHORTEST_S = 4;
const LONGEST_S = 14;
/** A page that was hidden goes on where it was. */
const LONGEST_FRAME_MS = 100;

export class Clock {
  #at = 0;
  #length = 1;
  #last = 0;
  #frame = 0;
  speed = 1;

  /** `moved`: at every frame, and whenever it is set; `changed`: it plays, or it does not any more. */
  constructor(
    private readonly moved: (at: number) => void,
    private readonly changed: (isPlaying: boolean) => void,
  ) {}

  get at(): number {
    return this.#at;
  }

  get length(): number {
    return this.#length;
  }

  get isPlaying(): boolean {
    return this.#frame !== 0;
  }

  /** A race of another length. */
  reset(length: number, at: number): void {
    this.pause();
    this.#length = length;
    this.set(at);
  }

  set(at: number): void {
    this.#at = Math.min(Math.max(at, 0), this.#length);
    this.moved(this.#at);
  }

  /** From the start, if it is at its end. */
  play(): void {
    if (this.isPlaying) return;
    if (this.#at >= this.#length) this.set(0);
    this.#last = performance.now();
    this.#frame = requestAnimationFrame(this.#tick);
    this.changed(true);
  }

  pause(): void {
    if (!this.isPlaying) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.changed(false);
  }

  #tick = (now: number): void => {
    const seconds = Math.min(Math.max(this.#length / PACE, SHORTEST_S), LONGEST_S) / this.speed;
    const passed = Math.min(Math.max(now - this.#last, 0), LONGEST_FRAME_MS) / 1000;
    this.#last = now;
    this.#frame = requestAnimationFrame(this.#tick);
    this.set(this.#at + (passed / seconds) * this.#length);
    if (this.#at >= this.#length) this.pause();
  };
}
