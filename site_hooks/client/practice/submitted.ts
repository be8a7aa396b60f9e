// What goes into a hand-in: of each exercise the code, from the page or from storage, and what the browser remembers.
import { type Draft, parseDraft } from "../storage/drafts";
import type { Mark, Marks } from "../storage/progress";
import { baseHash, type SubmittedCell } from "../shared/submission";
import type { LessonPage } from "./lesson-list";

/** A cell that the tab has shown: it has the code as it stands, whatever storage keeps. */
export interface SeenCell {
  readonly page: string;
  readonly id: string;
  readonly isExercise: boolean;
  /** The lesson's code. */
  readonly source: string;
  readonly text: string;
}

export interface Sources {
  seen: readonly SeenCell[];
  /** "page#id" -> the edit that storage keeps. */
  drafts: ReadonlyMap<string, Draft>;
  marks: Marks;
}

/**
 * The exercises of these pages, in their order, and behind those of each page its other cells that were edited: an exercise
 * may build on them.
 */
export function submitted(pages: readonly LessonPage[], sources: Sources): SubmittedCell[] {
  const seen = new Map(sources.seen.map((cell) => [`${cell.page}#${cell.id}`, cell]));
  return pages
    .filter(({ items }) => items.some(({ kind }) => kind === "exercise"))
    .flatMap(({ page, items }) => {
      const of = (kind: "exercise" | "cell"): [string, SubmittedCell][] =>
        items
          .filter((item) => item.kind === kind)
          .map(({ id }) => [kind, submittedCell(page, id, seen.get(`${page}#${id}`), sources)]);
      return [...of("exercise"), ...of("cell").filter(([, { code }]) => code !== null)].map(([, cell]) => cell);
    });
}

/** What storage has, without the prefix of its keys. */
export function draftsOf(stored: ReadonlyMap<string, string>, prefix: string): Map<string, Draft> {
  const found = new Map<string, Draft>();
  for (const [key, text] of stored) {
    const draft = parseDraft(text);
    if (draft) found.set(key.slice(prefix.length), draft);
  }
  return found;
}

/** The page that is shown, where the lesson's list is not there. */
export function pageOf(seen: readonly SeenCell[], page: string): LessonPage {
  const items = seen
    .filter((cell) => cell.page === page)
    .map(({ id, isExercise }) => ({
      kind: isExercise ? ("exercise" as const) : ("cell" as const),
      id,
      title: id,
      version: "",
    }));
  return { page, url: "", title: page, items };
}

function submittedCell(
  page: string,
  id: string,
  cell: SeenCell | undefined,
  { drafts, marks }: Sources,
): SubmittedCell {
  const key = `${page}#${id}`;
  const mark = marks.get(key);
  const { base, code } = codeOf(cell, drafts.get(key));
  return {
    page,
    id,
    base: base === null ? null : baseHash(base),
    code,
    claimed: isClaimed(mark),
    runs: mark?.tries ?? 0,
    first: mark?.first ?? null,
    last: mark?.last ?? null,
  };
}

function codeOf(cell: SeenCell | undefined, draft: Draft | undefined): { base: string | null; code: string | null } {
  if (cell && cell.text === cell.source) return { base: cell.source, code: null };
  // A draft of an earlier text of the lesson says which it was.
  if (cell) return { base: draft?.code === cell.text ? draft.base : cell.source, code: cell.text };
  return draft ?? { base: null, code: null };
}

function isClaimed(mark: Mark | undefined): boolean {
  return mark?.kind === "exercise" && mark.done.length > 0;
}
