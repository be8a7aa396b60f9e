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

export interface Terminal {
  /** Lines that are done. */
  finished: string;
  /** The last line as it stands. */
  shown: string;
  /** The same with the cursor's place, for the next call. */
  last: string;
}

/**
 * Adds text to a terminal's last line. A carriage return goes to the line's beginning and \b one place back; what follows
 * is written over what stands there, as progress bars do.
 */
export function terminal(last: string, text: string): Terminal {
  const lines = (last + text).replaceAll("\r\n", "\n").split("\n");
  const open = lines.pop() ?? "";
  const { shown, before } = written(open);
  return {
    finished: lines.map((line) => `${written(line).shown}\n`).join(""),
    shown,
    last: before === shown ? shown : `${shown}\r${before}`,
  };
}

/** A line as a terminal shows it, and what of it is before the cursor. */
function written(line: string): { shown: string; before: string } {
  if (!/[\r\b]/.test(line)) return { shown: line, before: line };
  const letters: string[] = [];
  let at = 0;
  for (const letter of line) {
    if (letter === "\r") at = 0;
    else if (letter === "\b") at = Math.max(0, at - 1);
    else letters[at++] = letter;
  }
  return { shown: letters.join(""), before: letters.slice(0, at).join("") };
}
