// <lesson-progress>: what the learner has done, page by page; what is due for review; and what can be done with it all.
import { button, make } from "../page/dom";
import { save } from "../page/save";
import { root } from "../shared/site";
import { doneWith, type Kind, type Mark, type Marks, progress, REVIEW_DAYS } from "../storage/progress";
import { type Item, type LessonPage, lessonList } from "./lesson-list";
import { share } from "./page-marks";
import { style } from "./styles";
import { day } from "./words";
import { counted } from "../shared/counted";
import { fill } from "../shared/words";

/** Of a file that is read: some thousand times what a lesson's marks take. */
const LARGEST = 5_000_000;

const LABELS: Record<Kind, string> = {
  exercise: WORDS.progress.exercise,
  quiz: WORDS.progress.quiz,
  cell: WORDS.progress.cell,
};
const SUMS: Record<Kind, string> = {
  exercise: WORDS.progress.exercises,
  quiz: WORDS.progress.quizzes,
  cell: WORDS.progress.cells,
};
const DONE: Record<Kind, string> = {
  exercise: WORDS.progress.exerciseOn,
  quiz: WORDS.progress.quizOn,
  cell: WORDS.progress.cellOn,
};
/** How the lesson's own titles may begin, whatever language the interface has. */
const TITLED: Record<Kind, string> = { exercise: "Exercise: ", quiz: "Question: ", cell: "Cell: " };

const MERGE_RULE = WORDS.progress.merged;

class ProgressPage extends HTMLElement {
  readonly #sum = make("p", { class: "progress-sum" });
  readonly #review = make("div", { class: "progress-review" });
  readonly #pages = make("div", { class: "progress-pages" });
  readonly #said = make("span", { class: "progress-said", role: "status" });
  readonly #undo = button(WORDS.all.undo, () => this.#restore());
  #cleared: Marks | null = null;
  #list: LessonPage[] | null = null;
  #watching = new AbortController();

  connectedCallback(): void {
    if (!this.querySelector(".progress-sum")) this.#build();
    this.#watching = new AbortController();
    progress.watch(() => this.#draw(), this.#watching.signal);
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#watching.abort(null);
  }

  #build(): void {
    const file = make("input", {
      type: "file",
      accept: ".json,application/json",
      hidden: "",
      "aria-label": WORDS.progress.file,
    });
    file.addEventListener("change", () => void this.#read(file));
    this.#undo.hidden = true;
    const tools = make(
      "div",
      { class: "progress-tools", role: "group", "aria-label": WORDS.progress.yours },
      button(WORDS.progress.save, () => this.#save()),
      button(WORDS.progress.add, () => file.click()),
      button(WORDS.progress.print, () => this.#print()),
      button(WORDS.all.clear, () => this.#clear()),
      this.#undo,
      file,
    );
    this.replaceChildren(
      this.#sum,
      make("h2", { id: "review" }, WORDS.progress.review),
      this.#review,
      make("h2", { id: "pages" }, WORDS.progress.pages),
      this.#pages,
      make("h2", { id: "keep" }, WORDS.progress.keep),
      make("p", { class: "progress-about" }, fill(WORDS.progress.here, { merged: MERGE_RULE })),
      tools,
      this.#said,
      make("p", { class: "progress-claim" }, fill(WORDS.progress.claim, { day: day(Date.now()) })),
    );
  }

  async #load(): Promise<void> {
    this.#list = await lessonList().catch(() => null);
    this.#draw();
  }

  #draw(): void {
    const marks = progress.all();
    const list = this.#list ?? alone(marks);
    this.#sum.replaceChildren(...this.#summary(list, marks));
    this.#review.replaceChildren(...reviewed(list, marks));
    const open = new Set([...this.#pages.querySelectorAll<HTMLDetailsElement>("details[open]")].map(({ id }) => id));
    const focused = document.activeElement?.closest("details")?.id;
    const rows = list.filter(({ items }) => items.length).map((page) => pageRow(page, marks));
    const gone = left(list, marks);
    if (gone.length) rows.push(goneRow(gone));
    for (const row of rows) row.open = open.has(row.id);
    this.#pages.replaceChildren(...rows);
    if (focused) document.getElementById(focused)?.querySelector("summary")?.focus();
  }

  #summary(list: LessonPage[], marks: Marks): (Node | string)[] {
    const parts = (["exercise", "quiz", "cell"] as const).map((kind) => {
      const keys = list.flatMap(({ page, items }) =>
        items.filter((one) => one.kind === kind).map(({ id }) => `${page}#${id}`),
      );
      const done = keys.filter((key) => marks.get(key)?.done.length).length;
      return make(
        "span",
        { class: "progress-count" },
        make("strong", {}, this.#list ? fill(WORDS.progress.of, { done, all: keys.length }) : String(done)),
        ` ${SUMS[kind]}`,
      );
    });
    const notes: string[] = [];
    if (progress.blocked) notes.push(WORDS.all.blockedMarks);
    if (!this.#list) notes.push(WORDS.progress.noList);
    return [...parts, ...notes.map((note) => make("span", { class: "progress-note" }, note))];
  }

  #save(): void {
    const text = progress.export();
    save(new Blob([text], { type: "application/json" }), `progress-${new Date().toISOString().slice(0, 10)}.json`);
    this.#tell(fill(WORDS.progress.saved, { marks: counted(WORDS.progress.marks, progress.all().size) }));
  }

  async #read(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    const text = file.size > LARGEST ? "" : await file.text();
    input.value = ""; // the same file can be chosen again
    if (file.size > LARGEST) {
      this.#tell(WORDS.progress.tooLarge);
      return;
    }
    const result = progress.import(text);
    if ("problem" in result) {
      this.#tell(fill(WORDS.progress.unchanged, { why: result.problem }));
      return;
    }
    const { added, merged, refused } = result;
    const kept = refused === "full" ? ` ${WORDS.progress.full}` : refused ? ` ${WORDS.progress.blocked}` : "";
    this.#tell(
      fill(WORDS.progress.added, { marks: counted(WORDS.progress.marks, added), merged, rule: MERGE_RULE }) + kept,
    );
  }

  #clear(): void {
    const marks = progress.clear();
    if (marks.size) this.#cleared = marks;
    this.#tell(
      marks.size
        ? fill(WORDS.progress.cleared, { marks: counted(WORDS.progress.marks, marks.size) })
        : WORDS.progress.empty,
    );
  }

  #restore(): void {
    if (this.#cleared) progress.restore(this.#cleared);
    this.#cleared = null;
    this.#tell(WORDS.progress.back);
    this.querySelector<HTMLElement>(".progress-tools button")?.focus();
  }

  #print(): void {
    const closed = [...this.#pages.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const row of closed) row.open = true;
    addEventListener(
      "afterprint",
      () => {
        for (const row of closed) row.open = false;
      },
      { once: true },
    );
    print();
  }

  #tell(words: string): void {
    this.#said.textContent = words;
    this.#undo.hidden = !this.#cleared;
  }
}

/** What can be said of marks when the lesson's own list is not there. */
function alone(marks: Marks): LessonPage[] {
  const pages = new Map<string, LessonPage>();
  for (const [key, mark] of marks) {
    const [page, id] = parted(key);
    const found = pages.get(page) ?? { page, url: "", title: page, items: [] };
    found.items.push({ ...mark, id });
    pages.set(page, found);
  }
  return [...pages.values()];
}

function parted(key: string): [page: string, id: string] {
  const [page = "", id = ""] = key.split("#");
  return [page, id];
}

/** Marks of what the lesson has no more. The cells of pages that are not listed are no part of it: the reference's. */
function left(list: LessonPage[], marks: Marks): [string, Mark][] {
  const pages = new Set(list.map(({ page }) => page));
  const listed = new Set(list.flatMap(({ page, items }) => items.map(({ id }) => `${page}#${id}`)));
  const isPart = (key: string, { kind }: Mark): boolean => kind !== "cell" || pages.has(parted(key)[0]);
  return [...marks].filter(([key, mark]) => !listed.has(key) && isPart(key, mark));
}

function reviewed(list: LessonPage[], marks: Marks): Node[] {
  const titles = new Map(list.map((page) => [page.page, page]));
  const due = progress.due().filter(([key]) => titles.get(parted(key)[0])?.url !== undefined);
  const rows = due.map(([key, mark]) => {
    const [name, id] = parted(key);
    const page = titles.get(name)!;
    const link = make("a", { href: address(page, id) }, mark.title);
    return make(
      "li",
      {},
      link,
      make("span", { class: "progress-status" }, fill(WORDS.progress.missed, { page: page.title })),
    );
  });
  if (rows.length) return [make("p", {}, WORDS.progress.due), make("ul", {}, ...rows)];
  const coming = [...marks.values()].flatMap(({ due: at }) => at ?? []);
  const [first, ...others] = REVIEW_DAYS.map(String);
  const later = new Intl.ListFormat(WORDS.all.locale).format(others);
  const words = [fill(WORDS.progress.nothingDue, { first: first!, others: later })];
  if (coming.length) words.push(fill(WORDS.progress.nextDue, { day: day(Math.min(...coming)) }));
  return [make("p", {}, words.join(" "))];
}

function pageRow(page: LessonPage, marks: Marks): HTMLDetailsElement {
  const { done, of } = share(page, marks);
  const bar = make("span", { class: "progress-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(of ? done / of : 0));
  const rows = page.items.map((item) => itemRow(page, item, marks.get(`${page.page}#${item.id}`) ?? null));
  return make(
    "details",
    { class: "progress-page", id: `progress-${page.page.replaceAll(/[^\w-]/g, "-")}`, "data-kind": "page" },
    make(
      "summary",
      {},
      make("span", { class: "progress-title" }, page.title),
      bar,
      make("span", { class: "progress-share" }, fill(WORDS.progress.of, { done, all: of })),
    ),
    make("ul", {}, ...rows),
  );
}

function itemRow(page: LessonPage, item: Item, mark: Mark | null): HTMLElement {
  const row = make(
    "li",
    { "data-mark": mark?.done.length ? "done" : mark ? "tried" : "none" },
    make("span", { class: "progress-kind" }, LABELS[item.kind]),
    make("a", { href: address(page, item.id) }, named(item.kind, item.title || item.id)),
    make("span", { class: "progress-status" }, status(item, mark)),
  );
  return row;
}

/** A title below a label that says its first word already: "Exercise: the gradient". */
function named(kind: Kind, title: string): string {
  const twice = TITLED[kind];
  if (!title.startsWith(twice)) return title;
  return title.charAt(twice.length).toUpperCase() + title.slice(twice.length + 1);
}

/** What was done of it, in words. */
export function status({ kind, version }: Pick<Item, "kind" | "version">, mark: Mark | null): string {
  if (!mark) return WORDS.progress.notYet;
  const done = doneWith(mark, version);
  if (!done)
    return kind === "cell"
      ? WORDS.progress.badEnd
      : mark.tries === 1
        ? WORDS.progress.triedOnce
        : fill(WORDS.progress.tried, { n: mark.tries });
  const did = fill(DONE[kind], { day: day(done.at) });
  const words = done.helped ? fill(WORDS.progress.helped, { what: did }) : did;
  return done.version === version || kind === "cell" ? words : fill(WORDS.progress.changed, { what: words });
}

function goneRow(marks: [string, Mark][]): HTMLDetailsElement {
  const rows = marks.map(([key, mark]) =>
    make(
      "li",
      { "data-mark": mark.done.length ? "done" : "tried" },
      make("span", { class: "progress-kind" }, LABELS[mark.kind]),
      make("span", {}, fill(WORDS.progress.item, { title: named(mark.kind, mark.title), page: parted(key)[0] })),
      make("span", { class: "progress-status" }, status(mark, mark)),
    ),
  );
  return make(
    "details",
    { class: "progress-page", id: "progress--gone", "data-kind": "page" },
    make("summary", {}, make("span", { class: "progress-title" }, WORDS.progress.gone)),
    make("ul", {}, ...rows),
  );
}

function address({ url }: LessonPage, id: string): string {
  return new URL(`${url}#${id}`, root).href;
}

await style("progress");
customElements.define("lesson-progress", ProgressPage);
