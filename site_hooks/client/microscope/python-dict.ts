// Reads and writes a dict of Python with strings as keys, one level at a time: values stay the text that they are.

/** The entries of a dict literal; null for anything else. */
export function entries(literal: string): Map<string, string> | null {
  const text = literal.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  const found = new Map<string, string>();
  for (const part of parts(text.slice(1, -1), ",")) {
    const [key, value, ...rest] = parts(part, ":");
    const name = /^(["'])([\w.]+)\1$/.exec(key ?? "");
    if (!name || !value || rest.length) return null;
    found.set(name[2]!, value);
  }
  return found;
}

export function dict(held: ReadonlyMap<string, string>): string {
  return `{${[...held].map(([key, value]) => `"${key}": ${value}`).join(", ")}}`;
}

/** The items of a list or tuple literal; null for anything else. */
export function items(literal: string): string[] | null {
  const text = literal.trim();
  const isOne = (text.startsWith("[") && text.endsWith("]")) || (text.startsWith("(") && text.endsWith(")"));
  return isOne ? parts(text.slice(1, -1), ",") : null;
}

/** A text at each separator that stands in no brackets and no string, without what is empty. */
function parts(text: string, separator: string): string[] {
  const found: string[] = [];
  let [start, depth, quote] = [0, 0, ""];
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at] ?? "";
    if (quote) {
      if (letter === "\\") at += 1;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter && "([{".includes(letter)) depth += 1;
    else if (letter && ")]}".includes(letter)) depth -= 1;
    if (at < text.length && (letter !== separator || depth > 0 || quote)) continue;
    found.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return found.filter(Boolean);
}
