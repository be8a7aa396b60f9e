// The learner's edits, kept in the browser: one draft per cell of a page. Blocked or full storage costs the draft,
// nothing else.
import { type Refusal, refusal } from "./refusal";
import { keys } from "../shared/site";
import { local } from "../shared/stores";
import { attempt, type Store } from "./store";

/** An edit, and the lesson's code that it started from. */
export interface Draft {
  code: string;
  base: string;
}

export type Restored =
  /** No draft, or one that says what the lesson says. */
  | { kind: "none" }
  | { kind: "draft"; code: string }
  /** The lesson changed this cell after the edit. */
  | { kind: "conflict"; code: string };

export class Drafts {
  /**
   * @param prefix sets this site's drafts apart from those of others at the same origin
   * @param store throws, or is missing, where storage is blocked
   */
  constructor(
    private readonly prefix: string,
    private readonly store: () => Store | null,
  ) {}

  key(page: string, cell: string): string {
    return `${this.prefix}${page}#${cell}`;
  }

  restore(page: string, cell: string, source: string): Restored {
    const draft = parseDraft(attempt(this.store, (store) => store.getItem(this.key(page, cell))));
    if (!draft || draft.code === source) return { kind: "none" };
    return { kind: draft.base === source ? "draft" : "conflict", code: draft.code };
  }

  /** Keeps an edit; code equal to the lesson's needs no draft. Says why where it could not be kept. */
  keep(page: string, cell: string, draft: Draft): "kept" | Refusal {
    const key = this.key(page, cell);
    try {
      const store = this.store();
      if (!store) return "blocked";
      if (draft.code === draft.base) store.removeItem(key);
      else store.setItem(key, JSON.stringify(draft));
      return "kept";
    } catch (error) {
      return refusal(error);
    }
  }

  /** Nothing can be read or kept. */
  get blocked(): boolean {
    return attempt(this.store, (store) => store.length) === null;
  }

  /** Every draft of this site: key -> what is stored. */
  all(): Map<string, string> {
    const found = attempt(this.store, (store) => {
      const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? "");
      const own = keys.filter((key) => key.startsWith(this.prefix));
      return own.map((key): [string, string] => [key, store.getItem(key) ?? ""]);
    });
    return new Map(found);
  }

  forget(): void {
    for (const key of this.all().keys()) attempt(this.store, (store) => store.removeItem(key));
  }

  /** Puts back what all() gave. */
  restoreAll(drafts: Map<string, string>): void {
    for (const [key, value] of drafts) attempt(this.store, (store) => store.setItem(key, value));
  }
}

export function parseDraft(text: string | null): Draft | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null || !("code" in value) || !("base" in value)) return null;
    const { code, base } = value;
    return typeof code === "string" && typeof base === "string" ? { code, base } : null;
  } catch {
    return null;
  }
}

export const drafts = new Drafts(keys.drafts, local);
