// What there is to do in the lesson, page by page: the build lists it (site_hooks/content/practice_list.py).
import { root } from "../shared/site";
import type { Kind } from "../storage/progress";

export interface LessonPage {
  /** As marks name it. */
  page: string;
  /** From the site's root. */
  url: string;
  title: string;
  items: Item[];
}

export interface Item {
  kind: Kind;
  id: string;
  title: string;
  version: string;
}

let asked: Promise<LessonPage[]> | null = null;

/** In the navigation's order. Rejects where it cannot be fetched; the next call tries again. */
export function lessonList(): Promise<LessonPage[]> {
  asked ??= fetched().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

async function fetched(): Promise<LessonPage[]> {
  const response = await fetch(new URL("practice.json", root));
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as LessonPage[];
}
