// Starts Pyodide from parts that are already here, fresh or with the memory of an earlier start.
//
// Much of it reaches into Pyodide 314.0.4 and its Emscripten 5.0.3, and says where what would show that it need not any
// more. After an update of Pyodide look at each of these places, and run tests/browser/test_python.py.
import { loadPyodide } from "pyodide";
import type { PackNow } from "./import-request";
import type { Files } from "../shared/packs";
import type { Held, OwnMemory } from "../shared/protocol";
import { FunctionTable, type Places, type Watch } from "./function-table";

/** Python's bytes; its memory may move, so they are copied out while the call lasts. */
export interface PyBytes {
  toJs(): Uint8Array<ArrayBuffer>;
}

/** pylib.kernel.execute, seen from here. */
export interface Runner {
  /** What cells need: JSON of `SurveyedCell[]` -> JSON of a `Survey`. */
  survey(cells: string): string;
  /** JSON of a `DrawRequest` -> SVG, if the figure is still there. */
  draw_svg(request: string): string | undefined;
  /** JSON of a `NamesRequest` -> JSON of `KnownName[]`, or of null. */
  names(request: string): string;
  /**
   * Runs one request; `post` gets each event as JSON, and the bytes of a picture beside it; `ask` waits for the line that
   * answers an event "input", undefined if the run is stopped meanwhile.
   */
  serve(request: string, post: (event: string, bytes?: PyBytes) => void, ask?: () => string | undefined): void;
  /** Does one thing that a run left for later, such as a figure for the other theme; whether there was any. */
  catch_up(): boolean;
}

/** importer.py, seen from here. */
export interface Importer {
  connect(download: (pack: string, pastCache: boolean) => PackNow): void;
  has_arrived(pack: string): void;
}

/** The memory of an earlier start; `fill` writes it to where it was. */
export interface Memory {
  bytes: number;
  held: Held;
  /** Where functions stood, if another engine has made it. */
  places?: Places;
  fill(memory: Uint8Array): void;
}

export interface Engine {
  /** Python looks into these bytes from time to time: a 2 there raises KeyboardInterrupt. */
  interruptBy(bytes: Uint8Array<SharedArrayBuffer>): void;
  place(files: Files): void;
  /** Loads extension modules into a Python that is up. */
  load(libraries: Libraries): void;
  run(code: string): unknown;
  module<T>(name: string): T;
  emscripten: Emscripten;
  /** All of Python's memory, and what it holds outside of it; to be taken before anything of the page is in it. */
  freeze(): OwnMemory;
}

/** The parts of Pyodide 314.0.4 and Emscripten 5.0.3 that no type of theirs names: as few as the places below need. */
export interface Emscripten {
  HEAPU8: Uint8Array;
  HEAP32: Int32Array;
  wasmTable: WebAssembly.Table;
  /** Addresses: Python's runtime, and where in it the trampoline's place is told. */
  __PyRuntime: number;
  __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: number;
  FS: {
    analyzePath(path: string): { exists: boolean };
    mkdirTree(path: string): void;
    writeFile(path: string, content: Uint8Array, options?: { canOwn: boolean }): void;
  };
  API: {
    serializeHiwireState(serialize: (value: unknown) => unknown): Held;
    restoreSnapshot(bytes: Uint8Array): Held;
  };
  onPostCtors: (() => void)[];
  ___stack_low: number;
  ___stack_high: number;
  growMemory(bytes: number): void;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _PyObject_Malloc(bytes: number): number;
  _PyObject_Free(at: number): void;
  _sbrk(bytes: number): number;
  loadWebAssemblyModule(
    module: WebAssembly.Module,
    flags: object,
    name: string,
    scope: object,
  ): Record<string, unknown>;
  reportUndefinedSymbols(): void;
  newDSO(name: string, handle: undefined, exports: object): { global: boolean };
}
interface Settings {
  preRun: ((module: Emscripten) => void)[];
}
type Factory = (settings: Settings) => Promise<Emscripten>;

/**
 * Pyodide 314.0.4 asks for its files below this address; all of them are handed to it instead. Its `loadPyodide` has no
 * settings for that yet: not needed once it takes the compiled module, the factory and the library as arguments.
 */
const NOWHERE = "data:,";
/** It insists on a lock file, and compares these with its own: an update that changes them does not start at all. */
const LOCK = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.0" },
  packages: {},
};
/**
 * The constructors of this one call Python (matplotlib 3.10.8), which is not up when libraries are loaded. After an
 * update of matplotlib: not needed if Python starts without; and a library that is missing here ends the start.
 */
const CALLS_PYTHON = /ft2font/;

export type Libraries = [path: string, module: WebAssembly.Module][];

export async function compileLibraries(packs: Files[]): Promise<Libraries> {
  return Promise.all(
    packs
      .flatMap((files) => [...files])
      .map(async ([path, bytes]): Promise<Libraries[number]> => [path, await WebAssembly.compile(bytes)]),
  );
}

/** Starts Python with these extension modules already loaded: always in one order, so that addresses are the same. */
export async function startEngine(
  core: Files,
  wasm: Promise<WebAssembly.Module>,
  libraries: Promise<Libraries>,
  memory?: Promise<Memory>,
  watch?: Watch,
): Promise<Engine> {
  const factory = await importFactory(part(core, "pyodide.asm.mjs"));
  const library = URL.createObjectURL(new Blob([part(core, "boot.zip")]));
  let compiled!: Libraries;
  let kept: Memory | undefined;
  let functions!: FunctionTable;
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const restoreCompiler = handOver(async (imports) => {
    const module = await wasm;
    compiled = await libraries;
    kept = await memory;
    functions = new FunctionTable(kept?.places, watch);
    const instance = await WebAssembly.instantiate(module, imports);
    functions.add(instance.exports);
    return { module, instance };
  }, fail);
  let module!: Emscripten;
  const putOff: (() => void)[] = [];
  const options = {
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    lockFileContents: LOCK,
    stdLibURL: library,
    // The language would be the browser's own, and change Python's memory.
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg", LANG: "en_US.UTF-8" },
    // Not documented in 314.0.4, and made for snapshots of its own kind, of a Python without libraries. Not needed once
    // such a snapshot, made with `_makeSnapshot` after NumPy and matplotlib were imported, can be loaded.
    ...(memory && { _loadSnapshot: new Uint8Array(), _snapshotDeserializer: fromPath }),
    createPyodideModule: async (settings: Settings) => {
      settings.preRun.push((started) => {
        if (kept && kept.bytes > started.HEAPU8.length) started.growMemory(kept.bytes);
        if (!started.HEAP32[trampoline(started)]) started.wasmTable.grow(1);
        putOff.push(...loadLibraries(started, compiled, functions));
      });
      module = await factory(settings);
      const found = kept;
      if (found) {
        // In 314.0.4 it copies bytes that have all of its own head; here they come in pieces. If its name changes, the
        // start fails at `_loadSnapshot`, which is empty.
        module.API.restoreSnapshot = () => {
          const place = trampoline(module);
          const own = module.HEAP32[place]!;
          module.HEAP32[place] = 0;
          found.fill(module.HEAPU8);
          module.HEAP32[place] = own;
          return found.held;
        };
      }
      return module;
    },
  };
  // Its type leaves out what is for use inside Pyodide: createPyodideModule, and a lock file without packages.
  const python = await Promise.race([loadPyodide(options as object), failed]).finally(() => {
    restoreCompiler();
    URL.revokeObjectURL(library);
  });
  // WebKit cannot end a worker while WebAssembly runs: Python looks here from time to time, and thus leaves it. Not
  // needed once the test in test_other_browsers.py that stops an endless loop passes without.
  python.setInterruptBuffer(new Uint8Array(1));
  // What Pyodide 314.0.4 keeps for tests of its own holds Function, which makes JavaScript out of text: see confine.ts.
  // Not needed once the walk in test_confined.py finds no way out without.
  Reflect.deleteProperty(module.API, "tests");
  if (!memory) for (const construct of putOff) construct();
  return {
    interruptBy: (bytes) => python.setInterruptBuffer(bytes),
    place: (files) => place(module, files),
    load: (libraries) => {
      // An import that could not wait has fetched its pack, and loads from there.
      const missing = libraries.filter(([path]) => !module.FS.analyzePath(path).exists);
      loadLibraries(module, missing);
    },
    run: (code) => python.runPython(code),
    module: (name) => python.pyimport(name),
    emscripten: module,
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

/**
 * Pyodide 314.0.4 would compile while it downloads; here it prepares itself while that is done, and waits for the
 * module. It would wait for ever where that fails (it only warns: "wasm instantiation failed!"), which `fail` is told.
 * Not needed once `loadPyodide` takes an `instantiateWasm` of ours, as Emscripten's own factory does.
 */
function handOver(
  instantiate: (imports?: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>,
  fail: (error: unknown) => void,
): () => void {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = (_, imports) => {
    const made = instantiate(imports);
    made.catch(fail);
    return made;
  };
  return () => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}

/**
 * Where Python looks for a function that engines with WebAssembly's garbage collection have, and others not. There its
 * slot in the table of functions is left empty, so that all others have the same numbers everywhere. CPython 3.14 has
 * it in Python/emscripten_trampoline.c; not needed once Pyodide exports no `__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET`.
 */
function trampoline(module: Emscripten): number {
  return (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]!) >> 2;
}

/**
 * Loads what Python would load when it imports: in one order and before a memory is put in place, or into a Python that
 * is up. Returns the constructors that have to wait for Python; where it is up, none does.
 *
 * Emscripten 5.0.3 has no call for compiled modules: its `loadDynamicLibrary` takes files. The class that stands in
 * for `Instance` sees the exports before Emscripten gives them places in the table: it goes with function-table.ts.
 */
function loadLibraries(module: Emscripten, libraries: Libraries, functions?: FunctionTable): (() => void)[] {
  const putOff: (() => void)[] = [];
  const { Instance } = WebAssembly;
  let loading: WebAssembly.Module;
  WebAssembly.Instance = class extends Instance {
    constructor(made: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(made, imports);
      if (made === loading) functions?.add(this.exports);
    }
  };
  for (const [path, library] of libraries) {
    const scope = {};
    const before = module.onPostCtors.length;
    loading = library;
    // What a library leaves undefined is looked up once for all of them, below: each time takes milliseconds.
    const flags = { global: false, nodelete: true, loadAsync: false, allowUndefined: true };
    const exports = module.loadWebAssemblyModule(library, flags, path, scope);
    if (CALLS_PYTHON.test(path)) putOff.push(...module.onPostCtors.splice(before).reverse());
    Object.assign(scope, exports);
    module.newDSO(path, undefined, exports).global = false;
    // Python wants to see a file; the code is already in place.
    place(module, new Map([[path, new Uint8Array()]]));
  }
  WebAssembly.Instance = Instance;
  functions?.done();
  module.reportUndefinedSymbols();
  return putOff;
}

function place(module: Emscripten, files: Files): void {
  const made = new Set<string>();
  for (const [path, content] of files) {
    if (!path.startsWith("/")) continue;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) module.FS.mkdirTree(folder);
    made.add(folder);
    module.FS.writeFile(path, content, { canOwn: true });
  }
}

/**
 * JavaScript objects that Python holds when it is up are the browser's own: they are found again by name. They stand in
 * Pyodide 314.0.4's table "hiwire"; one without a name is refused, so that no memory with it is kept.
 */
function toPath(value: unknown): string {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if ((globalThis as Record<string, unknown>)[name] === value) return name;
  }
  throw new Error(`Python holds a JavaScript object that has no name: ${String(value)}`);
}

function fromPath(path: unknown): unknown {
  return (globalThis as Record<string, unknown>)[path as string];
}
