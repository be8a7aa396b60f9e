// The form of a race: what is raced on, how long, and by whom. It changes the settings in place and says so.
import { button, enable, make } from "../page/dom";
import { fill } from "../shared/words";
import { CHOICES, COURSES, OPTIMIZERS, SCHEDULES, type Value } from "./catalogue";
import { type Contender, LONGEST, MOST, numberIn, type Race, settingFrom, short, whole } from "./settings";

/** Signs of the contenders, as the canvas draws them. */
export const SIGNS = ["●", "■", "▲", "◆", "▼", "✚"] as const;

/** Of courses. */
const SETTINGS: Record<string, string> = { condition: WORDS.race.condition, angle: WORDS.race.angle };

/** For who joins: a class's own default is made for networks. */
const FIRST_RATE = 0.1;

export class Form {
  readonly root = make("div", { class: "race-form" });
  readonly #course = make("div", { class: "race-fields" });
  readonly #contenders = make("div", { class: "race-contenders" });
  readonly #add = button(WORDS.race.add, () => this.#join());
  readonly #problem = make("p", { class: "race-problem", role: "alert" });
  /** Fields that hold what is no value: by what is wrong. */
  readonly #wrong = new Map<HTMLElement, string>();
  /** Those of the start. */
  #start: HTMLInputElement[] = [];
  #own: [name: string, lr: number][] = [];

  /** `names`: what the contenders are called. */
  constructor(
    private race: Race,
    private readonly names: () => string[],
    private readonly changed: () => void,
  ) {
    this.root.append(this.#course, this.#contenders, this.#add, this.#problem);
    this.show(race);
  }

  /** Why the race cannot be run as it stands. */
  get problem(): string {
    return [...this.#wrong.values()][0] ?? "";
  }

  show(race: Race): void {
    this.race = race;
    this.#wrong.clear();
    this.#drawCourse();
    this.#drawContenders();
  }

  /** The start is another one, and the rest as it was. */
  showStart(): void {
    for (const [at, field] of this.#start.entries()) {
      field.value = written(this.race.start![at]!);
      field.removeAttribute("aria-invalid");
      this.#wrong.delete(field);
    }
    this.#tell();
  }

  /** The learner's classes are these now. */
  offer(own: [name: string, lr: number][]): void {
    this.#own = own;
    this.#drawContenders();
  }

  /** One of them joins, unless it runs already or there is no room. */
  join(name: string, lr: number): boolean {
    const { contenders } = this.race;
    if (contenders.some(({ optimizer }) => optimizer === `own:${name}`) || contenders.length >= MOST) return false;
    contenders.push({ optimizer: `own:${name}`, lr, settings: {}, schedule: "constant" });
    this.#drawContenders();
    this.changed();
    return true;
  }

  #join(): void {
    const { contenders } = this.race;
    const taken = new Set(contenders.map(({ optimizer }) => optimizer));
    const next = Object.keys(OPTIMIZERS).find((name) => !taken.has(name)) ?? "SGD";
    contenders.push({ optimizer: next, lr: FIRST_RATE, settings: {}, schedule: "constant" });
    this.#redraw();
    this.#contenders.lastElementChild?.querySelector("select")?.focus();
  }

  #redraw(): void {
    this.#drawContenders();
    this.changed();
  }

  #drawCourse(): void {
    const { race } = this;
    const info = COURSES[race.course]!;
    const titles = Object.entries(COURSES).map(([name, { title }]) => [name, title] as const);
    const fields = [
      this.#select(WORDS.race.on, titles, race.course, (course) => {
        const other = COURSES[course]!;
        race.course = course;
        race.settings = Object.fromEntries(Object.entries(other.settings).map(([name, [usual]]) => [name, usual]));
        race.start = other.start;
        race.noise = 0;
        race.batch = null;
        this.#drawCourse();
        this.changed();
        this.#course.querySelector("select")?.focus();
      }),
      ...Object.entries(info.settings).map(([name, [, low, high]]) =>
        this.#number(SETTINGS[name] ?? name, race.settings[name]!, low, high, (value) => (race.settings[name] = value)),
      ),
    ];
    const { start } = race;
    if (start) {
      const [x, y] = race.course === "logistic" ? [WORDS.race.slope, WORDS.race.intercept] : ["x", "y"];
      const one = (axis: string, at: 0 | 1, set: (to: number) => void): HTMLElement =>
        this.#number(fill(WORDS.race.start, { axis }), start[at], -1e6, 1e6, set);
      const both = [
        one(x, 0, (to) => (race.start = [to, race.start![1]])),
        one(y, 1, (to) => (race.start = [race.start![0], to])),
      ];
      this.#start = both.map((label) => label.querySelector("input")!);
      fields.push(...both);
    } else this.#start = [];
    if (info.hasRows) {
      const rows = [["", WORDS.race.allRows], ...[64, 32, 16, 8, 4, 1].map((size) => [String(size), String(size)])];
      const known = rows.some(([size]) => size === String(race.batch ?? ""));
      if (!known) rows.push([String(race.batch), String(race.batch)]);
      fields.push(
        this.#select(WORDS.race.rows, rows as [string, string][], String(race.batch ?? ""), (size) => {
          race.batch = size ? Number(size) : null;
          this.changed();
        }),
      );
    } else fields.push(this.#number(WORDS.race.noise, race.noise, 0, 1000, (value) => (race.noise = value)));
    fields.push(
      this.#number(WORDS.race.seed, race.seed, 0, 1e6, (value) => (race.seed = value), true),
      this.#select(
        WORDS.race.equal,
        [
          ["steps", WORDS.race.steps],
          ["evaluations", WORDS.race.evaluations],
        ],
        race.by,
        (by) => {
          race.by = by === "steps" ? "steps" : "evaluations";
          this.changed();
        },
      ),
      this.#number(WORDS.race.howMany, race.length, 1, LONGEST, (value) => (race.length = value), true),
    );
    this.#course.replaceChildren(...fields);
    this.#forget();
  }

  /** What was wrong with fields that are gone. */
  #forget(): void {
    for (const field of this.#wrong.keys()) if (!field.isConnected) this.#wrong.delete(field);
    this.#tell();
  }

  #drawContenders(): void {
    const titles = this.names();
    this.#contenders.replaceChildren(...this.race.contenders.map((one, at) => this.#contender(one, at, titles[at]!)));
    this.#forget();
    enable(this.#add, this.race.contenders.length < MOST);
  }

  #contender(one: Contender, at: number, title: string): HTMLElement {
    const { contenders } = this.race;
    const own = this.#own.map(([name]) => [`own:${name}`, fill(WORDS.race.yours, { name })] as const);
    const known = new Map([...Object.keys(OPTIMIZERS).map((name) => [name, name] as const), ...own]);
    if (!known.has(one.optimizer)) known.set(one.optimizer, fill(WORDS.race.yours, { name: one.optimizer.slice(4) }));
    const fields: HTMLElement[] = [
      this.#select(WORDS.race.optimizer, [...known], one.optimizer, (optimizer) => {
        one.optimizer = optimizer;
        one.settings = {};
        this.#redraw();
        this.#contenders.children[at]?.querySelector("select")?.focus();
      }),
      this.#number("lr", one.lr, 0, 1e6, (value) => (one.lr = value)),
      this.#select(WORDS.race.schedule, Object.entries(SCHEDULES), one.schedule, (schedule) => {
        one.schedule = schedule;
        this.changed();
      }),
    ];
    const settings = Object.entries(OPTIMIZERS[one.optimizer]?.settings ?? {});
    const more = make(
      "details",
      { class: "race-more", "data-kind": "settings" },
      make("summary", {}, WORDS.race.settings),
      make("div", { class: "race-fields" }, ...settings.map(([name, usual]) => this.#setting(one, name, usual))),
    );
    more.open = Object.keys(one.settings).length > 0;
    const remove = button(
      WORDS.race.remove,
      () => {
        contenders.splice(at, 1);
        this.#redraw();
        (this.#contenders.children[Math.min(at, contenders.length - 1)] ?? this.#add)
          .querySelector<HTMLElement>("select")
          ?.focus();
      },
      { "aria-label": fill(WORDS.race.removeNamed, { name: title }), class: "race-remove" },
    );
    enable(remove, contenders.length > 1);
    return make(
      "div",
      { "data-slot": String(at), role: "group", "aria-label": title },
      make("span", { class: "race-sign", "aria-hidden": "true" }, SIGNS[at]!),
      make("div", { class: "race-fields" }, ...fields),
      remove,
      ...(settings.length ? [more] : []),
    );
  }

  #setting(one: Contender, name: string, usual: Value): HTMLElement {
    const value = one.settings[name] ?? usual;
    const set = (to: Value): void => {
      if (String(to) === String(usual)) delete one.settings[name];
      else one.settings[name] = to;
      this.#rename();
      this.changed();
    };
    if (typeof value === "boolean") {
      const box = make("input", { type: "checkbox" });
      box.checked = value;
      box.addEventListener("change", () => set(box.checked));
      return make("label", { class: "race-check" }, box, ` ${name}`);
    }
    if (CHOICES[name]) {
      const words = CHOICES[name].map((word) => [word, word || WORDS.race.none] as const);
      return this.#select(name, words, String(value), set);
    }
    const text = typeof value === "object" ? value.join(", ") : String(value);
    return this.#input(name, text, (given) => set(settingFrom(one.optimizer, name, given.replace(/\s*[,;]\s*/, "/"))));
  }

  /** Settings may have changed what contenders are called. */
  #rename(): void {
    for (const [at, title] of this.names().entries()) this.#contenders.children[at]?.setAttribute("aria-label", title);
  }

  #number(
    name: string,
    value: number,
    low: number,
    high: number,
    set: (value: number) => void,
    isWhole = false,
  ): HTMLElement {
    return this.#input(name, written(value), (text) => {
      const given = numberIn(name, text.trim().replace(",", "."), low, high);
      set(isWhole ? whole(name, given) : given);
      this.#rename();
      this.changed();
    });
  }

  /** `take` throws what is wrong with the text. */
  #input(name: string, text: string, take: (text: string) => void): HTMLElement {
    const field = make("input", { type: "text", inputmode: "decimal", value: text, autocomplete: "off", size: "7" });
    field.addEventListener("change", () => {
      this.#wrong.delete(field);
      try {
        take(field.value);
      } catch (error) {
        this.#wrong.set(field, (error as Error).message);
      }
      if (this.#wrong.has(field)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      this.#tell();
    });
    return make("label", {}, make("span", {}, name), field);
  }

  #select(
    name: string,
    options: readonly (readonly [value: string, words: string])[],
    chosen: string,
    set: (value: string) => void,
  ): HTMLElement {
    const field = make(
      "select",
      {},
      ...options.map(([value, words]) => make("option", value === chosen ? { value, selected: "" } : { value }, words)),
    );
    field.addEventListener("change", () => set(field.value));
    return make("label", {}, make("span", {}, name), field);
  }

  #tell(): void {
    this.#problem.textContent = this.problem && fill(WORDS.race.notYet, { why: this.problem });
  }
}

/** A number in a field: all its digits, unless it is tiny. */
function written(value: number): string {
  return value === 0 || Math.abs(value) >= 1e-3 ? String(value) : short(value);
}
