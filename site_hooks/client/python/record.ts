// Takes Python's memory when the site is built, under Node.js: see site_hooks/pyodide/snapshot.mjs, which makes it look like
// a browser.
import { startEngine, type Emscripten, type Libraries, type Memory } from "./pyodide";
import type { Files } from "../shared/packs";
import { whole, type Packs } from "./whole";
import { PAGE, placesOf, sumOf, words, type Head, type Runs } from "./snapshot";
import { placesIn, type Places, type Watch } from "./function-table";

type Bytes = Uint8Array<ArrayBuffer>;

class Taken extends Error {}

/** The files of the pack "memory". */
export async function record(packs: Packs, begin: (number: number) => void): Promise<Files> {
  const wasm = WebAssembly.compile(packs["wasm"]!);
  const { core, libraries, start } = whole(packs, wasm);
  begin(1);
  const places: Places = [];
  const note: Watch = (table, exports) => places.push(placesIn(table, exports));
  const engine = await start(note);
  scrub(engine.emscripten);
  const { memory, held } = engine.freeze();
  const { ___stack_low: low, ___stack_high: high } = engine.emscripten;
  const now = words(memory);
  begin(1);
  const then = await unstarted(core, wasm, libraries, memory);
  begin(2);
  const again = await unstarted(core, wasm, libraries, memory);
  for (const stack of [now, then, again]) stack.fill(0, low >> 2, high >> 2);
  const isLoose = (at: number): boolean => then[at] !== again[at] || (at >= low >> 2 && at < high >> 2);
  const difference = now.map((word, at) => word ^ then[at]!);
  if (difference.some((word, at) => word !== 0 && isLoose(at)))
    throw new Error("Python changes what is not the same at every start");
  const pages = Array.from({ length: memory.length / 4 / PAGE }, (_, page) => page);
  const some = (words: Int32Array, page: number): boolean =>
    words.subarray(page * PAGE, (page + 1) * PAGE).some(Boolean);
  const differs = pages.filter((page) => some(difference, page));
  const fresh = runsOf(differs.filter((page) => !some(then, page)));
  const changed = runsOf(differs.filter((page) => some(then, page)));
  const loose = then.map((_, at) => Number(isLoose(at)));
  const firm = runsOf(pages.filter((page) => some(then, page) && !some(loose, page)));
  const head: Head = { bytes: memory.length, held, places, fresh, changed, firm, sum: sumOf(firm, then) };
  return new Map([
    ["head.json", new TextEncoder().encode(JSON.stringify(head))],
    ["pages", joined([...placesOf(fresh, difference), ...placesOf(changed, difference)])],
  ]);
}

/**
 * Takes all that is free, first in large blocks and then from Python's own small ones, and gives it back empty: what was
 * there before would be recorded as well. It knows the allocators of Emscripten 5.0.3 (dlmalloc) and CPython 3.14; with
 * others the pack "memory" grows beyond the size that a test allows.
 */
function scrub(module: Emscripten): void {
  const taken: (() => void)[] = [];
  const take = (allocate: (bytes: number) => number, free: (at: number) => void, bytes: number): void => {
    for (const end = module._sbrk(0); ; ) {
      const at = allocate(bytes);
      taken.push(() => free(at));
      if (at + bytes > end || module._sbrk(0) !== end) return;
      module.HEAPU8.fill(0, at, at + bytes);
    }
  };
  for (let bytes = 1 << 18; bytes >= 16; bytes /= 2) take(module._malloc, module._free, bytes);
  for (let bytes = 512; bytes >= 16; bytes -= 16) take(module._PyObject_Malloc, module._PyObject_Free, bytes);
  for (const giveBack of taken) giveBack();
}

/** The memory at the moment when a recorded one would be put in its place. */
async function unstarted(
  core: Files,
  wasm: Promise<WebAssembly.Module>,
  libraries: Promise<Libraries>,
  like: Bytes,
): Promise<Int32Array> {
  let before: Int32Array | undefined;
  const memory: Memory = {
    bytes: like.length,
    held: { hiwireKeys: [], immortalKeys: [] },
    fill(all) {
      before = words(all.slice());
      throw new Taken();
    },
  };
  await startEngine(core, wasm, libraries, Promise.resolve(memory)).catch((error: unknown) => {
    if (!(error instanceof Taken)) throw error;
  });
  return before!;
}

function runsOf(pages: number[]): Runs {
  const runs: Runs = [];
  for (const page of pages) {
    if (runs.at(-2)! + runs.at(-1)! === page) runs[runs.length - 1]!++;
    else runs.push(page, 1);
  }
  return runs;
}

function joined(pieces: Int32Array[]): Bytes {
  const all = new Int32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return new Uint8Array(all.buffer);
}
