// Colab's form comments in a learner's code -> the controls that they ask for, or why they cannot be. At build
// site_hooks/content/forms.py reads the same comments; both pass the cases of tests/site_hooks/content/forms.json.
import { isNumber, isString, isWhole, type Value, literalValue } from "./literals";

export type FieldKind = "slider" | "number" | "integer" | "boolean" | "string" | "raw" | "select";

/** One control: the literal that it sets, and what it may set it to. */
export interface Field {
  name: string;
  kind: FieldKind;
  label: string;
  /** 1-based. */
  line: number;
  /** The right side of the assignment, from `from` to `to` in the code. */
  literal: string;
  from: number;
  to: number;
  /** What the literal says; null where it is none of the control's kind. */
  value: Value | null;
  /** Why the control does not hold the code's value; "" if it does. */
  problem: string;
  min: number | null;
  max: number | null;
  step: number | null;
  log: boolean;
  /** It writes whole numbers. */
  integer: boolean;
  options: Value[];
}

export interface Form {
  title: string;
  /** A control that is moved runs the cell. */
  auto: boolean;
  fields: Field[];
  errors: [line: number, words: string][];
}

type Settings = Map<string, [raw: string, value: Value]>;

// What a control of each type may say besides its type.
const KEYS: Record<Exclude<FieldKind, "select">, string[]> = {
  slider: ["label", "min", "max", "step", "scale"],
  number: ["label", "min", "max", "step"],
  integer: ["label", "min", "max", "step"],
  boolean: ["label"],
  string: ["label"],
  raw: ["label"],
};
const SCALES = ["linear", "log"];
const TOO_LARGE = "too large: Python makes infinity of it";

const MARK = /^#\s*@(param|title)(?![\p{L}\p{N}_])[ \t]*(.*)/u;
/** With its type, if it says one: `steps: int = 20`. What `else:` begins is no name. */
const ASSIGNMENT = /^(\s*(?!(?:else|finally|try)\s*:)([\p{L}_][\p{L}\p{N}_]*)\s*(?::[^=]*)?=(?!=)\s*)(.*?)\s*$/u;
const TOKEN =
  /\s*(?:(?<sign>[[\]{}:,])|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?<word>[A-Za-z][\w-]*))/y;

/** A form comment that asks for no control; the message says why. */
class FormError extends Error {}

export function parse(source: string): Form {
  const form: Form = { title: "", auto: false, fields: [], errors: [] };
  for (const { line, begins, start, comment } of comments(source)) {
    const found = MARK.exec(source.slice(comment, lineEnd(source, comment)));
    if (!found) continue;
    try {
      if (found[1] === "title") Object.assign(form, title(found[2]!));
      else form.fields.push(field(line, begins ? source.slice(start, comment) : "", start, found[2]!));
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      form.errors.push([line, error.message]);
    }
  }
  return form;
}

interface Comment {
  line: number;
  /** Its line begins a statement. */
  begins: boolean;
  /** Where its line starts, and where it does. */
  start: number;
  comment: number;
}

/** Strings, brackets and lines that go on are told apart as far as that needs; code that is half typed is read too. */
function comments(source: string): Comment[] {
  const found: Comment[] = [];
  let [line, start, depth, begins, quote] = [1, 0, 0, true, ""];
  for (let at = 0; at < source.length; at++) {
    const letter = source[at]!;
    const goesOn = letter === "\\" && source[at + 1] === "\n";
    if (goesOn || letter === "\n") {
      if (goesOn) at += 1;
      if (quote.length === 1 && !goesOn) quote = "";
      begins = !goesOn && !quote && depth === 0;
      line += 1;
      start = at + 1;
    } else if (quote) {
      if (letter === "\\") at += 1;
      else if (source.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = "";
      }
    } else if (letter === "#") {
      found.push({ line, begins, start, comment: at });
      at = lineEnd(source, at) - 1;
    } else if (letter === '"' || letter === "'") {
      quote = source.startsWith(letter.repeat(3), at) ? letter.repeat(3) : letter;
      at += quote.length - 1;
    } else if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) depth = Math.max(0, depth - 1);
  }
  return found;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}

function title(text: string): Pick<Form, "title" | "auto"> {
  const brace = text.indexOf("{");
  const said: Settings = brace < 0 ? new Map() : new Spec(text.slice(brace)).settings();
  for (const [key, [raw, value]] of said) {
    if (key !== "run") throw new FormError(`unknown key ${key}; known in a title: run`);
    if (value !== "auto") throw new FormError(`run:${raw} is unknown; known: "auto"`);
  }
  return { title: (brace < 0 ? text : text.slice(0, brace)).trim(), auto: said.has("run") };
}

function field(line: number, before: string, start: number, text: string): Field {
  const assignment = ASSIGNMENT.exec(before);
  if (!assignment) throw new FormError("#@param stands behind one assignment to a name, such as lr = 0.1");
  const [, left, name, literal] = assignment as unknown as [string, string, string, string];
  const from = start + left.length;
  const spec = new Spec(text);
  const options = spec.options();
  const said: Settings = options === null || spec.more ? spec.settings() : new Map();
  const kind = options ? "select" : (kindOf(said) as Exclude<FieldKind, "select">);
  if (kind === "select") return select(said, options!, { name, line, literal, from });
  for (const key of said.keys()) {
    if (KEYS[kind].includes(key)) continue;
    throw new FormError(`unknown key ${key}; known for ${kind}: type, ${KEYS[kind].join(", ")}`);
  }
  const made = base({ name, line, literal, from }, kind, label(said, name));
  const value = literalValue(literal);
  if (kind === "boolean") return worth(made, typeof value === "boolean" && value, "is not True or False");
  if (kind === "string") return worth(made, isString(literal) && value, "is not a string in quotes");
  if (kind === "raw") return literal ? { ...made, value: literal } : { ...made, problem: `${name}: it has no value` };
  return numeric(made, said, value);
}

function kindOf(said: Settings): string {
  const [raw, wanted] = said.get("type") ?? ["none", ""];
  said.delete("type");
  if (typeof wanted === "string" && wanted in KEYS) return wanted;
  const known = `known: ${Object.keys(KEYS).join(", ")}; behind choices in brackets: raw, string`;
  throw new FormError(`unknown type ${raw}; ${known}`);
}

type Place = Pick<Field, "name" | "line" | "literal" | "from">;

function base(place: Place, kind: FieldKind, words: string): Field {
  return {
    ...place,
    kind,
    label: words,
    to: place.from + place.literal.length,
    value: null,
    problem: "",
    min: null,
    max: null,
    step: null,
    log: false,
    integer: false,
    options: [],
  };
}

/** The field with its value; where that is `false` by its type, with the problem. */
function worth(made: Field, value: Value | null | false, problem: string): Field {
  const isWrong = value === null || (value === false && made.literal !== "False");
  return isWrong ? { ...made, problem: `${made.name}: ${made.literal} ${problem}` } : { ...made, value };
}

function numeric(made: Field, said: Settings, value: Value | null): Field {
  const raw = (key: string): string => said.get(key)?.[0] ?? "";
  const [min, max, step] = ["min", "max", "step"].map((key) => number(said, key)) as (number | null)[];
  const isSlider = made.kind === "slider";
  if (isSlider && (min === null || max === null)) throw new FormError("a slider needs min and max");
  if (min != null && max != null && min >= max) throw new FormError(`min ${raw("min")} is not below max ${raw("max")}`);
  if (step != null && step <= 0) throw new FormError(`step ${raw("step")} is not above 0`);
  const scale = said.get("scale")?.[1] ?? "linear";
  if (!SCALES.includes(String(scale)))
    throw new FormError(`unknown scale ${raw("scale")}; known: ${SCALES.join(", ")}`);
  if (scale === "log" && min != null && min <= 0)
    throw new FormError(`a log scale needs min above 0, not ${raw("min")}`);
  const written = ["min", "max", "step"].filter((key) => said.has(key)).map(raw);
  const integer = made.kind === "integer" || (isSlider && written.every(isWhole));
  const filled: Field = { ...made, min: min!, max: max!, step: step!, log: scale === "log", integer };
  const { name, literal } = made;
  if (!(integer ? isWhole : isNumber)(literal))
    return { ...filled, problem: `${name}: ${literal} is not ${integer ? "an integer" : "a number"}` };
  if (!Number.isFinite(value)) return { ...filled, problem: `${name}: ${literal} is ${TOO_LARGE}` };
  const [least, most] = [raw("min"), raw("max")];
  const isOutside = (min != null && Number(value) < min) || (max != null && Number(value) > max);
  const where = least && most ? `outside ${least} to ${most}` : least ? `below ${least}` : `above ${most}`;
  return { ...filled, value, problem: isOutside ? `${name}: ${literal} is ${where}` : "" };
}

function select(said: Settings, choices: [raw: string, value: Value][], place: Place): Field {
  const type = said.get("type")?.[1] ?? "";
  said.delete("type");
  for (const key of said.keys())
    if (key !== "label") throw new FormError(`unknown key ${key}; known for choices: type, label`);
  if (!["", "raw", "string"].includes(String(type)))
    throw new FormError('unknown type of choices; known: "raw", "string"');
  const options = choices.map(([, value]) => value);
  if (new Set(options).size < Math.max(2, options.length)) throw new FormError("choices are two or more, each another");
  if (type !== "raw" && !options.every((option) => typeof option === "string"))
    throw new FormError('choices that are no strings need {type:"raw"} behind them');
  const value = literalValue(place.literal);
  const made = { ...base(place, "select", label(said, place.name)), options, value };
  if (value !== null && options.includes(value)) return made;
  return { ...made, problem: `${place.name}: ${place.literal} is not among the choices` };
}

function label(said: Settings, name: string): string {
  const [raw, words] = said.get("label") ?? ["", name];
  if (typeof words === "string" && words.trim()) return words;
  throw new FormError(`label ${raw} is no text in quotes`);
}

function number(said: Settings, key: string): number | null {
  const found = said.get(key);
  if (!found) return null;
  if (typeof found[1] === "number") return found[1];
  throw new FormError(`${key} ${found[0]} is no number`);
}

/** What follows `#@param`: choices in brackets, settings in braces, or both. */
class Spec {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trim();
  }

  /** Something has not been read yet. */
  get more(): boolean {
    return this.#rest !== "";
  }

  get #rest(): string {
    return this.#text.slice(this.#at).trim();
  }

  /** The choices, each as it is written and what it means; null if there are none. */
  options(): [raw: string, value: Value][] | null {
    if (!this.#text.startsWith("[")) return null;
    this.#sign("[");
    const found: [string, Value][] = [];
    this.#items("]", () => found.push(this.#one()));
    return found;
  }

  settings(): Settings {
    const said: Settings = new Map();
    this.#sign("{");
    this.#items("}", () => {
      const start = this.#at;
      const { word, string } = this.#next();
      const key = word ?? (string && unquoted(string));
      if (!key) this.#refuse(start);
      this.#sign(":");
      if (said.has(key)) throw new FormError(`the key ${key} stands there twice`);
      said.set(key, this.#one());
    });
    if (this.more) this.#refuse(this.#at);
    return said;
  }

  /** Reads each item, up to the sign that ends the list; commas lie between. */
  #items(end: string, read: () => void): void {
    while (!this.#rest.startsWith(end)) {
      read();
      if (!this.#rest.startsWith(end)) this.#sign(",");
    }
    this.#sign(end);
  }

  #one(): [raw: string, value: Value] {
    const start = this.#at;
    const { string, number, word } = this.#next();
    if (string) return [string, unquoted(string)];
    if (number && !Number.isFinite(Number(number))) throw new FormError(`${number} is ${TOO_LARGE}`);
    if (number) return [number, Number(number)];
    if (word === "true" || word === "false") return [word, word === "true"];
    return this.#refuse(start);
  }

  #sign(sign: string): void {
    const start = this.#at;
    if (this.#next()["sign"] !== sign) this.#refuse(start);
  }

  #next(): Partial<Record<string, string>> {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    if (!found) return this.#refuse(this.#at);
    this.#at = TOKEN.lastIndex;
    return found.groups ?? {};
  }

  #refuse(at: number): never {
    const rest = this.#text.slice(at).trim();
    const where = rest ? `at ${rest}` : "at its end";
    throw new FormError(`the comment cannot be read ${where}; write {type:"slider", min:0, max:1} or ["one", "two"]`);
  }
}

function unquoted(raw: string): string {
  return raw.slice(1, -1).replace(/\\(.)/g, "$1");
}
