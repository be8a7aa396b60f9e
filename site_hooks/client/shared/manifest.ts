// What the build tells the browser of the files that it made: types, nothing else.

/**
 * What a pack is for, as pyodide/packs.py says it:
 * - wasm: Pyodide itself, as it is;
 * - wasm-packed: the same with gzip, for hosts that do not compress it;
 * - start: every start needs it;
 * - code: what a first plot imports, which a memory has imported already;
 * - memory: Python with that imported, for fast lines;
 * - later: comes by itself, and nobody waits for it;
 * - rare: comes when something in it is imported.
 */
export type PackRole = "wasm" | "wasm-packed" | "start" | "code" | "memory" | "later" | "rare";

/** One pack as bundle.py writes it into page and worker. */
export interface PackEntry {
  /** Its name under assets/runtime, with a hash in it. */
  file: string;
  integrity: string;
  bytes: number;
  role: PackRole;
}

/** What belongs to a version of the site: publish/finish.py writes it to assets/site.VERSION.json. */
export interface SiteManifest {
  /** Address relative to the site's folder ("" is the first page) -> bytes, and the hash as `fetch` takes it. */
  pages: Record<string, [bytes: number, integrity: string]>;
  /** Address -> bytes, the hash, and what a pack is for. */
  files: Record<string, [bytes: number, integrity: string, role?: PackRole]>;
}
