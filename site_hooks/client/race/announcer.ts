// What a screen reader is told: the newest words, at most once a second.

const APART_MS = 1000;

export class Announcer {
  #last = Number.NEGATIVE_INFINITY;
  #waiting: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly region: HTMLElement) {}

  say(words: string): void {
    this.#waiting = words;
    const wait = this.#last + APART_MS - performance.now();
    if (wait <= 0) this.#speak();
    else this.#timer ??= setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === null) return;
    this.region.textContent = this.#waiting;
    this.#waiting = null;
    this.#last = performance.now();
  }
}
