// The interface's words come from languages/*.json: the build puts each in its place. Here gaps in them are filled.
import type en from "../../languages/en.json";

declare global {
  /** In the site's language; TypeScript knows the keys of English. */
  const WORDS: typeof en;
}

/** "{name} is made here", with a node or words in each gap. */
export function weave<Piece>(words: string, gaps: Record<string, Piece>): (Piece | string)[] {
  return words.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? gaps[part]! : part));
}

/** "{bytes} of {all}", filled. */
export function fill(words: string, gaps: Record<string, string | number>): string {
  return weave(words, gaps).join("");
}

/** A number as the language writes it. */
export function decimal(value: number, digits: number): string {
  return value.toFixed(digits).replace(".", WORDS.all.point);
}
