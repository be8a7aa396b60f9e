// Python's literals of numbers, strings and truth values, read and written; and the places of a slider between two ends.

export type Value = number | string | boolean;

const NUMBER = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d[\d_]*$/;
/** In one line, without a prefix and without names of characters. */
const STRING = /^(?:'(?:[^'\\\n]|\\(?!N)[^\n])*'|"(?:[^"\\\n]|\\(?!N)[^\n])*")$/;
const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{1,3})|(.))/gs;
const ESCAPED: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

export function isNumber(literal: string): boolean {
  return NUMBER.test(literal);
}

export function isWhole(literal: string): boolean {
  return WHOLE.test(literal);
}

export function isString(literal: string): boolean {
  return STRING.test(literal);
}

/** What a literal says; null if it is none of these. */
export function literalValue(literal: string): Value | null {
  if (literal === "True" || literal === "False") return literal === "True";
  if (isNumber(literal)) return Number(literal.replaceAll("_", ""));
  if (!isString(literal)) return null;
  return literal.slice(1, -1).replace(ESCAPE, (whole, x, u, long, octal: string | undefined, letter: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code as string, 16), 0x10ffff));
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
    return ESCAPED[letter] ?? whole;
  });
}

/** A string as Python reads it back, whatever is in it; in double quotes unless `like` has single ones. */
export function stringLiteral(text: string, like = ""): string {
  const quote = like.startsWith("'") ? "'" : '"';
  const body = text.replace(/[\\'"]|[^\P{C}]|[\u2028\u2029]/gu, (letter) => {
    if (letter === "\\" || letter === quote) return `\\${letter}`;
    if (letter === "'" || letter === '"') return letter;
    const plain = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[letter];
    const code = letter.codePointAt(0)!.toString(16);
    return plain ?? (code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`);
  });
  return quote + body + quote;
}

/** A number as Python reads it back; one that is no whole number by kind has a point or an exponent. */
export function numberLiteral(value: number, integer: boolean, decimals: number | null = null): string {
  if (integer) return String(BigInt(Math.round(value)));
  const text = decimals === null ? String(value) : value.toFixed(decimals);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A whole number with all its digits: more than a number of JavaScript holds. */
export function wholeText(literal: string): string {
  return String(BigInt(literal.replace(/[+_]/g, "")));
}

export function literalOf(value: Value, like = ""): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? stringLiteral(value, like) : numberLiteral(value, Number.isInteger(value));
}

/** Nearly even on a log scale, and short to read: the R″20 series of preferred numbers (ISO 3). */
const PREFERRED = [1, 1.1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9];
/** A log slider with fewer preferred numbers between its ends is divided evenly, whatever the values. */
const FEW = 10;

/** The values of a log slider's notches, from end to end; whole ones, or multiples of a step, where asked. */
export function notches(min: number, max: number, integer: boolean, step: number | null): number[] {
  const grid = step ?? (integer ? 1 : null);
  const onGrid = (value: number): number =>
    grid === null ? value : Number((Math.round(value / grid) * grid).toPrecision(12));
  const [first, last] = [Math.floor(Math.log10(min)), Math.floor(Math.log10(max))];
  const tens = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const preferred = tens.flatMap((ten) => PREFERRED.map((number) => Number(`${number}e${ten}`)));
  const inside = (values: number[]): number[] => values.map(onGrid).filter((value) => value > min && value < max);
  let between = inside(preferred);
  if (between.length < FEW && grid === null) {
    const even = Array.from({ length: 2 * FEW - 1 }, (_, index) => min * (max / min) ** ((index + 1) / (2 * FEW)));
    between = inside(even.map((value) => Number(value.toPrecision(3))));
  }
  return [...new Set([min, ...between, max])];
}

/** The notch whose value is nearest by factor. */
export function nearest(values: number[], value: number): number {
  const far = (one: number): number => Math.abs(Math.log(one / value));
  if (!(value > 0)) return 0;
  return values.reduce((best, one, notch) => (far(one) < far(values[best]!) ? notch : best), 0);
}

/** Digits behind the point that a linear slider's values need. */
export function decimals(...values: (number | null)[]): number {
  const digits = (value: number): number => {
    const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(String(value)) ?? [];
    return Math.max(0, fraction.length - Number(exponent));
  };
  return Math.min(20, Math.max(0, ...values.filter((value) => value !== null).map(digits)));
}
