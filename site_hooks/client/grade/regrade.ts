// One hand-in judged: each exercise of the site in order, what came of it beside what the file claims, and what to look at.
import type { GradedCell, GradedPage, GradeRequest } from "../shared/grading";
import { baseHash, type Read, type SubmittedCell } from "../shared/submission";
import type { Judged } from "./judge";
import type { SecretChecks } from "./secret-checks";
import { fill } from "../shared/words";

/** An exercise of the site. */
export interface Exercise {
  /** "page#id" */
  key: string;
  page: GradedPage;
  cell: GradedCell;
}

/** Besides what was judged: nothing was written; or it was not run, because others of the file took all their time. */
export type Result = Pick<Judged, "message" | "check" | "flags"> & {
  outcome: Judged["outcome"] | "untouched" | "skipped";
  claimed: boolean;
};

/** What the instructor is to look at, in words. */
export interface Report {
  /** By the exercises' keys, in their order. */
  results: Map<string, Result>;
  flags: string[];
}

export type Grade = (request: GradeRequest, seconds: number) => Promise<Judged>;

export interface Site {
  /** Empty where the build gives none. */
  version: string;
  course: string;
  exercises: Exercise[];
  secret: SecretChecks;
  /** Seconds that a cell may run. */
  limit: number;
}

/** So many answers of one file may run out of time. */
const PATIENCE = 2;
/** The limit of a cell that names none. */
const USUAL_LIMIT = 30;

const UNTOUCHED: Omit<Result, "claimed"> = { outcome: "untouched", message: "", check: null, flags: [] };
const SKIPPED: Omit<Result, "claimed"> = {
  outcome: "skipped",
  message: WORDS.grade.notRun,
  check: null,
  flags: [],
};

export function exercisesOf(pages: readonly GradedPage[]): Exercise[] {
  return pages.flatMap((page) =>
    page.cells.flatMap((cell) => (cell.check === null ? [] : [{ key: `${page.page}#${cell.id}`, page, cell }])),
  );
}

/** Judges a file's answers one after the other; `signal` ends it between two, and then it is not whole. */
export async function regrade(
  { submission, isSealed }: Read,
  site: Site,
  grade: Grade,
  signal: AbortSignal,
): Promise<Report> {
  const submitted = new Map(submission.cells.map((cell) => [`${cell.page}#${cell.id}`, cell]));
  const results = new Map<string, Result>();
  let timeouts = 0;
  for (const exercise of site.exercises) {
    signal.throwIfAborted();
    const own = submitted.get(exercise.key);
    const claimed = own?.claimed ?? false;
    if (!isWritten(own, exercise)) results.set(exercise.key, { ...UNTOUCHED, claimed });
    else if (timeouts >= PATIENCE) results.set(exercise.key, { ...SKIPPED, claimed });
    else {
      const { outcome, message, check, flags } = await grade(
        requestFor(exercise, submitted, site.secret),
        limitFor(exercise, site.limit),
      );
      if (outcome === "timeout") timeouts += 1;
      results.set(exercise.key, { outcome, message, check, flags, claimed });
    }
  }
  const flags = [
    ...(isSealed ? [] : [WORDS.grade.byHand]),
    ...ofSite(submission, site),
    ...ofCells(submission.cells, site.exercises),
    ...ofResults(results),
  ];
  return { results, flags };
}

function isWritten(own: SubmittedCell | undefined, { cell }: Exercise): own is SubmittedCell & { code: string } {
  return (
    own !== undefined && own.code !== null && own.code.trim() !== "" && own.code.trimEnd() !== cell.source.trimEnd()
  );
}

/** What the exercise needs is run as the learner handed it in, else as the lesson has it. */
export function requestFor(
  { key, page, cell }: Exercise,
  submitted: ReadonlyMap<string, SubmittedCell>,
  secret: SecretChecks,
): GradeRequest {
  const codeOf = (one: GradedCell): string => submitted.get(`${page.page}#${one.id}`)?.code ?? one.source;
  return {
    before: page.cells.filter(({ id }) => cell.needs.includes(id)).map((one) => ({ id: one.id, source: codeOf(one) })),
    cell: cell.id,
    source: codeOf(cell),
    lesson: cell.source,
    checks: [{ name: "lesson", source: cell.check ?? "" }, ...(secret.get(key) ?? [])],
  };
}

/** A cell that may take longer than usual in the page may do so here; so may one that others run before. */
function limitFor({ cell }: Exercise, limit: number): number {
  return Math.ceil(limit * Math.max(1, cell.timeout / USUAL_LIMIT) * (1 + cell.needs.length));
}

function ofSite({ course, version }: Read["submission"], site: Site): string[] {
  const flags: string[] = [];
  if (course !== site.course) flags.push(fill(WORDS.grade.otherCourse, { course }));
  else if (version !== site.version)
    flags.push(fill(WORDS.grade.otherVersion, { version: version || WORDS.grade.noVersion }));
  return flags;
}

function ofCells(cells: readonly SubmittedCell[], exercises: readonly Exercise[]): string[] {
  const known = new Map(exercises.map((one) => [one.key, one]));
  const unknown: string[] = [];
  const changed: string[] = [];
  for (const { page, id, base, code, claimed } of cells) {
    const exercise = known.get(`${page}#${id}`);
    // Other cells that a learner edited may lie in the file, too.
    if (!exercise && (claimed || !exercises.some((one) => one.page.page === page))) unknown.push(`${page}#${id}`);
    if (exercise && code !== null && base !== null && base !== baseHash(exercise.cell.source))
      changed.push(exercise.key);
  }
  return [
    ...(unknown.length ? [fill(WORDS.grade.unknown, { cells: listed(unknown) })] : []),
    ...(changed.length ? [fill(WORDS.grade.otherText, { cells: listed(changed) })] : []),
  ];
}

function ofResults(results: ReadonlyMap<string, Result>): string[] {
  const claims: string[] = [];
  const doings: string[] = [];
  for (const [key, { outcome, check, claimed, flags }] of results) {
    // A secret check asks for more than what was claimed.
    if (claimed && outcome !== "pass" && !check?.startsWith("secret")) claims.push(`${key} (${outcome})`);
    if (flags.length) doings.push(`${key} ${listed(flags)}.`);
    if (outcome === "timeout") doings.push(fill(WORDS.grade.endless, { cell: key }));
    if (outcome === "broke") doings.push(fill(WORDS.grade.breaking, { cell: key }));
  }
  return [...(claims.length ? [fill(WORDS.grade.claims, { cells: listed(claims) })] : []), ...doings];
}

const LISTED = 8;

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  const first = names.slice(0, LISTED).join(", ");
  return rest > 0 ? fill(WORDS.grade.andMore, { names: first, n: rest }) : first;
}

/** For each file the others with the same cells checked at the same millisecond: one of them is a copy. */
export function sameTimes(all: readonly (readonly SubmittedCell[] | null)[]): number[][] {
  const whose = new Map<string, number[]>();
  for (const [at, cells] of all.entries())
    for (const time of new Set(cells?.flatMap(timesOf))) whose.set(time, [...(whose.get(time) ?? []), at]);
  const found = all.map(() => new Set<number>());
  for (const who of whose.values())
    for (const one of who) for (const other of who) if (one !== other) found[one]!.add(other);
  return found.map((others) => [...others].sort((a, b) => a - b));
}

function timesOf({ page, id, first, last }: SubmittedCell): string[] {
  return first !== null && last !== null && last > first ? [`${page}#${id} ${first} ${last}`] : [];
}
