// Keeps a mark, and says once where the browser refuses that.
import { make } from "../page/dom";
import { type Deed, progress } from "../storage/progress";
import type { Refusal } from "../storage/refusal";

const REFUSED: Record<Refusal, string> = {
  blocked: WORDS.all.blockedMarks,
  full: WORDS.exercise.full,
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
