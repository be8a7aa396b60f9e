// "Hand in", at the foot of a page and on the page of progress: a name, and one file with what was written.
//
// It is a script of its own: what it needs of the page's others, which know the cells, it is given.
import { course } from "../page/course";
import { button, make } from "../page/dom";
import { save } from "../page/save";
import { version } from "../page/site-version";
import { keys } from "../shared/site";
import { SCHEMA, sealed, type Submission } from "../shared/submission";
import { drafts } from "../storage/drafts";
import type { Marks } from "../storage/progress";
import type { LessonPage } from "./lesson-list";
import { style } from "./styles";
import { draftsOf, pageOf, type SeenCell, submitted } from "./submitted";
import { fill } from "../shared/words";
import { counted } from "../shared/counted";

export interface Lesson {
  seen(): SeenCell[];
  marks(): Marks;
  lessonList(): Promise<LessonPage[]>;
}

const LONGEST_NAME = 100;
const LONGEST_IN_FILE = 50;

/** As it was typed last, on whatever page. */
let lastName = "";

/** `place`: the page's tools, or the page of progress, behind which it stands. */
export function offer(place: Element, lesson: Lesson): void {
  if (place.parentElement?.querySelector(":scope > .hand-in")) return;
  const isCourse = place.localName === "lesson-progress";
  const here = isCourse ? null : (document.querySelector("py-cell[exercise]")?.getAttribute("page") ?? null);
  const name = make("input", {
    type: "text",
    maxlength: String(LONGEST_NAME),
    autocomplete: "name",
    class: "hand-in-name",
  });
  name.value = lastName;
  name.addEventListener("input", () => (lastName = name.value));
  const said = make("p", { class: "hand-in-said", role: "status" });
  const say = (words: string): void => void (said.textContent = words);
  const form = make(
    "form",
    { class: "hand-in-form" },
    make("label", {}, `${WORDS.handIn.name} `, name),
    button(WORDS.handIn.download, () => form.requestSubmit()),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) void handIn(name.value.trim(), here, lesson).then(say);
    else {
      say(WORDS.handIn.nameFirst);
      name.focus();
    }
  });
  const what = isCourse ? WORDS.handIn.whatCourse : WORDS.handIn.whatPage;
  const box = make(
    "details",
    { class: "hand-in progress" },
    make("summary", {}, isCourse ? WORDS.handIn.course : WORDS.handIn.page),
    make("p", {}, drafts.blocked ? `${what} ${WORDS.handIn.blocked}` : what),
    form,
    said,
    make("p", { class: "hand-in-about" }, WORDS.handIn.about),
  );
  place.after(box);
  void style("handIn");
}

/** What came of it, in words. */
async function handIn(name: string, page: string | null, lesson: Lesson): Promise<string> {
  const seen = lesson.seen();
  const listed = await lesson.lessonList().catch(() => null);
  const pages = page === null ? listed : [listed?.find((one) => one.page === page) ?? pageOf(seen, page)];
  if (!pages) return WORDS.all.listGone;
  const cells = submitted(pages, { seen, drafts: draftsOf(drafts.all(), keys.drafts), marks: lesson.marks() });
  const saved = new Date().toISOString();
  const submission: Submission = { schema: SCHEMA, course: course(), version, name, saved, cells };
  const file = new Blob([sealed(submission)], { type: "application/json" });
  save(file, `hand-in ${plain(name)} ${saved.slice(0, 10)}.json`);
  const written = cells.filter(({ code }) => code !== null).length;
  const claimed = cells.filter((cell) => cell.claimed).length;
  const gaps = { cells: counted(WORDS.handIn.cells, written), checks: counted(WORDS.handIn.checks, claimed) };
  return fill(WORDS.handIn.saved, gaps);
}

/** A name as a file may have it on any system: few have room for more than 255 bytes. */
function plain(name: string): string {
  const letters = [...name.replaceAll(/[^\p{L}\p{N}]+/gu, "-")].slice(0, LONGEST_IN_FILE).join("");
  return letters.replaceAll(/^-|-$/g, "") || "unnamed";
}
