// What the parts of a package tell one another: types, nothing else.
import type { Kind } from "../storage/progress";

/** What site_hooks/publish/package.py writes into the launch page. */
export interface Package {
  format: "scorm12" | "scorm2004" | "cmi5";
  /** The share of the items that is passed, above 0 and at most 1. */
  mark: number;
  /** The page that is shown first; addresses are relative to the site's folder. */
  start: string;
  pages: string[];
  items: Item[];
}

/** An exercise or a question that counts. */
export interface Item {
  page: string;
  id: string;
  kind: Kind;
  title: string;
  version: string;
  /** Four characters that stand for it in what a system keeps. */
  code: string;
}

/** What the launch page gives to the pages in its frame, as `lessonReport`. */
export interface Report {
  /** A page is shown. */
  at(address: string): void;
  /** Something was checked or answered, and was right. */
  passed(page: string, id: string): void;
}

/** What a system keeps from one visit to the next. */
export interface Kept {
  /** What was passed: see record.ts. */
  done: string;
  /** The address of the page that was shown last. */
  at: string;
}

export interface Standing extends Kept {
  passed: boolean;
  /** Of what counts, from 0 to 1. */
  share: number;
}

/** How a visit begins. */
export interface Begun extends Kept {
  /** Nothing is to be reported: the course was opened to look at it. */
  silent: boolean;
  /** The share that is passed, where the system says it itself. */
  mark: number | null;
  /** Where the system wants learners to go when they leave. */
  back: string | null;
}

/** A learning management system. */
export interface Lms {
  /** Rejects with NotOpened where nobody takes reports. */
  begin(): Promise<Begun>;
  /** Rejects where it was not kept; the next call has it all again. */
  keep(standing: Standing): Promise<void>;
  /** The page goes away: there is time for calls that return at once, and for none that wait. */
  end(standing: Standing | null): Promise<void>;
}
