// A mark beside each page of the navigation: how much of its exercises and questions is done.
import { make } from "../page/dom";
import { root } from "../shared/site";
import { type Marks, progress } from "../storage/progress";
import { type LessonPage, lessonList } from "./lesson-list";
import { unseen } from "./words";
import { fill } from "../shared/words";

export interface Share {
  done: number;
  of: number;
}

/** Of a page's exercises and questions; of its cells, where it has neither. */
export function share({ page, items }: LessonPage, marks: Marks): Share {
  const asked = items.filter(({ kind }) => kind !== "cell");
  const counted = asked.length ? asked : items;
  return { done: counted.filter(({ id }) => marks.get(`${page}#${id}`)?.done.length).length, of: counted.length };
}

export async function markPages(): Promise<void> {
  const marks = progress.all();
  const pages = marks.size ? await lessonList().catch(() => []) : [];
  const shares = new Map(pages.map((page) => [new URL(page.url, root).pathname, share(page, marks)]));
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".md-nav--primary a.md-nav__link[href]")) {
    link.querySelector(".page-mark")?.remove();
    const { done = 0, of = 0 } = shares.get(link.pathname) ?? {};
    if (!done || link.hash) continue;
    const words = fill(WORDS.progress.pageDone, { done, all: of });
    const mark = make("span", { class: "page-mark", title: words }, unseen(` (${words})`));
    mark.toggleAttribute("data-all", done === of);
    mark.style.setProperty("--share", String(done / of));
    link.append(mark);
  }
}
