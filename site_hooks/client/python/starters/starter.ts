// What the ways to start Python have in common: memory.ts and bytecode.ts; boot.ts chooses.
import type { Engine, Libraries } from "../pyodide";
import type { Depth } from "../../shared/protocol";
import type { Files } from "../../shared/packs";

/** The packs of extension modules, in the order in which a memory was made with them. */
export const LIBRARIES = ["numpy-libraries", "plotting-libraries"];

/** What every start is made from. */
export interface Parts {
  core: Promise<Files>;
  wasm: Promise<WebAssembly.Module>;
  /** Only asked for where Python starts with all of them. */
  libraries(): Promise<Libraries>;
}

export interface Starter {
  /** The packs that are needed before Python is up. */
  readonly packs: string[];
  /** Packs whose files it places, at last. */
  readonly places: string[];
  /** The pack with the memory that it starts from; without one, a memory is worth making. */
  readonly memoryPack?: string;
  /** Python, as deep as it is before the first step. Fails where this browser cannot start in this way. */
  start(parts: Parts): Promise<Engine>;
  /** What brings it deeper, one after the other. */
  readonly steps: Step[];
}

export interface Step {
  depth: Depth;
  packs: string[];
  /** What is said to those who wait for it. */
  words: string;
  take(engine: Engine): Promise<void>;
}
