// <lesson-progress>: what the learner has done, page by page; what is due for review; and what can be done with it all.
import { button, make } from "../page/dom";
import { save } from "../page/save";
import { root } from "../shared/site";
import { doneWith, type Kind, type Mark, type Marks, progress, REVIEW_DAYS } from "../storage/progress";
import { type Item, type LessonPage, lessonList } from "./lesson-list";
import { share } from "./page-marks";
import { style } from "./styles";
import { day } from "./words";

/** Of a file that is read: some thousand times what a lesson's marks take. */
const LARGEST = 5_000_000;

const NOUNS: Record<Kind, [label: string, did: string]> = {
  exercise: ["Exercise", "Passed"],
  quiz: ["Question", "Answered"],
  cell: ["Cell", "Run"],
};

const MERGE_RULE = "Whatever was done in either counts as done.";

class ProgressPage extends HTMLElement {
  readonly #sum = make("p", { class: "progress-sum" });
  readonly #review = make("div", { class: "progress-review" });
  readonly #pages = make("div", { class: "progress-pages" });
  readonly #said = make("span", { class: "progress-said", role: "status" });
  readonly #undo = button("Undo", () => this.#restore());
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
      "aria-label": "File of progress",
    });
    file.addEventListener("change", () => void this.#read(file));
    this.#undo.hidden = true;
    const tools = make(
      "div",
      { class: "progress-tools", role: "group", "aria-label": "Your marks" },
      button("Save to a file", () => this.#save()),
      button("Add from a file", () => file.click()),
      button("Print a record", () => this.#print()),
      button("Clear", () => this.#clear()),
      this.#undo,
      file,
    );
    this.replaceChildren(
      this.#sum,
      make("h2", { id: "review" }, "Review"),
      this.#review,
      make("h2", { id: "pages" }, "Page by page"),
      this.#pages,
      make("h2", { id: "keep" }, "Keep it"),
      make(
        "p",
        { class: "progress-about" },
        `Your marks are in this browser only. A file takes them to another one; there they are added to what it has. ${MERGE_RULE}`,
      ),
      tools,
      this.#said,
      make(
        "p",
        { class: "progress-claim" },
        `As this browser has it on ${day(Date.now())}. It records what was done here, and proves nothing beyond that.`,
      ),
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
      const [label, did] = NOUNS[kind];
      return make(
        "span",
        { class: "progress-count" },
        make("strong", {}, this.#list ? `${done} of ${keys.length}` : String(done)),
        ` ${label.toLowerCase()}s ${did.toLowerCase()}`,
      );
    });
    const notes: string[] = [];
    if (progress.blocked)
      notes.push(
        "This browser blocks storage, so it keeps no data for this site: your marks are gone when you leave it.",
      );
    if (!this.#list) notes.push("The list of the lesson’s pages could not be loaded: here is only what you have done.");
    return [...parts, ...notes.map((note) => make("span", { class: "progress-note" }, note))];
  }

  #save(): void {
    const text = progress.export();
    save(new Blob([text], { type: "application/json" }), `progress-${new Date().toISOString().slice(0, 10)}.json`);
    this.#tell(`Saved ${counted(progress.all().size, "mark")} to a file.`);
  }

  async #read(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    const text = file.size > LARGEST ? "" : await file.text();
    input.value = ""; // the same file can be chosen again
    if (file.size > LARGEST) {
      this.#tell("Nothing was changed. This file is too large to be one of this lesson’s progress.");
      return;
    }
    const result = progress.import(text);
    if ("problem" in result) {
      this.#tell(`Nothing was changed. ${result.problem}`);
      return;
    }
    const { added, merged, refused } = result;
    const kept =
      refused === "full"
        ? " This browser’s storage for this site is full: some are gone when you leave it. The help page says how to make room."
        : refused
          ? " This browser blocks storage, so it keeps no data for this site: they are gone when you leave it."
          : "";
    this.#tell(`${counted(added, "mark")} added, ${merged} joined with yours. ${MERGE_RULE}${kept}`);
  }

  #clear(): void {
    const marks = progress.clear();
    if (marks.size) this.#cleared = marks;
    this.#tell(marks.size ? `Cleared ${counted(marks.size, "mark")}.` : "There is nothing to clear.");
  }

  #restore(): void {
    if (this.#cleared) progress.restore(this.#cleared);
    this.#cleared = null;
    this.#tell("Your marks are back.");
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
    return make("li", {}, link, make("span", { class: "progress-status" }, `${page.title}, missed before`));
  });
  if (rows.length)
    return [make("p", {}, "These were missed some days ago. Answer them again:"), make("ul", {}, ...rows)];
  const coming = [...marks.values()].flatMap(({ due: at }) => at ?? []);
  const days = `${REVIEW_DAYS[0]} days, and again after ${REVIEW_DAYS.slice(1).join(" and ")}`;
  const next = coming.length ? ` The next one is due on ${day(Math.min(...coming))}.` : "";
  return [make("p", {}, `Nothing is due. What you miss is asked again here after ${days}.${next}`)];
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
      make("span", { class: "progress-share" }, `${done} of ${of}`),
    ),
    make("ul", {}, ...rows),
  );
}

function itemRow(page: LessonPage, item: Item, mark: Mark | null): HTMLElement {
  const [label] = NOUNS[item.kind];
  const row = make(
    "li",
    { "data-mark": mark?.done.length ? "done" : mark ? "tried" : "none" },
    make("span", { class: "progress-kind" }, label),
    make("a", { href: address(page, item.id) }, named(item.kind, item.title || item.id)),
    make("span", { class: "progress-status" }, status(item, mark)),
  );
  return row;
}

/** A title below a label that says its first word already: "Exercise: the gradient". */
function named(kind: Kind, title: string): string {
  const twice = `${NOUNS[kind][0]}: `;
  if (!title.startsWith(twice)) return title;
  return title.charAt(twice.length).toUpperCase() + title.slice(twice.length + 1);
}

/** What was done of it, in words. */
export function status({ kind, version }: Pick<Item, "kind" | "version">, mark: Mark | null): string {
  if (!mark) return "not yet";
  const [, did] = NOUNS[kind];
  const done = doneWith(mark, version);
  if (!done)
    return kind === "cell" ? "ended with an error" : mark.tries === 1 ? "tried once" : `tried ${mark.tries} times`;
  const words = `${did.toLowerCase()} on ${day(done.at)}${done.helped ? ", with the solution in sight" : ""}`;
  return done.version === version || kind === "cell" ? words : `${words}; the lesson has changed it since`;
}

function goneRow(marks: [string, Mark][]): HTMLDetailsElement {
  const rows = marks.map(([key, mark]) =>
    make(
      "li",
      { "data-mark": mark.done.length ? "done" : "tried" },
      make("span", { class: "progress-kind" }, NOUNS[mark.kind][0]),
      make("span", {}, `${named(mark.kind, mark.title)} (${parted(key)[0]})`),
      make("span", { class: "progress-status" }, status(mark, mark)),
    ),
  );
  return make(
    "details",
    { class: "progress-page", id: "progress--gone", "data-kind": "page" },
    make("summary", {}, make("span", { class: "progress-title" }, "No longer in the lesson")),
    make("ul", {}, ...rows),
  );
}

function address({ url }: LessonPage, id: string): string {
  return new URL(`${url}#${id}`, root).href;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

await style("progress");
customElements.define("lesson-progress", ProgressPage);
