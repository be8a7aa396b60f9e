// Words that several pieces of practice share, and how they put them on the page.
import { make } from "../page/dom";
import { doneWith, type Mark } from "../storage/progress";
import { fill } from "../shared/words";

const DATE = new Intl.DateTimeFormat(WORDS.all.locale, { dateStyle: "long" });

export function day(ms: number): string {
  return DATE.format(ms);
}

/** Text in which `backticks` make code. */
export function marked(text: string): Node[] {
  return text.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? make("code", {}, part) : document.createTextNode(part)));
}

/** What was done of it at earlier visits; "" for nothing. */
export function earlier(mark: Mark | null, version: string, kind: "passed" | "answered"): string {
  const done = doneWith(mark, version);
  if (!done) return "";
  const { at } = done;
  const [on, old] =
    kind === "passed"
      ? [WORDS.exercise.passedOn, WORDS.exercise.passedOld]
      : [WORDS.exercise.answeredOn, WORDS.exercise.answeredOld];
  return fill(done.version === version ? on : old, { day: day(at) });
}

/** It was done, and the lesson has changed it since. */
export function isOutdated(mark: Mark | null, version: string): boolean {
  const done = doneWith(mark, version);
  return done !== null && done.version !== version;
}

/** Heard, not seen. */
export function unseen(words: string): HTMLElement {
  return make("span", { class: "practice-unseen" }, words);
}
