// What the page takes from Python's worker: anything else that comes is dropped, because code in cells can reach what
// posts events.
import * as v from "valibot";
import { DEPTHS } from "../shared/depth";
import type { FromWorker } from "../shared/protocol";

/** More than a page can show. */
const text = v.pipe(v.string(), v.maxLength(21_000_000));
const whole = v.pipe(v.number(), v.safeInteger());
/** What is counted from 1. */
const counted = v.pipe(whole, v.minValue(1));
const count = v.pipe(whole, v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const bytes = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);
const pixels = v.custom<Uint8ClampedArray<ArrayBuffer>>((value) => value instanceof Uint8ClampedArray);
/** Several times what pylib.kernel sends: of a traceback, and of a table. */
const FRAMES = 100;
const ENTRIES = 10_000;
const theme = v.picklist(["light", "dark"]);

/** Four bytes for each pixel of the areas. */
function holds(rgba: Uint8ClampedArray, areas: [columns: number, rows: number][]): boolean {
  return areas.every(([columns, rows]) => columns > 0 && rows > 0) && rgba.length === 4 * total(areas);
}

function total(areas: [columns: number, rows: number][]): number {
  return areas.reduce((sum, [columns, rows]) => sum + columns * rows, 0);
}

const failure = v.object({
  kind: v.picklist(["offline", "changed", "gone", "server", "stalled", "unsupported"]),
  message: text,
});
const depth = v.picklist(DEPTHS);
const breakdown = v.object({ kind: v.picklist(["recursion", "memory", "unknown"]), detail: text });
const toKeep = v.object({
  packs: v.array(text),
  isToMake: v.exactOptional(v.boolean()),
});

/** Every row has an entry for every column. */
const table = v.pipe(
  v.object({ columns: v.array(text), rows: v.array(v.array(text)), of: v.tuple([count, count]) }),
  v.check(({ columns, rows }) => rows.every((row) => row.length === columns.length)),
  v.check(({ columns, rows }) => columns.length * rows.length <= ENTRIES),
);
const knownName = v.object({
  name: text,
  kind: v.picklist(["function", "class", "module", "property", "variable"]),
  detail: v.optional(text),
  doc: v.optional(text),
  params: v.optional(v.record(text, text)),
});

const event = v.variant("kind", [
  v.object({ kind: v.picklist(["stdout", "stderr"]), text }),
  v.object({ kind: v.literal("result"), text, table: v.exactOptional(table) }),
  v.pipe(
    v.object({ kind: v.literal("progress"), what: text, done: amount, total: v.pipe(amount, v.minValue(1)) }),
    v.check(({ done, total }) => done <= total),
  ),
  v.object({ kind: v.literal("input"), prompt: text }),
  v.object({ kind: v.literal("figure"), figure: counted, theme, png: bytes, width: amount, height: amount, alt: text }),
  v.object({
    kind: v.literal("error"),
    type: text,
    message: text,
    detail: text,
    line: v.nullable(counted),
    frames: v.pipe(v.array(v.object({ cell: text, line: counted, source: text, function: text })), v.maxLength(FRAMES)),
    traceback: text,
    name: v.nullable(text),
  }),
  v.pipe(
    v.object({
      kind: v.literal("frame"),
      figure: counted,
      theme,
      rgba: pixels,
      columns: whole,
      rows: whole,
      width: amount,
      height: amount,
      alt: text,
    }),
    v.check(({ rgba, columns, rows }) => holds(rgba, [[columns, rows]])),
  ),
  v.pipe(
    v.object({
      kind: v.literal("animation"),
      figure: counted,
      theme,
      frame: whole,
      frames: v.nullable(whole),
      interval: amount,
      repeats: v.boolean(),
      width: amount,
      height: amount,
      columns: whole,
      rows: whole,
      isWhole: v.boolean(),
      rectangles: v.array(v.tuple([whole, whole, whole, whole])),
      alt: text,
      rgba: pixels,
    }),
    v.check(
      ({ rgba, rectangles, columns, rows }) =>
        columns > 0 &&
        rows > 0 &&
        holds(
          rgba,
          rectangles.map(([, , width, height]) => [width, height]),
        ),
    ),
  ),
  v.object({
    kind: v.literal("instrument"),
    figure: counted,
    instrument: v.literal("microscope"),
    alt: text,
    record: text,
  }),
  v.object({ kind: v.literal("check"), ok: v.boolean(), message: text, line: v.nullable(counted), ran: v.boolean() }),
  v.object({ kind: v.literal("answer"), text }),
  v.object({ kind: v.literal("done"), ok: v.boolean(), ms: amount }),
]);

const message = v.variant("type", [
  v.object({
    type: v.literal("loading"),
    step: text,
    fraction: amount,
    amount: v.exactOptional(v.object({ bytes: amount, of: amount, seconds: v.exactOptional(amount) })),
  }),
  v.object({ type: v.literal("ready"), depth, keep: v.exactOptional(toKeep) }),
  v.object({ type: v.literal("deeper"), depth }),
  v.object({ type: v.literal("quiet") }),
  v.object({ type: v.literal("failed"), failure }),
  v.object({ type: v.literal("broke"), breakdown }),
  v.object({ type: v.literal("event"), id: whole, event }),
  v.object({ type: v.literal("free"), id: whole }),
  v.object({
    type: v.literal("survey"),
    id: whole,
    survey: v.record(text, v.object({ needs: v.array(text), makes: v.array(text), depth })),
  }),
  v.object({ type: v.literal("drawn"), id: whole, svg: v.nullable(text) }),
  v.object({ type: v.literal("names"), id: whole, names: v.nullable(v.array(knownName)) }),
]);

type Taken = v.InferOutput<typeof message>;

/** Does not compile where a message of the protocol is not taken, or is another one here. */
const same = (taken: Taken): FromWorker => taken;
const taken: (sent: FromWorker) => Taken = (sent) => sent;

/** A message of the protocol; undefined for what is none. */
export function fromWorker(data: unknown): FromWorker | undefined {
  const { success, output } = v.safeParse(message, data);
  return success ? same(taken(output)) : undefined;
}
