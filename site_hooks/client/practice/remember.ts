// Keeps a mark, and says once where the browser refuses that.
import { make } from "../page/dom";
import { type Deed, progress } from "../storage/progress";
import type { Refusal } from "../storage/refusal";

const REFUSED: Record<Refusal, string> = {
  blocked: "This browser blocks storage, so it keeps no data for this site: your marks are gone when you leave it.",
  full: "This browser’s storage for this site is full: this mark is gone when you leave it. The help page says how to make room.",
};

const told = new Set<Refusal>();

/** What is said about it is added to `place`. */
export function remember(page: string, id: string, deed: Deed, place: Element | null): void {
  const outcome = progress.add(page, id, deed);
  if (outcome === "kept") told.delete("full");
  else if (place && !told.has(outcome)) {
    told.add(outcome);
    const note = make("p", { class: "practice-note", role: "status", "data-kind": "storage" });
    place.append(note);
    note.textContent = REFUSED[outcome];
  }
}
