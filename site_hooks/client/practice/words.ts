// Words that several pieces of practice share, and how they put them on the page.
import { make } from "../page/dom";
import { doneWith, type Mark } from "../storage/progress";

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });

export function day(ms: number): string {
  return DATE.format(ms);
}

/** Text in which `backticks` make code. */
export function marked(text: string): Node[] {
  return text.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? make("code", {}, part) : document.createTextNode(part)));
}

/** What was done of it at earlier visits, `what` being "exercise" or "question"; "" for nothing. */
export function earlier(mark: Mark | null, version: string, did: string, what: string): string {
  const done = doneWith(mark, version);
  if (!done) return "";
  const { at } = done;
  if (done.version === version) return `${did} on ${day(at)}.`;
  return `The lesson has changed this ${what} since you ${did.toLowerCase()} it on ${day(at)}. Your mark stays.`;
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
