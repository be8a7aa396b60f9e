// A file of further checks that only the instructor has: Python, in which each check begins with a line of its own.
import type { NamedCheck } from "../shared/grading";

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
      if (!PLACE.test(place))
        return `Line ${at + 1}: “${place.slice(0, 80)}” is no page#id, such as losses/mse#mse-grad.`;
      if (!known.has(place)) return `Line ${at + 1}: this site has no exercise ${place.slice(0, 80)}.`;
      const others = found.get(place) ?? [];
      own = { name: `secret ${others.length + 1}`, source: "" };
      found.set(place, [...others, own]);
    } else if (own) own.source += `${line}\n`;
    else if (line.trim() && !line.trim().startsWith("#"))
      return `Line ${at + 1} belongs to no check: write a line such as “# check: losses/mse#mse-grad” above it.`;
  }
  if (!found.size) return "It holds no check: a line such as “# check: losses/mse#mse-grad” begins one.";
  for (const [place, checks] of found)
    for (const { source } of checks)
      if (!source.replaceAll(/#[^\n]*/g, "").trim()) return `A check of ${place} is empty.`;
  return found;
}
