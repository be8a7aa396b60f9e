// Starts Python with all of NumPy and matplotlib imported and used once, in the order in which a memory of it can be used elsewhere.
import type { Watch } from "./function-table";
import { DRAW, DRAW_MORE, IMPORT_MATPLOTLIB, IMPORT_NUMPY, INSTALL, TIDY } from "./programs";
import { compileLibraries, startEngine, type Engine, type Libraries } from "./pyodide";
import { unpack, type Files } from "../shared/packs";
import { LIBRARIES } from "./starters/starter";

const PLACES = ["python", "numpy", "plotting", "data"];
const PROGRAMS = [INSTALL, IMPORT_NUMPY, IMPORT_MATPLOTLIB, DRAW, DRAW_MORE, TIDY];

/** Packs, unzipped, by their names. */
export type Packs = Record<string, Uint8Array<ArrayBuffer>>;

export interface Whole {
  core: Files;
  libraries: Promise<Libraries>;
  start(watch?: Watch): Promise<Engine>;
}

export function whole(packs: Packs, wasm: Promise<WebAssembly.Module>): Whole {
  const core = unpack(packs["core"]!);
  const libraries = compileLibraries(LIBRARIES.map((name) => unpack(packs[name]!)));
  return {
    core,
    libraries,
    async start(watch) {
      const engine = await startEngine(core, wasm, libraries, undefined, watch);
      for (const name of PLACES) engine.place(unpack(packs[name]!));
      for (const program of PROGRAMS) engine.run(program);
      return engine;
    },
  };
}
