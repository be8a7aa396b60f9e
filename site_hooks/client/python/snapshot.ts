// The memory that comes with the site: Python with NumPy and matplotlib imported, as record.ts took it.
//
// Only pages that differ from those of a Python that is yet to start are in it: what stands in Pyodide's own file is not
// sent again.
import type { Memory } from "./pyodide";
import type { Files } from "../shared/packs";
import type { Held } from "../shared/protocol";
import type { Places } from "./function-table";

/** Words of four bytes. */
export const PAGE = 1024;

/** First page and number of pages, by turns. */
export type Runs = number[];

export interface Head {
  bytes: number;
  held: Held;
  places: Places;
  /** What comes where nothing was, and after it what differs from what was there (XOR). */
  fresh: Runs;
  changed: Runs;
  /** What is the same before every start, and its sum: another one where an engine lays out memory in another way. */
  firm: Runs;
  sum: number;
}

export function shippedMemory(files: Files): Memory {
  const head = JSON.parse(new TextDecoder().decode(part(files, "head.json"))) as Head;
  let pages: Int32Array | undefined = words(part(files, "pages"));
  return {
    bytes: head.bytes,
    held: head.held,
    places: head.places,
    fill(memory) {
      if (!pages) throw new Error("the memory was put in place before");
      const all = words(memory);
      if (sumOf(head.firm, all) !== head.sum) throw new Error("this browser lays out Python's memory in another way");
      let from = 0;
      for (const place of placesOf(head.fresh, all)) place.set(pages.subarray(from, (from += place.length)));
      for (const place of placesOf(head.changed, all)) {
        for (let at = 0; at < place.length; at++) place[at]! ^= pages[from++]!;
      }
      pages = undefined; // Pyodide's settings would hold 25 MB as long as the page lasts
    },
  };
}

export function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Adds up words such that their order counts. */
export function sum(all: Int32Array, before = 0): number {
  let total = before;
  for (let i = 0; i < all.length; i++) total = (Math.imul(total, 31) + all[i]!) | 0;
  return total;
}

export function sumOf(runs: Runs, memory: Int32Array): number {
  return placesOf(runs, memory).reduce((total, place) => sum(place, total), 0);
}

export function placesOf(runs: Runs, memory: Int32Array): Int32Array[] {
  const places: Int32Array[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    places.push(memory.subarray(runs[i]! * PAGE, (runs[i]! + runs[i + 1]!) * PAGE));
  }
  return places;
}

function part(files: Files, name: string): Uint8Array<ArrayBuffer> {
  const content = files.get(name);
  if (!content) throw new Error(`${name} is not in the memory's pack`);
  return content;
}
