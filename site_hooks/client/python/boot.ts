// Gets Python ready: chooses how it starts, and says what is left to do after the start.
import type { DownloadClient } from "./download-client";
import { Downloads, quietly, type Pack, type Report } from "./downloads";
import { DRAW } from "./programs";
import { compileLibraries, type Engine, type Importer, type Runner } from "./pyodide";
import { confine } from "./confine";
import { fetchPackNow } from "./import-request";
import { packsFor, unpack } from "../shared/packs";
import type { Seal, ToKeep } from "../shared/protocol";
import { SnapshotStore, type Kept } from "./snapshot-store";
import { shippedMemory } from "./snapshot";
import { BytecodeStarter } from "./starters/bytecode";
import { MemoryStarter } from "./starters/memory";
import type { Parts, Starter } from "./starters/starter";

export interface Python {
  runner: Runner;
  /** Lets a 2 in these bytes, which the page shares, interrupt what runs. */
  interruptBy(bytes: Uint8Array<SharedArrayBuffer>): void;
  /** What is worth keeping for the next visit, if anything is. */
  keep?: ToKeep;
  /** Draws what nobody sees, so that the browser compiles what drawing needs before a learner waits for it. */
  warmUp(): void;
  /** Work that can wait until the learner reads: fetching and importing what the first plot did not need. */
  later(): Promise<void>;
}

/** A line that brings a pack of a megabyte at this rate, beside others, brings the memory sooner than Python would make it. */
const FAST_BITS_PER_MS = 20_000;

/** So often is it drawn at a first visit, where there is room: browsers keep machine code of what ran often for the next. */
const DRAWINGS = 20;

/** Packs that a start may place files of: what drawing reads, and code, which a memory has imported already. */
const files = (): string[] => ["data", ...packsFor("code")];

/** What most lessons import, and a first plot may not. */
const LESSON = [
  "numpy.random",
  ...["data", "losses", "models", "optimizers", "plots", "schedules", "surfaces", "training"].map(
    (name) => `pylib.${name}`,
  ),
];

/**
 * Starts Python, and gives up what code in cells must not reach.
 *
 * @param isThrifty whether the learner saves data: then nothing comes that the cells do without.
 * @param seal what the page remembers of the kept memory.
 */
export async function boot(
  client: DownloadClient,
  report: Report,
  isThrifty: boolean,
  seal: Seal | null,
): Promise<Python> {
  const store = new SnapshotStore(seal);
  const started =
    (await store.use((kept) => fromKept(client, kept, report))) ??
    (await fromSite(client, store, new Downloads(client, report), isThrifty));
  const python = await ready(client, started, isThrifty);
  confine();
  return python;
}

/** Python is up; what is left to do. */
interface Started {
  engine: Engine;
  pylib: Promise<Pack>;
  report: Report;
  /** Packs whose files are there already. */
  placed: string[];
  drawings: number;
  keep?: ToKeep;
}

/** From the memory kept at an earlier visit. */
async function fromKept(client: DownloadClient, kept: Kept, report: Report): Promise<Started> {
  report("Waking Python up", 0.1);
  const pylib = quietly(client.pack("pylib")); // a download that fails says nothing against the memory
  const parts: Parts = {
    wasm: client.wasm(),
    libraries: quietly(kept.part("libraries").then(unpack).then(compileLibraries)),
    core: quietly(kept.part("core").then(unpack)),
  };
  const placed = files().filter((name) => kept.names.includes(name));
  const starter = new MemoryStarter(placed, {
    memory: () => kept.memory() ?? kept.part("memory").then(unpack).then(shippedMemory),
    file: (name) => kept.part(name),
    arrived: () => report("Waking Python up", 0.5),
  });
  return { engine: await starter.start(parts), pylib, report, placed, drawings: 0 };
}

/** From what comes with the site: its memory over a fast line, bytecode over others and where the memory cannot be used. */
async function fromSite(
  client: DownloadClient,
  store: SnapshotStore,
  downloads: Downloads,
  isThrifty: boolean,
): Promise<Started> {
  const wanted = isThrifty ? Promise.resolve(false) : store.wanted();
  const bytecode = new BytecodeStarter(downloads);
  downloads.expect(needs(bytecode));
  const parts: Parts = {
    wasm: downloads.wasm(),
    core: quietly(downloads.pack("core").then(unpack)),
    libraries: quietly(downloads.pack("libraries").then(unpack).then(compileLibraries)),
  };
  const isFast = !isThrifty && (await client.rate()) > FAST_BITS_PER_MS;
  const [engine, starter] = await first(isFast ? [siteMemory(downloads), bytecode] : [bytecode], parts, downloads);
  const { places: placed, memoryPack } = starter;
  const keep = (await wanted) ? { packs: ["core", "libraries", ...placed] } : undefined;
  return {
    engine,
    pylib: downloads.pack("pylib"),
    report: downloads.report.bind(downloads),
    placed,
    drawings: keep ? DRAWINGS : 0,
    ...(keep && { keep: memoryPack ? { packs: [...keep.packs, memoryPack] } : { ...keep, own: engine.freeze() } }),
  };
}

function siteMemory(downloads: Downloads): MemoryStarter {
  return new MemoryStarter(["data"], {
    memory() {
      const memory = downloads.pack("memory").then(unpack).then(shippedMemory);
      for (const name of ["data", "pylib"]) void downloads.pack(name); // now, beside it
      return memory;
    },
    file: (name) => downloads.pack(name),
    arrived: () => downloads.report("Starting Python", 0.6),
  });
}

/** All packs of a start. */
function needs({ places, memoryPack }: Starter): string[] {
  return ["wasm", "core", "libraries", ...places, ...(memoryPack ? [memoryPack] : []), "pylib"];
}

/** Starts in the first way that works in this browser. */
async function first(starters: Starter[], parts: Parts, downloads: Downloads): Promise<[Engine, Starter]> {
  const [starter, ...others] = starters;
  downloads.expect(needs(starter!));
  try {
    return [await starter!.start(parts), starter!];
  } catch (error) {
    if (!others.length) throw error;
    console.warn("Python starts from its parts, because the site's memory could not be used:", error);
    return first(others, parts, downloads);
  }
}

async function ready(client: DownloadClient, started: Started, isThrifty: boolean): Promise<Python> {
  const { engine, report, placed, drawings, keep } = started;
  const pylib = await started.pylib;
  report("Loading the lesson's library", 0.95);
  engine.place(unpack(pylib));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  return {
    ...(keep && { keep }),
    runner: engine.module<Runner>("pylib.kernel.execute"),
    interruptBy: (bytes) => engine.interruptBy(bytes),
    warmUp: () => void engine.run(DRAW),
    async later() {
      if (isThrifty) return;
      for (const name of [...files(), ...packsFor("later")].filter((name) => !placed.includes(name))) {
        engine.place(unpack(await client.pack(name)));
        importer.has_arrived(name);
      }
      for (const code of [...LESSON.map((name) => `import ${name}`), ...Array<string>(drawings).fill(DRAW)]) {
        engine.run(code);
        await new Promise((resolve) => setTimeout(resolve)); // a cell goes first
      }
    },
  };
}
