// What a learner has passed, as the few characters that learning systems keep: SCORM 1.2 has room for 4096.
//
// Four characters name an exercise and three the day, in days since 1970: not a bit at a place, because a package that is
// uploaded anew may have an exercise more in the middle.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ENTRY = /([\w-]{4})([\w-]{3})/g;
/** Begins what is kept: another form, another digit. */
const FORM = "1";
const DAY = 24 * 60 * 60 * 1000;

/** SCORM 2004 has 4000 characters in its second edition. */
export const ROOM = 4000;

/** Code of an exercise -> when it was passed, in milliseconds since 1970. */
export type Passed = Map<string, number>;

/** What does not fit is left out, from the end. */
export function written(passed: Passed): string {
  const entries = [...passed].map(([code, at]) => code + day(at));
  return (FORM + entries.join("")).slice(0, 1 + 7 * Math.floor((ROOM - 1) / 7));
}

/** Nothing, where it was not written by this module. */
export function read(text: string): Passed {
  if (!text.startsWith(FORM)) return new Map();
  return new Map([...text.slice(1).matchAll(ENTRY)].map(([, code, at]) => [code!, days(at!) * DAY]));
}

function day(at: number): string {
  const count = Math.floor(at / DAY);
  return [12, 6, 0].map((shift) => DIGITS[(count >> shift) & 63]).join("");
}

function days(text: string): number {
  return [...text].reduce((count, digit) => count * 64 + DIGITS.indexOf(digit), 0);
}
