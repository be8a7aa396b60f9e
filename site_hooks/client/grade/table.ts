// What the grading page knows of all files, as rows: for the page, and for the CSV.
import type { SubmittedCell } from "../shared/submission";
import { csv } from "./csv";
import type { Exercise, Report } from "./regrade";
import type { Pair } from "./similarity";
import { fill } from "../shared/words";

export interface Row {
  file: string;
  /** As the learner wrote it; the file's name where it cannot be read. */
  name: string;
  saved: string;
  course: string;
  version: string;
  cells: SubmittedCell[];
  /** Null as long as it waits, and for good where there is a problem. */
  report: Report | null;
  /** Why it cannot be judged. */
  problem: string;
  /** Other rows with the same times. */
  sameAs: Row[];
  /** Other rows with code that is alike, the most alike first. */
  alike: { row: Row; pair: Pair }[];
}

export interface Counts {
  right: number;
  /** Exercises of the pages that were handed in: a page has fewer than the course. */
  of: number;
  claimed: number;
  doubtful: number;
}

export function counts({ report, cells }: Pick<Row, "report" | "cells">): Counts {
  const pages = new Set(cells.map(({ page }) => page));
  const keys = [...(report?.results.keys() ?? [])];
  const results = [...(report?.results.values() ?? [])];
  return {
    right: results.filter(({ outcome }) => outcome === "pass").length,
    of: keys.filter((key) => pages.has(key.slice(0, key.indexOf("#")))).length || keys.length,
    claimed: results.filter(({ claimed }) => claimed).length,
    doubtful: results.filter(({ outcome }) => outcome === "doubtful").length,
  };
}

/** All that the instructor is to look at. */
export function flagsOf({ problem, report, sameAs }: Row): string[] {
  return [
    ...(problem ? [problem] : []),
    ...(report?.flags ?? []),
    ...(sameAs.length ? [fill(WORDS.grade.sameTimes, { files: sameAs.map(({ file }) => file).join(", ") })] : []),
  ];
}

export function alikeWords({ alike }: Row): string {
  return alike.map(({ row, pair }) => `${row.name} (${row.file}) ${Math.round(pair.share * 100)} %`).join(", ");
}

export function table(rows: readonly Row[], exercises: readonly Exercise[]): string {
  const head = ["file", "name", "saved", "course", "version", "right", "of", "claimed", "doubtful", "look at", "alike"];
  return csv([
    [...head, ...exercises.map(({ key }) => key)],
    ...rows.map((row) => {
      const { right, of, claimed, doubtful } = counts(row);
      const numbers = row.report ? [right, of, claimed, doubtful] : ["", "", "", ""];
      const results = exercises.map(({ key }) => {
        const result = row.report?.results.get(key);
        return result ? `${result.outcome}${result.claimed ? ", claimed" : ""}` : "";
      });
      const { file, name, saved, course, version } = row;
      return [file, name, saved, course, version, ...numbers, flagsOf(row).join(" "), alikeWords(row), ...results];
    }),
  ]);
}
