// What the build tells the browser of the files that it made: types, nothing else.

/**
 * What a pack is for, as pyodide/packs.py says it:
 * - wasm: Pyodide itself, as it is;
 * - wasm-packed: the same with gzip, for hosts that do not compress it;
 * - unpacked: a pack as it is, named like Pyodide's own file, so that hosts treat it as they treat that one;
 * - start: every start needs it;
 * - code: what a first plot imports, which a memory has imported already;
 * - memory: Python with that imported, for fast lines;
 * - later: comes by itself, and nobody waits for it;
 * - rare: comes when something in it is imported.
 */
export type PackRole = "wasm" | "wasm-packed" | "unpacked" | "start" | "code" | "memory" | "later" | "rare";

/** A file as bundle.py writes it into page and worker. */
export interface PackFile {
  /** Its name under assets/runtime, with a hash in it. */
  file: string;
  integrity: string;
  /** On the line. */
  bytes: number;
}

export interface PackEntry extends PackFile {
  role: PackRole;
  /** The same without gzip of its own, for hosts that compress; its bytes are those with Brotli. */
  plain?: PackFile;
}

/** What belongs to a version of the site: publish/finish.py writes it to assets/site.VERSION.json. */
export interface SiteManifest {
  /** Address relative to the site's folder ("" is the first page) -> bytes, and the hash as `fetch` takes it. */
  pages: Record<string, [bytes: number, integrity: string]>;
  /** Address -> bytes, the hash, and what a pack is for. */
  files: Record<string, [bytes: number, integrity: string, role?: PackRole]>;
}
