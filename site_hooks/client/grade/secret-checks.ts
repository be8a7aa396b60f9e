// A file of further checks that only the instructor has: Python, in which each check begins with a line of its own.
import type { NamedCheck } from "../shared/grading";
import { fill } from "../shared/words";

/** "page#id" -> its checks, in the file's order. */
export type SecretChecks = ReadonlyMap<string, NamedCheck[]>;

const HEAD = /^#\s*check:\s*(.*?)\s*$/;
const PLACE = /^[^#\s]+#[^#\s]+$/;

/** The checks, or in words what is wrong with the file. */
export function secretChecks(text: string, known: ReadonlySet<string>): SecretChecks | string {
  const found = new Map<string, NamedCheck[]>();
  let own: NamedCheck | null = null;
  for (const [at, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n?|\n/)
    .entries()) {
    const place = HEAD.exec(line)?.[1];
    if (place !== undefined) {
      if (!PLACE.test(place)) return fill(WORDS.grade.noPlace, { line: at + 1, place: place.slice(0, 80) });
      if (!known.has(place)) return fill(WORDS.grade.noExercise, { line: at + 1, place: place.slice(0, 80) });
      const others = found.get(place) ?? [];
      own = { name: `secret ${others.length + 1}`, source: "" };
      found.set(place, [...others, own]);
    } else if (own) own.source += `${line}\n`;
    else if (line.trim() && !line.trim().startsWith("#")) return fill(WORDS.grade.noCheck, { line: at + 1 });
  }
  if (!found.size) return WORDS.grade.holdsNone;
  for (const [place, checks] of found)
    for (const { source } of checks)
      if (!source.replaceAll(/#[^\n]*/g, "").trim()) return fill(WORDS.grade.emptyCheck, { place });
  return found;
}
