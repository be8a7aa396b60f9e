// What pylib.microscope tells of a walk (Dissection._record): checked here, as code in cells can post what it likes.
import * as v from "valibot";
import type { PlaneRecord } from "../plane/surface";

/** Numbers that Python could not say in JSON, such as infinity, come as null. */
const number = v.nullable(v.number());
const row = v.array(number);
const column = v.array(row);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();
/** More than one looks at. */
const MOST_STEPS = 20_000;

/** A part of a formula: pylib/microscope/formula.py says which there are. */
export interface Node {
  kind: "name" | "text" | "row" | "fence" | "call" | "sup" | "frac" | "root";
  text?: string | undefined;
  /** The quantity that it stands for. */
  key?: string | null | undefined;
  hat?: boolean | undefined;
  sub?: string | undefined;
  /** Not slanted. */
  upright?: boolean | undefined;
  /** Words, and no sign. */
  words?: boolean | undefined;
  of?: Node[] | undefined;
}

const node: v.GenericSchema<Node> = v.object({
  kind: v.picklist(["name", "text", "row", "fence", "call", "sup", "frac", "root"]),
  text: v.optional(text),
  key: v.nullish(text),
  hat: v.optional(v.boolean()),
  sub: v.optional(text),
  upright: v.optional(v.boolean()),
  words: v.optional(v.boolean()),
  of: v.optional(v.array(v.lazy(() => node))),
});

const pair = v.tuple([v.number(), v.number()]);
const plane: v.GenericSchema<PlaneRecord> = v.object({
  bounds: v.array(pair),
  columns: v.pipe(whole, v.minValue(2), v.maxValue(2000)),
  rows: v.pipe(whole, v.minValue(1), v.maxValue(2000)),
  heights: text,
  minima: v.array(v.array(v.number())),
});

const quantity = v.object({
  key: text,
  symbol: node,
  /** What the source calls it. */
  names: v.array(text),
  /** What it is on the plane. */
  kind: v.picklist(["place", "direction", "number"]),
  /** Of a direction: 1 along the gradient, -1 against it. */
  along: v.number(),
  /** After each step. */
  values: column,
});

const setting = v.object({
  name: text,
  /** Words, and what is None, as Python writes them. */
  value: v.union([v.boolean(), v.number(), v.array(v.number()), text]),
  whole: v.boolean(),
});

const record = v.object({
  optimizer: text,
  surface: text,
  words: text,
  /** What went wrong with the walk, such as why it ended early. */
  warning: v.nullable(text),
  /** One point more than steps. */
  path: v.pipe(column, v.minLength(1), v.maxLength(MOST_STEPS)),
  values: row,
  /** Where the parameter was before each step: for most optimizers a point of the path. */
  before: column,
  /** null: the surface has too many weights to be drawn. */
  plane: v.nullable(plane),
  quantities: v.array(quantity),
  source: v.object({
    /** The method's name. */
    name: text,
    /** The number of its first line in its file. */
    first: whole,
    text,
    /** A line from 1, from which column to which, and what stands there. */
    spans: v.array(v.tuple([whole, whole, whole, text])),
    /** What a line has made of a quantity, step by step; null where it did not run. */
    made: v.array(v.object({ line: whole, key: text, values: column })),
    /** The lines that ran: some sets of them, and which one for each step. */
    ran: v.object({ sets: v.array(v.array(whole)), of: v.array(whole) }),
  }),
  formulas: v.array(v.object({ lines: v.array(whole), key: v.nullable(text), tree: node })),
  settings: v.array(setting),
});

export type MicroscopeRecord = v.InferOutput<typeof record>;
export type Quantity = v.InferOutput<typeof quantity>;
export type Setting = v.InferOutput<typeof setting>;

/** Throws where it is none. */
export function recordOf(given: unknown): MicroscopeRecord {
  return v.parse(record, given);
}

/** Steps that were made. */
export function stepsOf({ path }: MicroscopeRecord): number {
  return path.length - 1;
}
