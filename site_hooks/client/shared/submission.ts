// What a learner hands in: one file, and how it is sealed and read. docs/instructors/grading.md describes it.
import { sha256 } from "./sha256";
import { decimal, fill } from "./words";

export const SCHEMA = "lesson-hand-in/1";

export interface Submission {
  schema: typeof SCHEMA;
  /** The site's name. */
  course: string;
  /** Of the site that it was written with; empty where that has none. */
  version: string;
  /** As the learner wrote it. */
  name: string;
  /** When it was saved, in ISO 8601. */
  saved: string;
  cells: SubmittedCell[];
}

/** An exercise, or a cell that was edited beside one. Times are milliseconds since 1970. */
export interface SubmittedCell {
  page: string;
  id: string;
  /** baseHash() of the lesson's code that the learner started from; null where that is not known. */
  base: string | null;
  /** null: the learner has changed nothing. */
  code: string | null;
  /** The browser remembers that its check was passed. */
  claimed: boolean;
  /** How often it was checked, or run. */
  runs: number;
  first: number | null;
  last: number | null;
}

/** A file that was read, and what is to be said of it. */
export interface Read {
  submission: Submission;
  /** The checksum belongs to what the file holds. */
  isSealed: boolean;
}

/** Several times what a whole course takes. */
export const LARGEST = 2_000_000;
const MOST_CELLS = 1000;
const LONGEST_CODE = 200_000;
const LONGEST_TEXT = 300;

export function baseHash(source: string): string {
  return sha256(source).slice(0, 12);
}

/** The file's text. Its last key is a checksum: SHA-256 of all others, as compact JSON in their order. */
export function sealed(submission: Submission): string {
  return `${JSON.stringify({ ...submission, checksum: sha256(JSON.stringify(submission)) }, null, 1)}\n`;
}

/** A file, or in words what is wrong with it. */
export function read(text: string): Read | string {
  if (text.length > LARGEST) return tooLarge(text.length);
  try {
    return parsed(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    // Lists in lists in lists, a hundred thousand deep, are no JSON for browsers either.
    return WORDS.grade.noJson;
  }
}

function parsed(file: unknown): Read | string {
  if (!isRecord(file)) return WORDS.grade.noObject;
  const { schema, course, version, name, saved, cells, checksum } = file;
  if (schema !== SCHEMA)
    return fill(WORDS.grade.badSchema, {
      found: JSON.stringify(schema)?.slice(0, 40) ?? WORDS.grade.noSchema,
      wanted: SCHEMA,
    });
  if (!isText(course) || !isText(version) || !isText(name) || !isText(saved)) return WORDS.grade.badTexts;
  if (!Array.isArray(cells) || cells.length > MOST_CELLS) return fill(WORDS.grade.badList, { most: MOST_CELLS });
  const read: SubmittedCell[] = [];
  const seen = new Set<string>();
  for (const [at, value] of cells.entries()) {
    const cell = readCell(value);
    if (!cell) return fill(WORDS.grade.badCell, { n: at + 1 });
    const key = `${cell.page}#${cell.id}`;
    if (seen.has(key)) return fill(WORDS.grade.twice, { key });
    seen.add(key);
    read.push(cell);
  }
  const { checksum: _, ...rest } = file;
  const isSealed = checksum === sha256(JSON.stringify(rest));
  return { submission: { schema, course, version, name, saved, cells: read }, isSealed };
}

export function tooLarge(bytes: number): string {
  return fill(WORDS.grade.largest, { size: decimal(bytes / 1e6, 1), most: LARGEST / 1e6 });
}

function readCell(value: unknown): SubmittedCell | null {
  if (!isRecord(value)) return null;
  const { page, id, base, code, claimed, runs, first, last } = value;
  if (!isText(page) || !isText(id) || !(base === null || isText(base))) return null;
  if (!(code === null || (typeof code === "string" && code.length <= LONGEST_CODE))) return null;
  if (typeof claimed !== "boolean" || !isCount(runs) || !isTime(first) || !isTime(last)) return null;
  return { page, id, base, code, claimed, runs, first, last };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_TEXT;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): value is number | null {
  return value === null || (isCount(value) && value < 8.64e15);
}
