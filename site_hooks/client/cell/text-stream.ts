// Text that a cell prints: gathered between two paints, capped on the page, kept in full for saving.

/** Characters of one run that the page shows. */
export const SHOWN = 200_000;
/** Characters of one run that can be saved. */
export const KEPT = 20_000_000;

export class TextStream {
  /** Characters printed so far. */
  total = 0;
  #kept: string[] = [];
  #keptLength = 0;
  #waiting = "";
  #taken = 0;

  constructor(
    private readonly shown = SHOWN,
    private readonly limit = KEPT,
  ) {}

  push(text: string): void {
    this.total += text.length;
    const keep = text.slice(0, Math.max(0, this.limit - this.#keptLength));
    if (keep) {
      this.#kept.push(keep);
      this.#keptLength += keep.length;
    }
    this.#waiting += text.slice(0, Math.max(0, this.shown - this.#taken - this.#waiting.length));
  }

  /** What is to be shown since the last call. */
  take(): string {
    const text = this.#waiting;
    this.#taken += text.length;
    this.#waiting = "";
    return text;
  }

  /** More was printed than the page shows. */
  get cut(): boolean {
    return this.total > this.shown;
  }

  /** More was printed than can be saved. */
  get lost(): boolean {
    return this.total > this.limit;
  }

  /** Everything kept, as a text file. */
  file(): Blob {
    return new Blob(this.#kept, { type: "text/plain;charset=utf-8" });
  }
}

/**
 * Adds text to a terminal's last line: what follows a carriage return overwrites it, as progress bars do.
 * Returns the lines that are finished, and the last one as it stands.
 */
export function terminal(last: string, text: string): { finished: string; last: string } {
  const lines = (last + text).replaceAll("\r\n", "\n").split("\n");
  const shown = lines.map(overwritten);
  const end = shown.pop() ?? "";
  return { finished: shown.map((line) => `${line}\n`).join(""), last: end };
}

function overwritten(line: string): string {
  // A carriage return at the very end waits for what overwrites the line.
  const start = line.lastIndexOf("\r", line.length - 2) + 1;
  return start ? line.slice(start) : line;
}
