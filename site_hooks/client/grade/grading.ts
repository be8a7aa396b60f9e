// <lesson-grading>: the page on which an instructor drops hand-ins. Nothing is loaded before that, and nothing leaves it.
import { course } from "../page/course";
import { button, make } from "../page/dom";
import { save } from "../page/save";
import { version } from "../page/site-version";
import { style } from "../practice/styles";
import type { GradedPage, GradeRequest } from "../shared/grading";
import { root } from "../shared/site";
import { LARGEST, type Read, read, tooLarge } from "../shared/submission";
import { dropped, type Found, isSecret, MOST, refused, several } from "./dropped";
import { Judge, type Judged, StartError } from "./judge";
import { createGrader } from "./python-parts";
import { type Exercise, exercisesOf, regrade, sameTimes, type Site } from "./regrade";
import { type SecretChecks, secretChecks } from "./secret-checks";
import { alike } from "./similarity";
import { alikeWords, counts, flagsOf, type Row, table } from "./table";
import { fill } from "../shared/words";
import { counted } from "../shared/counted";

/** Each holds some 150 MB. */
const MOST_WORKERS = 3;
const SECONDS = 10;
const MOST_SECONDS = 600;

const OUTCOMES: Record<string, string> = {
  pass: WORDS.grade.pass,
  doubtful: WORDS.grade.doubtful,
  fail: WORDS.grade.fail,
  error: WORDS.grade.error,
  blank: WORDS.grade.blank,
  timeout: WORDS.grade.timeout,
  broke: WORDS.grade.broke,
  untouched: WORDS.grade.untouched,
  skipped: WORDS.grade.skipped,
};

interface Entry extends Row {
  /** What the file holds. */
  text: string;
  read: Read | null;
  line: HTMLTableRowElement;
}

class GradingPage extends HTMLElement {
  readonly #input = make("input", {
    type: "file",
    accept: ".json,.py,application/json",
    multiple: "",
    hidden: "",
    "aria-label": WORDS.grade.files,
  });
  readonly #seconds = make("input", {
    type: "number",
    min: "1",
    max: String(MOST_SECONDS),
    value: String(SECONDS),
    class: "grading-seconds",
  });
  readonly #zone = make("div", { class: "grading-zone" });
  readonly #bar = make("div", { class: "grading-bar", role: "progressbar", "aria-label": WORDS.grade.judged });
  readonly #stopButton = button(WORDS.all.stop, () => this.#stop.abort());
  readonly #goOn = button(WORDS.grade.goOn, () => {
    this.#fault = "";
    void this.#run();
  });
  readonly #busy = make("div", { class: "grading-busy" });
  readonly #said = make("p", { class: "progress-said", role: "status" });
  /** Whose secret checks judge: a file that a learner handed in must not pass for them. */
  readonly #inUse = make("p", { class: "grading-in-use" });
  readonly #results = make("div", { class: "grading-results" });
  readonly #body = make("tbody");
  readonly #pairs = make("div", { class: "grading-pairs" });
  #entries: Entry[] = [];
  #pages: Promise<GradedPage[]> | null = null;
  #exercises: Exercise[] = [];
  #secret: SecretChecks = new Map();
  #stop = new AbortController();
  #isRunning = false;
  /** What is wrong with what was taken last; a run that goes on meanwhile does not unsay it. */
  #fault = "";
  /** The same answer is judged once. */
  #known = new Map<string, Promise<Judged>>();

  connectedCallback(): void {
    if (!this.querySelector(".grading-zone")) this.#build();
  }

  disconnectedCallback(): void {
    this.#stop.abort();
  }

  #build(): void {
    this.#input.addEventListener("change", () => {
      const files = [...(this.#input.files ?? [])].map((file) => ({ path: file.name, file }));
      this.#input.value = ""; // the same files can be chosen again
      void this.#take({ files, isAll: true });
    });
    this.#zone.append(
      make("p", {}, WORDS.grade.drop),
      button(WORDS.grade.choose, () => this.#input.click()),
      this.#input,
      make("label", {}, `${WORDS.grade.seconds} `, this.#seconds),
    );
    this.#zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.#zone.toggleAttribute("data-over", true);
    });
    this.#zone.addEventListener("dragleave", () => this.#zone.removeAttribute("data-over"));
    this.#zone.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#zone.removeAttribute("data-over");
      if (event.dataTransfer) this.#drop(event.dataTransfer);
    });
    this.#busy.append(this.#bar, this.#stopButton);
    this.#busy.hidden = this.#goOn.hidden = this.#results.hidden = true;
    const head = [
      WORDS.grade.name,
      WORDS.grade.right,
      WORDS.grade.claimed,
      WORDS.grade.doubtfulHead,
      WORDS.grade.lookAt,
      WORDS.grade.alike,
    ];
    this.#results.append(
      make(
        "div",
        { class: "grading-table", role: "region", "aria-label": WORDS.grade.results, tabindex: "0" },
        make(
          "table",
          { class: "grading-rows" },
          make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { scope: "col" }, words)))),
          this.#body,
        ),
      ),
      this.#pairs,
      make(
        "div",
        { class: "progress-tools", role: "group", "aria-label": WORDS.grade.results },
        button(WORDS.grade.csv, () => this.#download()),
        button(WORDS.all.clear, () => this.#clear()),
      ),
    );
    this.replaceChildren(this.#zone, this.#busy, this.#said, this.#inUse, this.#goOn, this.#results);
  }

  // Files.

  #drop(data: DataTransfer): void {
    dropped(data).then(
      (found) => this.#take(found),
      () => this.#say(WORDS.grade.unread),
    );
  }

  async #take({ files, isAll }: { files: Found[]; isAll: boolean }): Promise<void> {
    if (!files.length) return;
    try {
      this.#pages ??= exercises();
      this.#exercises = exercisesOf(await this.#pages);
    } catch {
      this.#pages = null;
      this.#say(WORDS.grade.noList);
      return;
    }
    const secret = files.filter(({ path }) => isSecret(path));
    const problem = secret.length > 1 ? several(secret) : secret[0] ? await this.#readSecret(secret[0]) : "";
    for (const { path, file } of files.filter((one) => !isSecret(one.path))) await this.#add(path, file);
    this.#entries.sort((a, b) => (a.file < b.file ? -1 : 1));
    this.#body.replaceChildren(...this.#entries.map(({ line }) => line));
    this.#results.hidden = !this.#entries.length;
    this.#fault = problem || (isAll ? "" : fill(WORDS.grade.tooMany, { most: MOST }));
    if (!problem) return this.#run();
    this.#say(problem);
    this.#goOn.hidden = this.#isRunning || !this.#waiting().length;
  }

  /** Takes the checks of a file, and says which they are; or gives back what is wrong with it. */
  async #readSecret({ path, file }: Found): Promise<string> {
    const found =
      file.size > LARGEST ? tooLarge(file.size) : secretChecks(await file.text().catch(() => ""), this.#keys());
    if (typeof found === "string") return `${path}: ${found}`;
    this.#takeSecret(found);
    this.#inUse.textContent = fill(WORDS.grade.secretInUse, {
      file: path,
      exercises: [...found.keys()].join(", "),
    });
    return "";
  }

  #keys(): Set<string> {
    return new Set(this.#exercises.map(({ key }) => key));
  }

  /** What was judged without it is judged anew. */
  #takeSecret(found: SecretChecks): void {
    this.#stop.abort();
    this.#secret = found;
    for (const entry of this.#entries) {
      entry.report = null;
      draw(entry);
    }
  }

  async #add(path: string, content: File): Promise<void> {
    const text = content.size > LARGEST ? "" : await content.text().catch(() => "");
    const found = refused(path) ?? (content.size > LARGEST ? tooLarge(content.size) : read(text));
    const file = this.#nameFor(path, text);
    const isRead = typeof found !== "string";
    const { name, saved, course, version, cells } = isRead
      ? found.submission
      : { name: file, saved: "", course: "", version: "", cells: [] };
    const own = {
      file,
      text,
      name: name.trim() || file,
      saved,
      course,
      version,
      cells,
      report: null,
      sameAs: [],
      alike: [],
    };
    const entry = {
      ...own,
      read: isRead ? found : null,
      problem: isRead ? "" : found,
      line: make("tr"),
    };
    this.#entries = [...this.#entries.filter((other) => other.file !== file), entry];
    draw(entry);
  }

  /** A file's path, with a number if one with other content has it; the same file takes its own place. */
  #nameFor(path: string, text: string): string {
    for (let number = 1; ; number++) {
      const name = number === 1 ? path : `${path} (${number})`;
      const there = this.#entries.find(({ file }) => file === name);
      if (!there || there.text === text) return name;
    }
  }

  // Judging.

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#goOn.hidden = true;
    this.#busy.hidden = false;
    this.#say("");
    const site = {
      version,
      course: course(),
      exercises: this.#exercises,
      secret: this.#secret,
      limit: Math.min(MOST_SECONDS, Math.max(1, Number(this.#seconds.value) || SECONDS)),
    };
    const waiting = this.#waiting();
    this.#show();
    const judges = Array.from({ length: Math.min(workers(), waiting.length) }, () => new Judge(createGrader));
    let problem = "";
    await Promise.all(judges.map((judge) => this.#work(judge, waiting, site, signal))).catch((error: unknown) => {
      if (!signal.aborted) problem = error instanceof StartError ? error.failure.message : String(error);
      this.#stop.abort();
    });
    for (const judge of judges) judge.end();
    this.#isRunning = false;
    this.#busy.hidden = true;
    const left = this.#waiting().length;
    this.#goOn.hidden = !left;
    this.#compare();
    const judged = this.#entries.length - left;
    const result = problem
      ? fill(WORDS.grade.noPython, { why: problem })
      : left
        ? fill(WORDS.grade.stopped, { judged, all: this.#entries.length })
        : counted(WORDS.grade.done, judged);
    this.#say([result, this.#fault].filter(Boolean).join(" "));
    // Files came meanwhile, or other checks.
    if (!problem && left && (!signal.aborted || this.#secret !== site.secret)) await this.#run();
  }

  #waiting(): Entry[] {
    return this.#entries.filter(({ read, report }) => read && !report);
  }

  /** One worker: file after file, as long as there are some. */
  async #work(judge: Judge, waiting: Entry[], site: Site, signal: AbortSignal): Promise<void> {
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    stopped.catch(() => undefined);
    const grade = (request: GradeRequest, seconds: number): Promise<Judged> =>
      Promise.race([this.#once(judge, request, seconds), stopped]);
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const report = await regrade(entry.read!, site, grade, signal);
      entry.report = report;
      draw(entry);
      this.#show();
    }
  }

  #once(judge: Judge, request: GradeRequest, seconds: number): Promise<Judged> {
    const key = JSON.stringify([request, seconds]);
    const known = this.#known.get(key);
    if (known) return known;
    const judged = judge.grade(request, seconds);
    this.#known.set(key, judged);
    judged.then(
      ({ outcome }) => outcome === "broke" && this.#known.delete(key),
      () => this.#known.delete(key),
    );
    // A worker that is stopped never answers.
    this.#stop.signal.addEventListener("abort", () => this.#known.delete(key), { once: true });
    return judged;
  }

  /** Beside each file those that are like it. */
  #compare(): void {
    const times = sameTimes(this.#entries.map(({ read, cells }) => (read ? cells : null)));
    const lesson = new Map(this.#exercises.map(({ key, cell }) => [key, cell.source]));
    const written = this.#entries.map(
      ({ cells }) => new Map(cells.flatMap(({ page, id, code }) => (code === null ? [] : [[`${page}#${id}`, code]]))),
    );
    const pairs = alike(written, lesson);
    for (const [at, entry] of this.#entries.entries()) {
      entry.sameAs = times[at]!.map((other) => this.#entries[other]!);
      entry.alike = pairs
        .filter(({ one, other }) => one === at || other === at)
        .map((pair) => ({ row: this.#entries[pair.one === at ? pair.other : pair.one]!, pair }));
      draw(entry);
    }
    const items = pairs.map(({ one, other, share, common }) => {
      const [a, b] = [this.#entries[one]!, this.#entries[other]!];
      const percent = Math.round(share * 100);
      return make(
        "li",
        {},
        fill(WORDS.grade.pair, { name: a.name, file: a.file, otherName: b.name, otherFile: b.file, percent, common }),
      );
    });
    this.#pairs.replaceChildren(
      ...(items.length
        ? [make("h2", { id: "alike" }, WORDS.grade.alike), make("p", {}, WORDS.grade.pairs), make("ul", {}, ...items)]
        : []),
    );
  }

  // Words.

  #show(): void {
    const all = this.#entries.length;
    const done = all - this.#waiting().length;
    for (const [name, value] of Object.entries({ min: 0, max: all, now: done }))
      this.#bar.setAttribute(`aria-value${name}`, String(value));
    this.#bar.style.setProperty("--share", String(all ? done / all : 0));
    this.#bar.replaceChildren(make("span", {}, fill(WORDS.grade.progress, { done, all })));
  }

  #say(words: string): void {
    this.#said.textContent = words;
  }

  #download(): void {
    const text = table(this.#entries, this.#exercises);
    save(new Blob([text], { type: "text/csv" }), `grading-${new Date().toISOString().slice(0, 10)}.csv`);
  }

  #clear(): void {
    this.#stop.abort();
    this.#entries = [];
    this.#known.clear();
    this.#secret = new Map();
    this.#inUse.textContent = this.#fault = "";
    this.#body.replaceChildren();
    this.#pairs.replaceChildren();
    this.#results.hidden = this.#goOn.hidden = true;
    this.#say(WORDS.grade.cleared);
    this.#zone.querySelector("button")?.focus();
  }
}

function workers(): number {
  return Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency || 2) - 1));
}

async function exercises(): Promise<GradedPage[]> {
  const response = await fetch(new URL("grade/exercises.json", root));
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as GradedPage[];
}

/** Whatever a file holds goes in as text. */
function draw(entry: Entry): void {
  const { line, file, report, problem } = entry;
  const { right, of, claimed, doubtful } = counts(entry);
  const isOpen = line.querySelector("details")?.open ?? false;
  const flags = flagsOf(entry);
  const name = report
    ? make("details", {}, make("summary", {}, entry.name), ...answers(entry))
    : make("span", {}, entry.name);
  if (name instanceof HTMLDetailsElement) name.open = isOpen;
  const cell = (label: string, ...content: (Node | string)[]): HTMLElement =>
    make("td", { "data-label": label }, ...content);
  const number = (label: string, value: number): HTMLElement => cell(label, report ? String(value) : "");
  line.dataset["state"] = problem ? "problem" : report ? "done" : "waiting";
  line.replaceChildren(
    make("th", { scope: "row" }, name, ...(entry.name === file ? [] : [make("span", { class: "grading-file" }, file)])),
    cell(
      WORDS.grade.right,
      report ? fill(WORDS.grade.rightOf, { right, all: of }) : problem ? "" : WORDS.grade.waiting,
    ),
    number(WORDS.grade.claimed, claimed),
    number(WORDS.grade.doubtfulHead, doubtful),
    cell(WORDS.grade.lookAt, ...(flags.length ? [make("ul", {}, ...flags.map((words) => make("li", {}, words)))] : [])),
    cell(WORDS.grade.alike, alikeWords(entry)),
  );
}

function answers({ report }: Entry): Node[] {
  const items = [...(report?.results ?? [])].flatMap(([key, { outcome, message, check, flags, claimed }]) => {
    if (outcome === "untouched" && !claimed) return [];
    const what = OUTCOMES[outcome]!;
    const asked = check && check !== "lesson" ? fill(WORDS.grade.asked, { what, check }) : what;
    const words = claimed ? fill(WORDS.grade.alsoClaimed, { what: asked }) : asked;
    return [
      make(
        "li",
        { "data-outcome": outcome },
        make("code", {}, key),
        ` ${words}`,
        ...[message, flags.join(", ")].filter(Boolean).map((more) => make("span", { class: "grading-message" }, more)),
      ),
    ];
  });
  return [items.length ? make("ul", {}, ...items) : make("p", {}, WORDS.grade.nothing)];
}

await style("grading");
if (!customElements.get("lesson-grading")) customElements.define("lesson-grading", GradingPage);
