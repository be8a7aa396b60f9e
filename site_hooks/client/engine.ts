// Starts Pyodide from parts that are already here, fresh or with the memory of an earlier start.
import { loadPyodide } from "pyodide";
import type { Files } from "./files";

/** pylib.runner, seen from here. */
export interface Runner {
  /** Runs one request; `post` gets each event as JSON. */
  serve(request: string, post: (event: string) => void): void;
  forget(session: string): void;
}

/** importer.py, seen from here. */
export interface Importer {
  connect(download: (pack: string) => [Uint8Array, string]): void;
  has_arrived(pack: string): void;
}

/** What a memory needs beside its bytes: the JavaScript objects that Python held. */
export interface Held {
  hiwireKeys: unknown[];
  immortalKeys: string[];
}

/** The memory of an earlier start; `fill` writes it to where it was. */
export interface Memory {
  bytes: number;
  held: Held;
  fill(memory: Uint8Array): void;
}

export interface Engine {
  place(files: Files): void;
  run(code: string): unknown;
  module<T>(name: string): T;
  /** All of Python's memory, and what it holds outside of it; to be taken before anything of the page is in it. */
  freeze(): { memory: Uint8Array<ArrayBuffer>; held: Held };
}

/** The parts of Pyodide and Emscripten that no type of theirs names. */
interface Module {
  HEAPU8: Uint8Array;
  FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, content: Uint8Array, options?: { canOwn: boolean }): void;
  };
  API: {
    serializeHiwireState(serialize: (value: unknown) => unknown): Held;
    restoreSnapshot(bytes: Uint8Array): Held;
  };
  onPostCtors: (() => void)[];
  growMemory(bytes: number): void;
  loadWebAssemblyModule(module: WebAssembly.Module, flags: object, name: string, scope: object): Record<string, unknown>;
  reportUndefinedSymbols(): void;
  newDSO(name: string, handle: undefined, exports: object): { global: boolean };
}
interface Settings {
  preRun: ((module: Module) => void)[];
}
type Factory = (settings: Settings) => Promise<Module>;

/** Pyodide asks for its files below this address; all of them are handed to it instead. */
const NOWHERE = "data:,";
const LOCK = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.0" },
  packages: {},
};
/** The constructors of this one call Python, which is not up when libraries are loaded. */
const CALLS_PYTHON = /ft2font/;

export type Libraries = [path: string, module: WebAssembly.Module][];

export async function compileLibraries(files: Files): Promise<Libraries> {
  return Promise.all(
    [...files].map(async ([path, bytes]): Promise<Libraries[number]> => [path, await WebAssembly.compile(bytes)]),
  );
}

/** Starts Python with the extension modules already loaded: always in one order, so that addresses are the same. */
export async function startEngine(
  core: Files,
  wasm: Promise<WebAssembly.Module>,
  libraries: Promise<Libraries>,
  memory?: Memory,
): Promise<Engine> {
  const factory = await importFactory(part(core, "pyodide.asm.mjs"));
  const library = URL.createObjectURL(new Blob([part(core, "boot.zip")]));
  let compiled!: Libraries;
  const restoreCompiler = handOver(
    Promise.all([wasm, libraries]).then(([all, loaded]) => {
      compiled = loaded;
      return all;
    }),
  );
  let module!: Module;
  const putOff: (() => void)[] = [];
  const options = {
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    lockFileContents: LOCK,
    stdLibURL: library,
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg" },
    ...(memory && { _loadSnapshot: new Uint8Array(), _snapshotDeserializer: fromPath }),
    createPyodideModule: async (settings: Settings) => {
      settings.preRun.push((started) => {
        if (memory && memory.bytes > started.HEAPU8.length) started.growMemory(memory.bytes);
        putOff.push(...loadLibraries(started, compiled));
      });
      module = await factory(settings);
      if (memory) {
        module.API.restoreSnapshot = () => {
          memory.fill(module.HEAPU8);
          return memory.held;
        };
      }
      return module;
    },
  };
  // Its type leaves out what is for use inside Pyodide: createPyodideModule, and a lock file without packages.
  const python = await loadPyodide(options as object).finally(() => {
    restoreCompiler();
    URL.revokeObjectURL(library);
  });
  // WebKit cannot end a worker while WebAssembly runs: Python looks here from time to time, and thus leaves it.
  python.setInterruptBuffer(new Uint8Array(1));
  if (!memory) for (const construct of putOff) construct();
  return {
    place: (files) => place(module, files),
    run: (code) => python.runPython(code),
    module: (name) => python.pyimport(name),
    freeze: () => ({
      held: module.API.serializeHiwireState(toPath),
      memory: new Uint8Array(module.HEAPU8.slice().buffer as ArrayBuffer),
    }),
  };
}

function part(files: Files, name: string): Uint8Array<ArrayBuffer> {
  const content = files.get(name);
  if (!content) throw new Error(`${name} is not in its pack`);
  return content;
}

/** The blob holds exactly the bytes whose hash was compared. */
async function importFactory(script: Uint8Array<ArrayBuffer>): Promise<Factory> {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return ((await import(url)) as { default: Factory }).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Pyodide would compile while it downloads; here it prepares itself while that is done, and waits for the module. */
function handOver(wasm: Promise<WebAssembly.Module>): () => void {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await wasm;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  return () => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}

/** Returns the constructors that have to wait for Python. */
function loadLibraries(module: Module, libraries: Libraries): (() => void)[] {
  const putOff: (() => void)[] = [];
  for (const [path, library] of libraries) {
    const scope = {};
    const before = module.onPostCtors.length;
    // What a library leaves undefined is looked up once for all of them, below: each time takes milliseconds.
    const flags = { global: false, nodelete: true, loadAsync: false, allowUndefined: true };
    const exports = module.loadWebAssemblyModule(library, flags, path, scope);
    if (CALLS_PYTHON.test(path)) putOff.push(...module.onPostCtors.splice(before).reverse());
    Object.assign(scope, exports);
    module.newDSO(path, undefined, exports).global = false;
    // Python wants to see a file; the code is already in place.
    place(module, new Map([[path, new Uint8Array()]]));
  }
  module.reportUndefinedSymbols();
  return putOff;
}

function place(module: Module, files: Files): void {
  const made = new Set<string>();
  for (const [path, content] of files) {
    if (!path.startsWith("/")) continue;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) module.FS.mkdirTree(folder);
    made.add(folder);
    module.FS.writeFile(path, content, { canOwn: true });
  }
}

/** JavaScript objects that Python holds when it is up are the browser's own: they are found again by name. */
function toPath(value: unknown): string {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if ((globalThis as Record<string, unknown>)[name] === value) return name;
  }
  throw new Error(`Python holds a JavaScript object that has no name: ${String(value)}`);
}

function fromPath(path: unknown): unknown {
  return (globalThis as Record<string, unknown>)[path as string];
}
