// Notices that a learner is about to run something, so that Python can start ahead of the click; nothing loads before.
import { savesData } from "../page/data-saver";

const LINGER_MS = 2000;
const STEPS = Array.from({ length: 21 }, (_, index) => index / 20);

/** Watches for intent until the first sign of it. */
export class Intent {
  #lingering = new Map<Element, ReturnType<typeof setTimeout>>();
  #inView = new Set<Element>();
  #scrolled = false;
  #pointer = "";
  #stop = new AbortController();
  #observer: IntersectionObserver | null = null;

  constructor(private readonly onIntent: (cell: Element) => void) {
    if (savesData()) return;
    this.#observer = new IntersectionObserver((entries) => entries.forEach((entry) => void this.#seen(entry)), {
      threshold: STEPS,
    });
    const options = { capture: true, passive: true, signal: this.#stop.signal };
    for (const type of ["pointerdown", "touchstart", "focusin"]) {
      document.addEventListener(type, (event) => this.#touched(event), options);
    }
    document.addEventListener("pointermove", (event) => this.#moved(event), options);
    // A page that scrolls away under a resting pointer sends moves too: only a new place on the screen counts.
    document.addEventListener("wheel", (event) => (this.#pointer = place(event)), options);
    addEventListener("scroll", () => this.#scroll(), options);
  }

  watch(cell: Element): void {
    if (!this.#stop.signal.aborted) this.#observer?.observe(cell);
  }

  unwatch(cell: Element): void {
    this.#observer?.unobserve(cell);
    this.#out(cell);
  }

  #touched(event: Event): void {
    const cell = event.target instanceof Element && event.target.closest("py-cell");
    if (cell) this.#shown(cell);
  }

  #moved(event: PointerEvent): void {
    const moved = place(event) !== this.#pointer;
    this.#pointer = place(event);
    if (moved) this.#touched(event);
  }

  #scroll(): void {
    if (this.#scrolled) return;
    this.#scrolled = true;
    for (const cell of this.#inView) this.#linger(cell);
  }

  #seen(entry: IntersectionObserverEntry): void {
    const half = entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= innerHeight / 2;
    if (!half) return this.#out(entry.target);
    if (this.#inView.has(entry.target)) return;
    this.#inView.add(entry.target);
    if (this.#scrolled) this.#linger(entry.target);
  }

  #linger(cell: Element): void {
    this.#lingering.set(
      cell,
      setTimeout(() => this.#shown(cell), LINGER_MS),
    );
  }

  #out(cell: Element): void {
    this.#inView.delete(cell);
    clearTimeout(this.#lingering.get(cell));
    this.#lingering.delete(cell);
  }

  #shown(cell: Element): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#observer?.disconnect();
    for (const timer of this.#lingering.values()) clearTimeout(timer);
    this.onIntent(cell);
  }
}

function place(event: MouseEvent): string {
  return `${event.screenX} ${event.screenY}`;
}
