// Says to those who listen what is new: at most once in a second, and the last word is always said.

const PAUSE_MS = 1000;

interface Options {
  /** The same words are said again; else nothing is said twice. */
  repeats?: boolean;
  now?: () => number;
}

export class Speaker {
  #words = "";
  #said = "";
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #repeats: boolean;
  readonly #now: () => number;

  constructor(
    private readonly tell: (words: string) => void,
    { repeats = false, now = () => performance.now() }: Options = {},
  ) {
    this.#repeats = repeats;
    this.#now = now;
  }

  say(words: string): void {
    this.#words = words;
    if (this.#timer !== undefined) return;
    const wait = this.#next - this.#now();
    if (wait <= 0) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#words === this.#said && !this.#repeats) return;
    this.#said = this.#words;
    this.#next = this.#now() + PAUSE_MS;
    this.tell(this.#words);
  }
}
