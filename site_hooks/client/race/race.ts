// <optimizer-race>: the page on which optimizers race. Python computes each run once; the page plays them by one clock.
import type { Cell } from "../cell/cell";
import { fromFragment, toFragment } from "../cell/code-link";
import { button, enable, make } from "../page/dom";
import { copy } from "../page/save";
import { style } from "../practice/styles";
import type { Session } from "../session/session";
import { Speaker } from "../page/speaker";
import { root } from "../shared/site";
import { fill } from "../shared/words";
import { chartAxis } from "./chart-axis";
import { Clock } from "./clock";
import { Form } from "./form";
import { Asker, StoppedError } from "./python";
import { Results } from "./table";
import { type Answer, answerFrom, ownFrom, type Plane, type Run, ticks, trialsFrom } from "./runs";
import { fromText, names, type Race, short, toText } from "./settings";
import { type Axis, type Line, type Point, Stage } from "./stage";
import { StartHandle } from "./start-handle";

export interface Means {
  session: Session;
  cellOf(host: Element): Cell | undefined;
}

/** The cell in which the learner writes an optimizer. */
const CELL = "your-optimizer";
/** Trials of each contender that is tuned. */
const TRIALS = 12;
/** A race that took Python no longer runs again as soon as its start is let go. */
const QUICK_MS = 3000;
/** The first one may take longer: Python imports and compiles. */
const COLD_MS = 10_000;
/** Numbers in the table follow the clock so often. */
const NUMBERS_MS = 100;
/** While a race plays, a screen reader is told who leads so often. */
const LEADER_MS = 4000;

let means: Means;

class OptimizerRace extends HTMLElement {
  #race!: Race;
  #answer: Answer | null = null;
  /** The settings that the answer is for. */
  #shown: Race | null = null;
  #names: string[] = [];
  #form!: Form;
  #asker!: Asker;
  #isBusy = false;
  #isQuick = false;
  #isWarm = false;
  /** What waits until nothing is asked any more. */
  readonly #later = new Set<() => void>();
  #numbersAt = 0;
  #leaderAt = 0;
  readonly #field = new Stage("race-field", { showsNames: true, isDashed: false }, () => this.#putStart());
  readonly #start = new StartHandle(this.#field, {
    moved: (start) => this.#moveStart(start),
    rested: () => this.#rerun(),
  });
  readonly #distance = new Stage("race-chart", { showsNames: false, isDashed: true });
  readonly #loss = new Stage("race-chart", { showsNames: false, isDashed: true });
  readonly #results = new Results();
  readonly #note = make("p", { class: "race-note" });
  readonly #said = make("p", { class: "race-said" });
  readonly #told = make("p", { class: "race-unseen", role: "status" });
  readonly #speaker = new Speaker(
    (words) => {
      this.#told.textContent = words;
    },
    { repeats: true },
  );
  readonly #clock = new Clock(
    (at) => this.#moved(at),
    (isPlaying) => this.#playing(isPlaying),
  );
  readonly #play = button(WORDS.player.play, () => (this.#clock.isPlaying ? this.#clock.pause() : this.#clock.play()));
  readonly #back = button(WORDS.race.back, () => this.#stepBy(-1));
  readonly #next = button(WORDS.player.step, () => this.#stepBy(1));
  readonly #scrubber = make("input", { type: "range", min: "0", step: "1", "aria-label": WORDS.player.step });
  readonly #run = button(WORDS.race.run, () => void this.#compute(), { class: "race-run" });
  readonly #tune = button(fill(WORDS.race.tune, { n: TRIALS }), () => void this.#tuneAll());
  readonly #stop = button(WORDS.all.stop, () => this.#asker.stop());
  /** Below the form: what it does is told at the top. */
  readonly #runThese = button(
    WORDS.race.runThese,
    () => {
      this.#said.scrollIntoView({ block: "center" });
      void this.#compute();
    },
    { class: "race-run-these" },
  );
  readonly #copyCsv = button(
    WORDS.race.copyCsv,
    () => void this.#copy(this.#results.csv(this.#clock.at), WORDS.race.tableCopied),
  );
  readonly #left = new AbortController();

  connectedCallback(): void {
    if (!this.querySelector(".race-field")) void this.#build();
  }

  disconnectedCallback(): void {
    this.#clock.pause();
    this.#asker.leave();
    this.#left.abort();
  }

  async #build(): Promise<void> {
    const page = document.getElementById(CELL)?.getAttribute("page") ?? "race";
    this.#asker = new Asker(means.session, `${page}:main`, (words) => this.#say(words));
    const first = await this.#first();
    this.#race = first.race;
    const notice = this.#readLink();
    this.#form = new Form(
      this.#race,
      () => names(this.#race.contenders),
      () => this.#changed(),
    );
    this.#lay();
    if (first.answer && toText(this.#race) === toText(first.race)) {
      this.#show(this.#race, first.answer);
    } else this.#say(this.#invitation());
    if (notice) this.#say(notice);
    const { signal } = this.#left;
    addEventListener("hashchange", this.#follow, { signal });
    const learn = ({ detail }: CustomEvent<{ id: string; ok: boolean }>): void => {
      if (detail.id === CELL && detail.ok) this.#learn();
    };
    document.addEventListener("py-cell:done", learn as EventListener, { signal });
    const refresh = (): void => this.#refresh();
    const watch = new MutationObserver(refresh);
    watch.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    signal.addEventListener("abort", () => watch.disconnect());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh, { signal });
    void document.fonts?.ready.then(refresh);
  }

  /** Takes the race from the page's address, if one is in it; what is wrong with that. */
  #readLink(): string {
    const asked = /^#(on=.*)$/.exec(location.hash)?.[1];
    if (!asked) return "";
    const [settings = "", code] = asked.split("&code=");
    if (code) void this.#takeCode(`#code=${code}`);
    try {
      this.#race = fromText(settings);
      return "";
    } catch (error) {
      return fill(WORDS.race.badLink, { why: (error as Error).message });
    }
  }

  #invitation(): string {
    const hasOwn = this.#race.contenders.some(({ optimizer }) => optimizer.startsWith("own:"));
    return hasOwn ? WORDS.race.ownFirst : fill(WORDS.race.first, { run: WORDS.race.run });
  }

  /** A link to another race was opened on this page. */
  readonly #follow = (): void => {
    if (!location.hash.startsWith("#on=") || this.#waits(this.#follow)) return;
    const notice = this.#readLink();
    this.#form.show(this.#race);
    this.#changed();
    this.#say(notice || this.#invitation());
  };

  /** The race that the build ran, which is that of the front page. */
  async #first(): Promise<{ race: Race; answer: Answer | null }> {
    try {
      const response = await fetch(new URL("race/first.json", root));
      if (!response.ok) throw new Error(String(response.status));
      const { text, answer } = (await response.json()) as { text: string; answer: unknown };
      return { race: fromText(text), answer: answerFrom(JSON.stringify(answer)) };
    } catch {
      return { race: fromText("on=Rosenbrock&for=200&c=SGD,lr:0.002&c=Adam,lr:0.1"), answer: null };
    }
  }

  #lay(): void {
    this.#scrubber.addEventListener("input", () => {
      this.#clock.pause();
      this.#clock.set(Number(this.#scrubber.value));
      this.#tell();
    });
    const speed = make(
      "select",
      { "aria-label": WORDS.player.speed },
      ...[0.25, 0.5, 1, 2, 4].map((times) =>
        make("option", times === 1 ? { value: "1", selected: "" } : { value: String(times) }, `${times}×`),
      ),
    );
    speed.addEventListener("change", () => (this.#clock.speed = Number(speed.value)));
    this.#stop.hidden = true;
    this.#blank(true);
    this.#copyCsv.hidden = true;
    this.replaceChildren(
      make("div", { class: "race-buttons" }, this.#run, this.#tune, this.#stop),
      this.#said,
      make(
        "div",
        { class: "race-views" },
        make("div", { class: "race-plane" }, this.#field.root, this.#start.root),
        make("div", { class: "race-charts" }, this.#distance.root, this.#loss.root),
      ),
      make(
        "div",
        { class: "race-player", role: "group", "aria-label": WORDS.race.player },
        this.#play,
        this.#back,
        this.#next,
        this.#scrubber,
        speed,
      ),
      this.#told,
      this.#note,
      this.#results.root,
      make(
        "div",
        { class: "race-buttons", role: "group", "aria-label": WORDS.race.results },
        this.#copyCsv,
        button(WORDS.race.copyLink, () => void this.#copyLink()),
      ),
      make("h2", { id: "set-it-up" }, WORDS.race.setUp),
      this.#form.root,
      this.#runThese,
    );
  }

  // Settings.

  #changed(): void {
    const isOther = this.#shown !== null && toText(this.#shown) !== toText(this.#race);
    this.toggleAttribute("data-stale", isOther);
    if (isOther && !this.#isBusy) this.#say(WORDS.race.changed);
    this.#putStart();
  }

  /** On the plane that is seen, as long as it is one of this race's two weights. */
  #putStart(): void {
    const isSeen = this.#answer?.plane?.names && this.#shown?.course === this.#race.course;
    this.#start.put(isSeen ? this.#race.start : null);
  }

  #moveStart(start: Point): void {
    this.#clock.pause();
    this.#race.start = start;
    this.#form.showStart();
    this.#changed();
  }

  /** After a move, where Python is quick enough. */
  readonly #rerun = (): void => {
    if (!this.#isQuick || !this.hasAttribute("data-stale") || this.#waits(this.#rerun)) return;
    if (this.#isReady()) void this.#work(() => this.#runRace());
  };

  async #copyLink(): Promise<void> {
    let fragment = `#${toText(this.#race)}`;
    const cell = this.#cell();
    if (cell && this.#race.contenders.some(({ optimizer }) => optimizer.startsWith("own:")))
      fragment += `&${(await toFragment(CELL, cell.text)).slice(1)}`;
    history.replaceState(history.state, "", fragment);
    await this.#copy(location.href, WORDS.race.linkCopied);
  }

  async #copy(text: string, words: string): Promise<void> {
    this.#say((await copy(text)) ? words : WORDS.race.noCopy);
  }

  // The learner's own optimizer.

  #cell(): Cell | undefined {
    const host = document.getElementById(CELL);
    return host ? means.cellOf(host) : undefined;
  }

  /** Shows the code of a link in the cell, and does not run it. */
  async #takeCode(fragment: string): Promise<void> {
    try {
      const { cell, code } = await fromFragment(fragment);
      if (cell === CELL) this.#cell()?.take(code, WORDS.race.linkCode);
    } catch {
      this.#say(WORDS.cell.badLink);
    }
  }

  readonly #learn = (): void => {
    if (this.#waits(this.#learn)) return;
    void this.#work(async () => {
      const own = ownFrom(await this.#asker.ask("own"));
      this.#form.offer(own);
      const newest = own.at(-1);
      if (!newest) {
        this.#say(WORDS.race.nobody);
        return;
      }
      const has = this.#form.join(...newest);
      this.#say(has ? fill(WORDS.race.joined, { name: newest[0] }) : fill(WORDS.race.renewed, { name: newest[0] }));
    });
  };

  // Python.

  async #compute(): Promise<void> {
    if (!this.#isReady()) return;
    await this.#work(async () => {
      await this.#runRace();
      this.#lookAtIt();
    });
    // A page that is loaded anew has the race that ran last; code that came with a link stays in it.
    const fragment = this.#shown && `#${toText(this.#shown)}`;
    if (fragment && !`${location.hash}&`.startsWith(`${fragment}&`)) history.replaceState(history.state, "", fragment);
  }

  /** Each contender gets the same number of trials, and its best rate; then they race. */
  async #tuneAll(): Promise<void> {
    if (!this.#isReady()) return;
    await this.#work(async () => {
      const race = structuredClone(this.#race);
      const { contenders: entries, ...course } = forPython(race);
      const before = names(race.contenders);
      const problems: (string | null)[] = [];
      for (const [at, contender] of entries.entries()) {
        this.#progress = fill(WORDS.race.tuning, { name: before[at]!, at: at + 1, all: entries.length });
        const found = trialsFrom(await this.#asker.ask("trials", { ...course, contender, trials: TRIALS }));
        problems.push("error" in found ? found.error : found.best === null ? WORDS.race.diverged : null);
        if ("best" in found && found.best !== null) race.contenders[at]!.lr = Number(found.best.toPrecision(4));
      }
      this.#progress = "";
      // All at once: a search that was stopped has changed nothing.
      for (const [at, { lr }] of race.contenders.entries()) this.#race.contenders[at]!.lr = lr;
      this.#form.show(this.#race);
      await this.#runRace();
      this.#lookAtIt();
      const after = names(race.contenders);
      const rates = race.contenders.map(({ lr }, at) => {
        const problem = problems[at];
        return problem ? `${after[at]}: ${problem}` : `${after[at]} ${short(lr)}`;
      });
      this.#say(fill(WORDS.race.tuned, { n: TRIALS, rates: rates.join(", ") }));
    });
  }

  async #runRace(): Promise<void> {
    const race = structuredClone(this.#race);
    const answer = answerFrom(await this.#asker.ask("race", forPython(race)));
    this.#isQuick = this.#asker.took <= (this.#isWarm ? QUICK_MS : COLD_MS);
    this.#isWarm = true;
    this.#show(race, answer);
    this.#say(this.hasAttribute("data-stale") ? WORDS.race.changed : "");
  }

  #lookAtIt(): void {
    this.querySelector(".race-views")?.scrollIntoView({ block: "nearest" });
  }

  #isReady(): boolean {
    if (this.#form.problem) this.#say(fill(WORDS.race.notYet, { why: this.#form.problem }));
    return !this.#form.problem;
  }

  #progress = "";

  /** One thing is asked at a time. */
  async #work(action: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#setBusy(true);
    try {
      await action();
    } catch (error) {
      this.#progress = "";
      const words = error instanceof Error ? error.message : String(error);
      this.#say(error instanceof StoppedError ? words : fill(WORDS.race.failed, { why: words }));
    } finally {
      this.#setBusy(false);
    }
    const waiting = [...this.#later];
    this.#later.clear();
    if (this.isConnected) for (const next of waiting) next();
  }

  /** Whether something is asked now; the action follows when it is done. */
  #waits(action: () => void): boolean {
    if (this.#isBusy) this.#later.add(action);
    return this.#isBusy;
  }

  #setBusy(is: boolean): void {
    this.#isBusy = is;
    this.#form.root.inert = is; // what is asked is what stands there
    this.toggleAttribute("data-busy", is);
    this.#stop.hidden = !is;
    for (const begin of [this.#run, this.#runThese, this.#tune]) enable(begin, !is);
  }

  #say(words: string): void {
    this.#said.textContent = words && this.#progress + words;
    if (words) this.#speaker.say(this.#progress + words);
  }

  // What is seen.

  #show(race: Race, answer: Answer): void {
    this.#answer = answer;
    this.#shown = structuredClone(race);
    this.#names = names(race.contenders);
    this.#results.show(race, answer, this.#names);
    this.#copyCsv.hidden = false;
    const { length } = race;
    this.#scrubber.max = String(length);
    this.#note.textContent = about(race, answer.plane);
    this.#drawScenes(this.#shown, answer);
    this.#changed();
    // Where motion is not wanted, the end is shown, and “Play” is theirs to press.
    const isStill = !answer.plane || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#clock.reset(length, isStill ? length : 0);
    if (!isStill) this.#clock.play();
    else this.#tell();
  }

  /** Where nobody has run there is nothing to be seen, and nothing to play. */
  #blank(is: boolean): void {
    this.toggleAttribute("data-blank", is);
  }

  #drawScenes(race: Race, { plane, runs }: Answer): void {
    this.#blank(!plane);
    if (!plane) return;
    const ran = runs.flatMap((run, slot) => ("error" in run ? [] : [{ run, slot }]));
    const counted = countedBy(race);
    const lines = (x: (run: Run, ticks: number[]) => number[], y: (run: Run) => number[]): Line[] =>
      ran.map(({ run, slot }) => {
        const on = ticks(run, race.by);
        return { name: this.#names[slot]!, slot, x: x(run, on), y: y(run), ticks: on };
      });
    const all = this.#names.join(", ");
    const [left, right, bottom, top] = plane.bounds;
    const [across, up] = plane.names ?? [WORDS.race.firstWay, WORDS.race.secondWay];
    this.#field.show(
      {
        x: { name: across, low: left, high: right },
        y: { name: up, low: bottom, high: top },
        lines: lines(
          (run) => run.x,
          (run) => run.y,
        ),
        relief: plane,
        goals: plane.minima,
        isEqual: true,
      },
      fill(WORDS.race.paths, { all }),
    );
    const time: Axis = { name: counted, low: 0, high: race.length };
    const away = plane.from === "start" ? WORDS.race.fromStart : WORDS.race.fromMinimum;
    for (const [stage, name, of] of [
      [this.#distance, away, (run: Run) => run.distance],
      [this.#loss, WORDS.race.loss, (run: Run) => run.loss],
    ] as const) {
      const y = chartAxis(
        name,
        ran.map(({ run }) => run),
        of,
      );
      stage.show(
        { x: time, y, lines: lines((_, on) => on, of) },
        fill(WORDS.race.curves, { what: name, all, time: counted }),
      );
    }
  }

  #refresh(): void {
    for (const stage of [this.#field, this.#distance, this.#loss]) stage.refresh();
  }

  #moved(at: number): void {
    for (const stage of [this.#field, this.#distance, this.#loss]) stage.draw(at);
    const now = performance.now();
    const isEnd = at >= this.#clock.length;
    if (now - this.#numbersAt >= NUMBERS_MS || !this.#clock.isPlaying || isEnd) {
      this.#numbersAt = now;
      this.#scrubber.value = String(Math.floor(at));
      this.#scrubber.setAttribute("aria-valuetext", this.#moment(at));
      this.#results.draw(at, this.#moment(at));
    }
    if (this.#clock.isPlaying && !isEnd && now - this.#leaderAt >= LEADER_MS) {
      this.#leaderAt = now;
      const [first] = this.#results.ranked(at);
      if (first && at > 0)
        this.#speaker.say(
          fill(WORDS.race.leads, { moment: this.#moment(at), name: first.name, loss: short(first.loss) }),
        );
    }
  }

  #moment(at: number): string {
    const counted = countedBy(this.#shown ?? this.#race);
    return fill(WORDS.race.moment, { at: Math.floor(at), all: this.#clock.length, time: counted });
  }

  /** All numbers of the moment, as text. */
  #tell(): void {
    const all = this.#results
      .ranked(this.#clock.at)
      .map(({ name, loss, distance }) =>
        fill(WORDS.race.numbers, { name, loss: short(loss), distance: short(distance) }),
      );
    this.#speaker.say(`${[this.#moment(this.#clock.at), ...all, ...this.#results.failed].join(". ")}.`);
  }

  #playing(is: boolean): void {
    this.#play.querySelector("span")!.textContent = is ? WORDS.player.pause : WORDS.player.play;
    if (is) this.#leaderAt = performance.now();
    else if (this.isConnected) this.#tell();
  }

  #stepBy(steps: number): void {
    this.#clock.pause();
    const { at } = this.#clock;
    this.#clock.set(steps > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1);
    this.#tell();
  }
}

/** As pylib.race.page takes it: it refuses what a course does not have. */
function forPython(race: Race): Race {
  const contenders = race.contenders.map((one) => ({
    ...one,
    settings: Object.fromEntries(Object.entries(one.settings).filter(([, value]) => value !== "")),
  }));
  return { ...race, contenders };
}

function countedBy({ by }: Race): string {
  return by === "steps" ? WORDS.race.steps : WORDS.race.evaluations;
}

function about({ course }: Race, plane: Plane | null): string {
  if (!plane) return "";
  if (course === "network")
    return fill(WORDS.race.aboutNetwork, { weights: plane.weights, share: (100 * plane.share).toFixed(0) });
  const where =
    course === "logistic"
      ? WORDS.race.aboutLogistic
      : course === "Saddle"
        ? WORDS.race.aboutSaddle
        : plane.minima.length > 1
          ? WORDS.race.aboutMinima
          : WORDS.race.aboutMinimum;
  return `${where} ${WORDS.race.aboutStart}`;
}

/** Called once. */
export async function start(given: Means): Promise<void> {
  means = given;
  await style("race");
  if (!customElements.get("optimizer-race")) customElements.define("optimizer-race", OptimizerRace);
}
