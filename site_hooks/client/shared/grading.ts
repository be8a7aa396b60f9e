// What the grading page, the build and the worker that re-runs hand-ins say to each other: types, nothing else.
import type { Failure, Progress, Seal } from "./protocol";

/** The exercises of the site, as content/practice_list.py lists them: pages in the navigation's order. */
export interface GradedPage {
  /** As cells name it. */
  page: string;
  title: string;
  /** In the page's order: its exercises, and the cells that these need. */
  cells: GradedCell[];
}

export interface GradedCell {
  id: string;
  title: string;
  /** The lesson's code. */
  source: string;
  /** The ids of the cells that it needs, of its own page, in the page's order; those that they need are not listed. */
  needs: string[];
  /** Seconds that it may run. */
  timeout: number;
  /** Python that judges it; null: it is no exercise. */
  check: string | null;
}

/** A check, and where its words are about. */
export interface NamedCheck {
  /** "lesson", or "secret 1" and so on. */
  name: string;
  source: string;
}

/** Page -> worker: one exercise of one hand-in, in a namespace of its own. */
export interface GradeRequest {
  /** The cells that it needs, in order. */
  before: { id: string; source: string }[];
  cell: string;
  /** What the learner wrote. */
  source: string;
  /** The lesson's code: what it does itself is not held against the learner. */
  lesson: string;
  checks: NamedCheck[];
}

/**
 * What came of it:
 * - pass: every check was passed;
 * - doubtful: every check was passed, by code that may have deceived it: `flags` says how;
 * - fail: a check was not passed;
 * - error: the code ended in an error;
 * - blank: a blank is left.
 */
export type Outcome = "pass" | "doubtful" | "fail" | "error" | "blank";

/** Worker -> page: as client/python/grading.py gives it. */
export interface Graded {
  outcome: Outcome;
  /** Why, in words; empty for a pass. */
  message: string;
  /** The first check that was not passed. */
  check: string | null;
  /** What was done that no answer needs to do, in words. */
  flags: string[];
  /** Something may be left of it: a new worker goes on. */
  renew: boolean;
}

export type ToGrader =
  /** Always first. */
  { type: "load"; downloads: MessagePort; seal: Seal | null } | { type: "grade"; id: number; request: GradeRequest };

export type FromGrader =
  | ({ type: "loading" } & Progress)
  | { type: "ready" }
  | { type: "failed"; failure: Failure }
  /** Said while the code runs, by what it cannot reach. */
  | { type: "flag"; id: number; words: string }
  | { type: "graded"; id: number; graded: Graded }
  /** Python broke down. */
  | { type: "broke"; id: number; detail: string };
