// Code as Python reads it: what web pages, chats, word processors and Python's own prompt add to a copied program, out.

export interface Cleaned {
  code: string;
  /** What was found and mended, in words; empty where the text was clean. */
  changes: string[];
}

/** Zero-width characters, soft hyphens, marks of direction; not the joiners, which emoji and scripts need. */
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;
const SPACES = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;
const LINE_ENDS = /[\u0085\u2028\u2029]/g;
const DASH = /[\u2010-\u2015\u2212]/;
const DOUBLE = /[\u201C-\u201F\u2033]/;
const SINGLE = /[\u2018-\u201B\u2032]/;
const LETTER = /[\p{L}\p{N}_]/u;
/** Lines of notebooks that are no Python. */
const DRAWS = /^([ \t]*)(%(?:matplotlib|pylab)\b.*)/;
const INSTALLS =
  /^([ \t]*)((?:[!%][ \t]*(?:python3? -m[ \t]+)?(?:pip3?|conda|mamba|apt|apt-get)|(?:pip3?|conda) install)\b.*)/;
const COMMANDS =
  /^([ \t]*)(%{1,2}(?:autoreload|capture|cd|config|env|load_ext|precision|prun|reload_ext|reset|run|timeit|time|whos|who|writefile)\b.*|![ \t]*[a-z].*)/;
/** Columns of a tab. */
const TAB = 4;
const PREFIX = /(?<![\p{L}\p{N}_])(?:[fbru]|rb|br|rf|fr)$/iu;

/**
 * Cleans a pasted text; quotes and dashes in strings and comments are the author's own, `inText` is all of that.
 * `isTop`: it comes where a line begins that belongs to no block.
 */
export function cleanCode(text: string, inText = false, isTop = true): Cleaned {
  const changes: string[] = [];
  const step = (words: string, change: (code: string) => string): void => {
    const before = text;
    text = change(text);
    if (text !== before) changes.push(words);
  };
  step(WORDS.paste.invisible, (code) => code.replace(INVISIBLE, ""));
  step(WORDS.paste.spaces, (code) => code.replace(SPACES, " "));
  step(WORDS.paste.separators, (code) => (inText ? code.replace(LINE_ENDS, "\n") : withLineEnds(code)));
  if (!inText) {
    step(WORDS.paste.prompts, withoutPrompts);
    step(WORDS.paste.quotes, (code) => read(code).straight);
    step(WORDS.paste.tabs, withoutTabs);
    if (isTop) step(WORDS.paste.indent, dedented);
    step(WORDS.paste.matplotlib, (code) => commented(code, DRAWS));
    step(WORDS.paste.installs, (code) => commented(code, INSTALLS));
    step(WORDS.paste.commands, (code) => commented(code, COMMANDS));
  }
  return { code: text, changes };
}

/** A string in one line may hold a separator, and not a line's end. */
function withLineEnds(code: string): string {
  const { short } = read(code);
  const isKept = (at: number): boolean => short.some(([from, to]) => at > from && at < to);
  return code.replace(LINE_ENDS, (separator, at: number) => (isKept(at) ? separator : "\n"));
}

/** Spaces as wide as tabs are in the editor: Python takes no mixture. */
function withoutTabs(code: string): string {
  return eachLine(code, (line, start) => {
    const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
    if (start === "string" || !indent.includes("\t")) return line;
    let wide = "";
    for (const letter of indent) wide += letter === "\t" ? " ".repeat(TAB - (wide.length % TAB)) : letter;
    return wide + line.slice(indent.length);
  });
}

/** Only where a statement may begin: in a long formula, too, a line may begin with %, and in a text with anything. */
function commented(code: string, command: RegExp): string {
  return eachLine(code, (line, start) => (start === "statement" ? line.replace(command, "$1# $2") : line));
}

function eachLine(code: string, change: (line: string, start: Start) => string): string {
  const { starts } = read(code);
  const lines = code.split("\n");
  return lines.map((line, at) => change(line, starts[at]!)).join("\n");
}

/** Takes away what all lines begin with: code out of a block, or out of a web page that indents it. */
function dedented(code: string): string {
  const { starts } = read(code);
  const lines = code.split("\n");
  const statements = lines.filter((line, at) => starts[at] === "statement" && line.trim());
  const indents = statements.map((line) => /^ */.exec(line)?.[0] ?? "");
  let common = indents[0] ?? "";
  for (const indent of indents) while (!indent.startsWith(common)) common = common.slice(0, -1);
  if (!common) return code;
  const texts = lines.filter((line, at) => starts[at] === "string" && line.trim());
  const isPage = texts.every((line) => line.startsWith(common));
  return eachLine(code, (line, start) => {
    if (start === "string" && !isPage) return line;
    return line.startsWith(common) ? line.slice(common.length) : line.trimStart();
  });
}

/** One typed character: keyboards of phones and of some countries put another in the place of the one that is meant. */
export function cleanKey(text: string, inText: boolean): string {
  if (DOUBLE.test(text)) return '"';
  if (SINGLE.test(text)) return "'";
  if (!inText && DASH.test(text)) return "-";
  return text.replace(SPACES, " ").replace(INVISIBLE, "");
}

/** A copied session: its lines lose their prompts, and what Python answered becomes comments. */
function withoutPrompts(code: string): string {
  const lines = code.split(/\r\n|\r|\n/);
  if (!/^\s*(?:>>>(?: |$)|In \[[\d ]*\]:)/.test(lines.find((line) => line.trim()) ?? "")) return code;
  let open = false; // In a notebook's text the prompt stands on a line of its own, and all up to "Out" is code.
  const clean = lines.map((line) => {
    const prompt = /^\s*(?:>>>|\.\.\.:?|In \[[\d ]*\]:)(?: (.*)|$)/.exec(line);
    if (prompt) {
      if (/^\s*In /.test(line)) open = prompt[1] === undefined;
      return prompt[1] ?? "";
    }
    const answer = /^\s*Out\[[\d ]*\]:\s?(.*)/.exec(line);
    if (answer) open = false;
    const words = answer ? (answer[1] ?? "") : line;
    return open || !words.trim() ? words : `# ${words}`;
  });
  return clean.join("\n");
}

/** What a line begins in: between statements, in one that goes on, or in a string of several lines. */
type Start = "statement" | "middle" | "string";

interface Read {
  /** The code with Python's quotes and hyphens where it has typographic ones. */
  straight: string;
  /** Of each line. */
  starts: Start[];
  /** The strings in one line, by the places of their quotes. */
  short: [from: number, to: number][];
}

/** Tells code, strings and comments apart, also in code that is half written. */
function read(code: string): Read {
  const starts: Start[] = ["statement"];
  const short: [number, number][] = [];
  let straight = "";
  let at = 0;

  const take = (length = 1, text = code.slice(at, at + length)): void => {
    straight += text;
    at += length;
  };

  const readCode = (isField = false): void => {
    let depth = 0;
    while (at < code.length) {
      const letter = code.charAt(at);
      const mark = quote(letter);
      if (isField && !depth && (letter === "}" || letter === ":")) return;
      if (letter === "#" && !isField) take(lineEnd(code, at) - at);
      else if (letter === "\n" || code.startsWith("\\\n", at)) {
        starts.push(letter === "\n" && !depth && !isField ? "statement" : "middle");
        take(letter === "\n" ? 1 : 2);
      } else if (mark && (!isApostrophe(code, at) || PREFIX.test(straight.slice(-3)))) readString(mark);
      else {
        if ("([{".includes(letter)) depth += 1;
        else if (")]}".includes(letter)) depth = Math.max(0, depth - 1);
        take(1, DASH.test(letter) ? "-" : letter === "…" ? "..." : letter);
      }
    }
  };

  const readString = (mark: string): void => {
    const isFormat = /f/i.test(PREFIX.exec(straight.slice(-3))?.[0] ?? "");
    const from = at;
    const isCurly = code.charAt(at) !== mark;
    const length = run(code, at);
    take(length, mark.repeat(length));
    if (length === 2) return;
    while (at < code.length) {
      const letter = code.charAt(at);
      if (letter === "\n" && length === 1) break;
      if (letter === "\n" || code.startsWith("\\\n", at)) starts.push("string");
      if (letter === "\\") take(2);
      else if (isFormat && /^(?:\{\{|\}\})/.test(code.slice(at, at + 2))) take(2);
      else if (isFormat && letter === "{") readField();
      else if (closes(code, at, mark, length, isCurly)) {
        take(length, mark.repeat(length));
        break;
      } else take();
    }
    if (length === 1) short.push([from, at]);
  };

  /** Of an f-string: an expression, and how it is to be written, which is text. */
  const readField = (): void => {
    take();
    readCode(true);
    while (at < code.length && !"}\n".includes(code.charAt(at)))
      if (code.charAt(at) === "{") readField();
      else take();
    if (code.charAt(at) === "}") take();
  };

  readCode();
  return { straight, starts, short };
}

function lineEnd(code: string, at: number): number {
  const end = code.indexOf("\n", at);
  return end < 0 ? code.length : end;
}

/** The plain quote that a character is or stands for; "" if it is none. */
function quote(letter: string): string {
  if (letter === '"' || DOUBLE.test(letter)) return '"';
  return letter === "'" || SINGLE.test(letter) ? "'" : "";
}

/**
 * How many of the same quote follow each other: one opens a string, two are an empty one, three open a long one. A
 * typographic quote behind a plain one is text.
 */
function run(code: string, at: number): number {
  const mark = quote(code.charAt(at));
  const isPlain = code.charAt(at) === mark;
  const isSame = (letter: string): boolean => quote(letter) === mark && (letter === mark) === isPlain;
  let length = 1;
  while (length < 3 && isSame(code.charAt(at + length))) length += 1;
  return length;
}

/** A string that was opened plainly is closed plainly; the apostrophe of "it’s" closes none. */
function closes(code: string, at: number, mark: string, length: number, isCurly: boolean): boolean {
  const letter = code.charAt(at);
  if (quote(letter) !== mark || (!isCurly && letter !== mark)) return false;
  if (length === 3) return run(code, at) === 3;
  return letter === mark || !isApostrophe(code, at);
}

function isApostrophe(code: string, at: number): boolean {
  return SINGLE.test(code.charAt(at)) && LETTER.test(code.charAt(at - 1)) && LETTER.test(code.charAt(at + 1));
}
