// The interface's words come from languages/*.json: the bundler puts each in its place. Here gaps in them are filled.
import type en from "../../languages/en.json";

declare global {
  /** In the site's language; TypeScript knows the keys of English. */
  const WORDS: typeof en;
}

/** "{bytes} of {all}", filled. */
export function fill(words: string, gaps: Record<string, string | number>): string {
  return words.replace(/\{(\w+)\}/g, (_, name: string) => String(gaps[name]));
}
