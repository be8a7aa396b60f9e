// A race's settings, and the same as a link's fragment: "on=Quadratic&for=22&c=SGD,lr:0.13&c=Adam,lr:0.2".
import { fill } from "../shared/words";
import { CHOICES, COURSES, OPTIMIZERS, SCHEDULES, type Value } from "./catalogue";

export type By = "steps" | "evaluations";

export interface Contender {
  /** A name of the catalogue, or "own:" and the name of a class in the page's cell. */
  optimizer: string;
  lr: number;
  /** Those that differ from the class's own. */
  settings: Record<string, Value>;
  schedule: string;
}

export interface Race {
  course: string;
  /** Of the surface, all of them. */
  settings: Record<string, number>;
  /** null where the weights are drawn. */
  start: readonly [number, number] | null;
  /** Standard deviation of the noise on gradients. */
  noise: number;
  /** Rows of each gradient; null for all. */
  batch: number | null;
  seed: number;
  /** What is equal for all contenders, and how much of it. */
  by: By;
  length: number;
  contenders: Contender[];
}

export const MOST = 6;
export const LONGEST = 5000;
const LONG_NAME = 24;
/** More than any race's link needs. */
const LARGEST = 4000;
/** A class of Python may have any letters. */
const OWN = /^own:[\p{XIDS}_]\p{XIDC}{0,200}$/u;

/** Without the "#". What a course has by itself is left out. */
export function toText(race: Race): string {
  const info = COURSES[race.course]!;
  const parts = [`on=${race.course}`];
  for (const [name, [usual]] of Object.entries(info.settings)) {
    const value = race.settings[name] ?? usual;
    if (value !== usual) parts.push(`${name}=${value}`);
  }
  if (race.start && info.start && String(race.start) !== String(info.start)) parts.push(`start=${race.start}`);
  if (race.noise) parts.push(`noise=${race.noise}`);
  if (race.batch !== null) parts.push(`batch=${race.batch}`);
  if (race.seed) parts.push(`seed=${race.seed}`);
  if (race.by !== "steps") parts.push(`by=${race.by}`);
  parts.push(`for=${race.length}`, ...race.contenders.map((one) => `c=${contenderText(one)}`));
  return parts.join("&");
}

function contenderText({ optimizer, lr, settings, schedule }: Contender): string {
  const more = Object.entries(settings).map(
    ([name, value]) => `${name}:${Array.isArray(value) ? value.join("/") : value}`,
  );
  if (schedule !== "constant") more.push(`schedule:${schedule}`);
  return [optimizer, `lr:${lr}`, ...more].join(",");
}

/** Throws what is wrong with it, in words. */
export function fromText(text: string): Race {
  if (text.length > LARGEST) throw new Error(WORDS.race.linkLong);
  const fields = decoded(text)
    .split("&")
    .map((part) => part.split(/=(.*)/s) as [string, string | undefined]);
  const all = new Map<string, string>();
  const contenders: Contender[] = [];
  for (const [name, value = ""] of fields) {
    if (name === "c") contenders.push(contenderFrom(value));
    else if (all.has(name)) throw new Error(fill(WORDS.race.twice, { name }));
    else all.set(name, value);
  }
  const course = all.get("on") ?? "";
  const info = Object.hasOwn(COURSES, course) ? COURSES[course] : undefined;
  if (!info) throw new Error(fill(WORDS.race.noCourse, { name: brief(course) }));
  const known = new Set(["on", "start", "noise", "batch", "seed", "by", "for", ...Object.keys(info.settings)]);
  for (const name of all.keys()) if (!known.has(name)) throw new Error(fill(WORDS.race.noField, { name: brief(name) }));
  if (!contenders.length || contenders.length > MOST)
    throw new Error(fill(WORDS.race.contenders, { n: contenders.length, most: MOST }));
  const get = (name: string, usual: number, low: number, high: number): number =>
    all.has(name) ? numberIn(name, all.get(name)!, low, high) : usual;
  const by = all.get("by") ?? "steps";
  if (by !== "steps" && by !== "evaluations") throw notOneOf("by", by, ["steps", "evaluations"]);
  return {
    course,
    settings: Object.fromEntries(
      Object.entries(info.settings).map(([name, [usual, low, high]]) => [name, get(name, usual, low, high)]),
    ),
    start: info.start && all.has("start") ? pairFrom("start", all.get("start")!, ",", 1e6) : info.start,
    noise: info.hasRows ? 0 : get("noise", 0, 0, 1e3),
    batch: info.hasRows && all.has("batch") ? whole("batch", get("batch", 1, 1, 1e4)) : null,
    seed: whole("seed", get("seed", 0, 0, 1e6)),
    by,
    length: whole("for", get("for", 200, 1, LONGEST)),
    contenders,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(WORDS.race.cut);
  }
}

function contenderFrom(text: string): Contender {
  const [optimizer = "", ...rest] = text.split(",");
  const info = Object.hasOwn(OPTIMIZERS, optimizer) ? OPTIMIZERS[optimizer] : undefined;
  if (!info && !OWN.test(optimizer)) throw new Error(fill(WORDS.race.noOptimizer, { name: brief(optimizer) }));
  const made: Contender = { optimizer, lr: info?.lr ?? 0.01, settings: {}, schedule: "constant" };
  for (const part of rest) {
    const [name = "", value = ""] = part.split(":");
    if (name === "lr") made.lr = numberIn("lr", value, 0, 1e6);
    else if (name === "schedule") {
      if (!Object.hasOwn(SCHEDULES, value)) throw new Error(fill(WORDS.race.noSchedule, { name: brief(value) }));
      made.schedule = value;
    } else made.settings[name] = settingFrom(optimizer, name, value);
  }
  return made;
}

/** A setting of an optimizer, as it is written. */
export function settingFrom(optimizer: string, name: string, text: string): Value {
  const known = OPTIMIZERS[optimizer]?.settings ?? {};
  const usual = Object.hasOwn(known, name) ? known[name] : undefined;
  if (usual === undefined) throw new Error(fill(WORDS.race.noSetting, { optimizer, name: brief(name) }));
  if (typeof usual === "number") return numberIn(name, text, -1e6, 1e6);
  if (typeof usual === "object") return pairFrom(name, text, "/", 1e6);
  if (typeof usual === "string") {
    if (!CHOICES[name]?.includes(text)) throw notOneOf(name, text, CHOICES[name] ?? []);
    return text;
  }
  if (text !== "true" && text !== "false") throw notOneOf(name, text, ["true", "false"]);
  return text === "true";
}

function pairFrom(name: string, text: string, between: string, most: number): [number, number] {
  const parts = text.split(between);
  if (parts.length !== 2) throw new Error(fill(WORDS.race.notTwo, { name, value: brief(text) }));
  return [numberIn(name, parts[0]!, -most, most), numberIn(name, parts[1]!, -most, most)];
}

/** A number as it is written; throws what is wrong with it. */
export function numberIn(name: string, text: string, low: number, high: number): number {
  const value = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?\s*$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high))
    throw new Error(fill(WORDS.race.notNumber, { name, value: brief(text), low, high }));
  return value;
}

/** Of what somebody has written, as much as words about it need. */
function brief(text: string): string {
  return text.slice(0, 40);
}

function notOneOf(name: string, text: string, all: readonly string[]): Error {
  return new Error(fill(WORDS.race.notOneOf, { name, value: brief(text), all: all.filter(Boolean).join(", ") }));
}

export function whole(name: string, value: number): number {
  if (!Number.isInteger(value)) throw new Error(fill(WORDS.race.notWhole, { name, value }));
  return value;
}

/** What a contender is called: its optimizer, and what tells it from its like. */
export function names(contenders: readonly Contender[]): string[] {
  const plain = contenders.map(({ optimizer, settings }) =>
    optimizer === "SGD" && Number(settings["momentum"] ?? 0) > 0
      ? settings["nesterov"] === true
        ? "Nesterov"
        : "momentum"
      : clipped(optimizer.replace("own:", "")),
  );
  const like = (at: number): number[] => plain.flatMap((name, other) => (name === plain[at] ? [other] : []));
  const told = plain.map((name, at) => {
    const others = like(at);
    if (others.length === 1) return name;
    const rates = new Set(others.map((other) => contenders[other]!.lr));
    return rates.size === others.length ? `${name} ${short(contenders[at]!.lr)}` : name;
  });
  return told.map((name, at) => {
    const before = told.slice(0, at).filter((other) => other === name).length;
    return before ? `${name} (${before + 1})` : name;
  });
}

/** A name as long as a picture has room for. */
function clipped(name: string): string {
  const letters = [...name];
  return letters.length > LONG_NAME ? `${letters.slice(0, LONG_NAME - 1).join("")}…` : name;
}

/** A number in a few letters. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3)
    return value
      .toExponential(2)
      .replace("e+", "e")
      .replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(4)));
}
