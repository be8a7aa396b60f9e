// What the ways to start Python have in common: memory.ts and bytecode.ts; boot.ts chooses.
import type { Engine, Libraries } from "../pyodide";
import type { Files } from "../../shared/packs";

/** What every start is made from. */
export interface Parts {
  core: Promise<Files>;
  wasm: Promise<WebAssembly.Module>;
  libraries: Promise<Libraries>;
}

export interface Starter {
  /** Packs whose files it places. */
  readonly places: string[];
  /** The pack with the memory that it starts from; without one, its own is worth keeping. */
  readonly memoryPack?: string;
  /** Python, with NumPy and matplotlib imported. Fails where this browser cannot start in this way. */
  start(parts: Parts): Promise<Engine>;
}
