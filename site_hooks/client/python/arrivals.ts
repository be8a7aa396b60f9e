// How much of what a start needs has arrived, and when the rest may be here.
//
// Only whole files can be seen: browsers give a file out when its hash was compared. Files that are on the line
// together share it, so one that is still on its way has brought about as much as one that began no sooner and is here.
import type { Amount } from "../shared/protocol";

/** The rate is known once something came that took at least so long: what comes sooner may have lain in the browser. */
const TIMED_MS = 500;

interface Part {
  bytes: number;
  begun: number | undefined;
  hasArrived: boolean;
}

export class Arrivals {
  readonly #parts = new Map<string, Part>();
  /** When all will be here, by the rate so far. */
  #end: number | undefined;

  constructor(private readonly now: () => number) {}

  /** What is needed in all; what was, and is not any more, counts only if it is here. */
  expect(sizes: Record<string, number>): void {
    for (const [name, { hasArrived }] of this.#parts) if (!hasArrived && !(name in sizes)) this.#parts.delete(name);
    for (const [name, bytes] of Object.entries(sizes)) {
      if (!this.#parts.has(name)) this.#parts.set(name, { bytes, begun: undefined, hasArrived: false });
    }
    this.#estimate();
  }

  began(name: string): void {
    const part = this.#parts.get(name);
    if (part) part.begun ??= this.now();
  }

  arrived(name: string): void {
    const part = this.#parts.get(name);
    if (!part) return;
    part.hasArrived = true;
    this.#estimate();
  }

  /** Undefined once all is here. */
  get amount(): Amount | undefined {
    const bytes = sum(this.#here.map((part) => part.bytes));
    if (bytes >= this.#all) return undefined;
    const left = this.#end === undefined ? undefined : Math.round((this.#end - this.now()) / 1000);
    return { bytes, of: this.#all, ...(left !== undefined && left > 0 && { seconds: left }) };
  }

  get #all(): number {
    return sum([...this.#parts.values()].map((part) => part.bytes));
  }

  get #here(): Part[] {
    return [...this.#parts.values()].filter((part) => part.hasArrived);
  }

  #estimate(): void {
    const parts = [...this.#parts.values()].filter((part) => part.begun !== undefined);
    const elapsed = this.now() - Math.min(...parts.map((part) => part.begun!));
    if (!this.#here.length || elapsed < TIMED_MS) return;
    const come = sum(parts.map((part) => (part.hasArrived ? part.bytes : Math.min(part.bytes, this.#beside(part)))));
    this.#end = this.now() + ((this.#all - come) * elapsed) / come;
  }

  /** The most that came while a part was on its way. */
  #beside({ begun }: Part): number {
    return Math.max(0, ...this.#here.filter((other) => other.begun! >= begun!).map((other) => other.bytes));
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
