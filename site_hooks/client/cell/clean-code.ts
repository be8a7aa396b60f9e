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
/** Lines of notebooks that are no Python; by their names, as a line of a long formula may begin with % too. */
const DRAWS = /^[ \t]*%(?:matplotlib|pylab)\b[^\n]*(?:\n|$)/gm;
const INSTALLS =
  /^([ \t]*)((?:[!%][ \t]*(?:python3? -m[ \t]+)?(?:pip3?|conda|mamba|apt|apt-get)|(?:pip3?|conda) install)\b[^\n]*)/gm;
const COMMANDS =
  /^([ \t]*)(%{1,2}(?:autoreload|capture|cd|config|env|load_ext|precision|prun|reload_ext|reset|run|timeit|time|whos|who|writefile)\b[^\n]*|![ \t]*[a-z][^\n]*)/gm;
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
  step("invisible characters", (code) => code.replace(INVISIBLE, ""));
  step("special spaces", (code) => code.replace(SPACES, " "));
  step("line separators", (code) => code.replace(LINE_ENDS, "\n"));
  if (!inText) {
    step("prompts", withoutPrompts);
    if (isTop) step("spaces before every line", dedented);
    step("%matplotlib (figures are shown below the cell by themselves)", (code) => code.replace(DRAWS, ""));
    step(
      "what installs packages is a comment now (nothing can be installed; NumPy, matplotlib and pylib are here)",
      (code) => code.replace(INSTALLS, "$1# $2"),
    );
    step("commands to Jupyter are comments now", (code) => code.replace(COMMANDS, "$1# $2"));
    step("curly quotes or long dashes", straight);
  }
  return { code: text, changes };
}

/** Takes away what all lines begin with: code out of a block, or out of a web page that indents it. */
function dedented(code: string): string {
  const lines = code.split("\n");
  const indents = lines.filter((line) => line.trim()).map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  let common = indents[0] ?? "";
  for (const indent of indents) while (!indent.startsWith(common)) common = common.slice(0, -1);
  return common
    ? lines.map((line) => (line.startsWith(common) ? line.slice(common.length) : line.trim())).join("\n")
    : code;
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

/** Python's quotes and hyphens where code has typographic ones. */
function straight(code: string): string {
  let out = "";
  let at = 0;
  let string: { mark: string; length: number; curly: boolean; isFormat: boolean; depth: number } | null = null;
  while (at < code.length) {
    const letter = code.charAt(at);
    const mark = quote(letter);
    if (!string) {
      if (letter === "#") {
        const end = code.indexOf("\n", at);
        const comment = code.slice(at, end < 0 ? undefined : end);
        out += comment;
        at += comment.length;
      } else if (mark && (!isApostrophe(code, at) || PREFIX.test(out))) {
        const length = run(code, at, mark);
        if (length !== 2) {
          const isFormat = /f\w?$/i.test(PREFIX.exec(out)?.[0] ?? "");
          string = { mark, length, curly: letter !== mark, isFormat, depth: 0 };
        }
        out += mark.repeat(length);
        at += length;
      } else {
        out += DASH.test(letter) ? "-" : letter === "…" ? "..." : letter;
        at += 1;
      }
    } else if (letter === "\\") {
      out += code.slice(at, at + 2);
      at += 2;
    } else if (string.isFormat && !string.depth && /^(?:\{\{|\}\})/.test(code.slice(at, at + 2))) {
      out += code.slice(at, at + 2);
      at += 2;
    } else if (string.isFormat && (letter === "{" || letter === "}")) {
      string.depth = Math.max(0, string.depth + (letter === "{" ? 1 : -1));
      out += letter;
      at += 1;
    } else if (string.depth && mark && mark !== string.mark) {
      out += mark;
      at += 1;
    } else if (string.depth && DASH.test(letter)) {
      out += "-";
      at += 1;
    } else if (closes(code, at, string)) {
      out += string.mark.repeat(string.length);
      at += string.length;
      string = null;
    } else {
      if (letter === "\n" && string.length === 1) string = null;
      out += letter;
      at += 1;
    }
  }
  return out;
}

/** The plain quote that a character is or stands for; "" if it is none. */
function quote(letter: string): string {
  if (letter === '"' || DOUBLE.test(letter)) return '"';
  return letter === "'" || SINGLE.test(letter) ? "'" : "";
}

/** How many of the same quote follow each other: one opens a string, two are an empty one, three open a long one. */
function run(code: string, at: number, mark: string): number {
  let length = 1;
  while (length < 3 && quote(code.charAt(at + length)) === mark) length += 1;
  return length;
}

/** A string that was opened plainly is closed plainly; the apostrophe of "it’s" closes none. */
function closes(code: string, at: number, string: { mark: string; length: number; curly: boolean }): boolean {
  const letter = code.charAt(at);
  if (quote(letter) !== string.mark || (!string.curly && letter !== string.mark)) return false;
  if (string.length === 3) return run(code, at, string.mark) === 3;
  return letter === string.mark || !isApostrophe(code, at);
}

function isApostrophe(code: string, at: number): boolean {
  return SINGLE.test(code.charAt(at)) && LETTER.test(code.charAt(at - 1)) && LETTER.test(code.charAt(at + 1));
}
