// Says where a walk is, for those who listen: at most once in a second, and the last word is always said.

const PAUSE_MS = 1000;

export class Speaker {
  #words = "";
  #said = "";
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tell: (words: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  say(words: string): void {
    this.#words = words;
    if (this.#timer !== undefined) return;
    const wait = this.#next - this.now();
    if (wait <= 0) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#words === this.#said) return;
    this.#said = this.#words;
    this.#next = this.now() + PAUSE_MS;
    this.tell(this.#words);
  }
}
