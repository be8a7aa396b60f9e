// What the learner guessed, by page and cell, for this tab: a page that is loaded anew still shows it. Where storage
// refuses it, it lives as long as the page does.
import { keys } from "../shared/site";
import { tab } from "../shared/stores";
import { attempt } from "./store";

export interface Guess {
  words: string;
  ok: boolean;
  /** How a wrong one differs: "high" or "low"; "" if that cannot be said. */
  off: string;
  /** The cell has run: guess and result stand together. */
  met: boolean;
}

const guesses = new Map<string, Guess>();

export function keepGuess(key: string, guess: Guess): void {
  guesses.set(key, guess);
  attempt(tab, (kept) => kept.setItem(keys.guesses + key, JSON.stringify(guess)));
}

export function guessOf(key: string): Guess | null {
  return guesses.get(key) ?? attempt(tab, (kept) => JSON.parse(kept.getItem(keys.guesses + key) ?? "null") as Guess);
}
