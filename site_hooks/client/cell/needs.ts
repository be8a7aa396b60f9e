// Which cells run before a cell, and when an output is older than what it was made with: rules, without a page.
import type { Survey, SurveyedCell } from "../shared/protocol";
import { fill } from "../shared/words";

/** What a cell was run with. */
export interface Made {
  /** Which Python it was. */
  life: number;
  /** Counts the runs of all cells. */
  at: number;
  code: string;
  /** The cells whose names it took, with the code that had made these. */
  from: Map<Member, string>;
  /** It left names that other cells may take. */
  makes: boolean;
}

/** A cell of a session, as far as others need to know it. */
export interface Member {
  readonly id: string;
  readonly caption: string;
  /** The lesson's code. */
  readonly source: string;
  /** The code as it stands. */
  readonly text: string;
  /** What the build found in the lesson's code. */
  readonly built: Survey[string];
  /** What its last run that ended well was made with. */
  readonly made: Made | null;
}

/** The value of a form's line: a control puts a literal in the place of another, which changes no needs. */
const VALUE =
  /^(\s*\w+\s*(?::[^=\n]*)?=\s*)(?:[-+]?[\d.][\w.+-]*|True|False|None|"[^"\\]*"|'[^'\\]*')(?=\s*#@param\b)/gm;

/** What the members need, if the build knows it: as long as no code has changed. */
export function builtSurvey(members: readonly Member[]): Survey | null {
  const plain = (code: string): string => code.replace(VALUE, "$1");
  const isLessons = ({ text, source }: Member): boolean => text === source || plain(text) === plain(source);
  return members.every(isLessons) ? Object.fromEntries(members.map(({ id, built }) => [id, built])) : null;
}

export function surveyed(members: readonly Member[]): SurveyedCell[] {
  return members.map(({ id, text, source }) => ({ id, source: text, lesson: source }));
}

/** A cell's names are there, made by its code as it stands, from code as it stands. */
function isCurrent(cell: Member, life: number): boolean {
  const { made } = cell;
  if (made?.life !== life || made.code !== cell.text) return false;
  return [...made.from].every(([other, code]) => other.text === code && other.made?.code === code);
}

/**
 * The cells to run before `target`: those that it needs, directly or not, in the page's order as far as their own needs
 * let them. Cells whose names are there are left out. None, if some need each other: who would begin?
 */
export function runOrder<M extends Member>(target: M, members: readonly M[], survey: Survey, life: number): M[] {
  const needsOf = (cell: M): M[] => {
    const ids = survey[cell.id]?.needs ?? [];
    return members.filter(({ id }) => ids.includes(id));
  };
  const current = new Map<M, boolean>();
  const isThere = (cell: M): boolean => {
    if (!current.has(cell)) {
      current.set(cell, false); // cells that need each other are not there
      current.set(cell, isCurrent(cell, life) && needsOf(cell).every(isThere));
    }
    return current.get(cell) ?? false;
  };
  const wanted = new Set([target]);
  // What is added meanwhile is met too.
  for (const cell of wanted) for (const need of needsOf(cell)) if (!isThere(need)) wanted.add(need);
  const order: M[] = [];
  for (;;) {
    const ready = members.find(
      (cell) =>
        wanted.has(cell) &&
        !order.includes(cell) &&
        needsOf(cell).every((need) => !wanted.has(need) || order.includes(need)),
    );
    if (!ready) return [];
    if (ready === target) return order;
    order.push(ready);
  }
}

/** Why an output is older than what it was made with, in words; null if it is not. */
export function staleness(cell: Member, made: Made, life: number): string | null {
  if (cell.text !== made.code) return WORDS.remark.changed;
  const changed = [...made.from].find(
    ([other, code]) => other.text !== code || (other.made !== null && other.made.at > made.at),
  );
  if (changed) {
    const [{ caption, text }, code] = changed;
    return fill(text === code ? WORDS.remark.ranSince : WORDS.remark.changedSince, { cell: caption });
  }
  if (made.life !== life && (made.makes || made.from.size)) return WORDS.remark.anew;
  return null;
}

/** What Python answered last, and to which cells: it is not asked the same again. */
export class LastSurvey {
  #asked = "";
  #survey: Survey = {};

  /** What is known of the cells without asking; null for nothing. */
  known(members: Member[]): Survey | null {
    return builtSurvey(members) ?? (JSON.stringify(surveyed(members)) === this.#asked ? this.#survey : null);
  }

  /** The build's own needs no keeping. */
  keep(members: Member[], survey: Survey): void {
    if (builtSurvey(members)) return;
    this.#asked = JSON.stringify(surveyed(members));
    this.#survey = survey;
  }
}
