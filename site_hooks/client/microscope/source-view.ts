// The rule's own source: its names stand for quantities, and behind each line stands what it has just made.
import { make } from "../page/dom";
import { linesAt } from "./formula-view";
import { shortAll } from "./numbers";
import type { MicroscopeRecord } from "./record";
import { KEY, type Moment, type View } from "./view";

type Span = MicroscopeRecord["source"]["spans"][number];

const KEYWORDS = /\b(?:def|if|else|elif|return|for|while|in|not|and|or|is|None|True|False|with|break|continue|self)\b/;
const TOKEN = new RegExp(`(?<c1>#.*)|(?<s2>"[^"]*"|'[^']*')|(?<k>${KEYWORDS.source})|(?<mi>\\b\\d[\\d.e]*)`, "g");

export class SourceView implements View {
  readonly root = make("pre", {
    class: "highlight scope-source",
    tabindex: "0",
    role: "group",
    "aria-label": WORDS.scope.code,
  });
  #record: MicroscopeRecord | null = null;
  /** Behind each line that makes something, by its number. */
  #made: { line: number; key: string; place: HTMLElement }[] = [];
  #lines: HTMLElement[] = [];

  show({ record, step }: Moment): void {
    if (record !== this.#record) this.#build(record);
    this.#record = record;
    const ran = linesAt(record, step);
    for (const [place, line] of this.#lines.entries()) {
      line.toggleAttribute("data-skipped", ran !== null && isCode(record, place) && !ran.includes(place + 1));
    }
    for (const { line, key, place } of this.#made) {
      const values = record.source.made.find((one) => one.line === line && one.key === key)?.values[step - 1];
      const isMade = values?.some((value) => value !== null);
      place.textContent = isMade ? `  ${shortAll(values)}` : "";
    }
  }

  #build({ source }: MicroscopeRecord): void {
    this.#made = [];
    const lines = source.text.replace(/\n$/, "").split("\n");
    this.#lines = lines.map((text, place) => {
      const number = place + 1;
      const spans = source.spans.filter(([line]) => line === number);
      const line = make("span", { class: "scope-line", "data-line": String(number) }, ...marked(text, spans));
      for (const { key } of source.made.filter((one) => one.line === number)) {
        const value = make("span", { class: "scope-made", [KEY]: key });
        line.append(value);
        this.#made.push({ line: number, key, place: value });
      }
      line.append(make("span", { class: "scope-end" }, "\n"));
      return line;
    });
    const code = make("code", { class: "language-python" }, ...this.#lines);
    this.root.replaceChildren(source.text ? code : WORDS.scope.noSource);
  }
}

/** What runs of a line can be dimmed: not its head, nor what only goes on with the line before. */
function isCode({ source }: MicroscopeRecord, place: number): boolean {
  return place > 0 && source.spans.some(([line]) => line === place + 1);
}

/** Code with its names marked, and coloured as code is elsewhere. */
function marked(text: string, spans: readonly Span[], from = 0, to = text.length): Node[] {
  const found: Node[] = [];
  let at = from;
  let rest = spans.filter(([, start, end]) => start >= from && end <= to);
  while (rest.length) {
    const [, start, end, key] = rest[0]!;
    if (start >= at) {
      found.push(...coloured(text.slice(at, start)));
      const inner = rest.slice(1).filter(([, first, last]) => first >= start && last <= end);
      found.push(make("span", { [KEY]: key }, ...marked(text, inner, start, end)));
      at = end;
    }
    rest = rest.slice(1).filter(([, first]) => first >= at);
  }
  return [...found, ...coloured(text.slice(at, to))];
}

function coloured(text: string): Node[] {
  const found: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) found.push(document.createTextNode(text.slice(at, match.index)));
    const kind = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined)?.[0] ?? "";
    found.push(make("span", { class: kind }, match[0]));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push(document.createTextNode(text.slice(at)));
  return found;
}
