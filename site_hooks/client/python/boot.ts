// Gets Python ready: chooses how it starts, and says what is left to do after the start.
import type { DownloadClient } from "./download-client";
import { Downloads, quietly, type Pack, type Report } from "./downloads";
import { DRAW } from "./programs";
import { compileLibraries, type Engine, type Importer, type Runner } from "./pyodide";
import { fetchPackNow, key, packsFor, unpack } from "../shared/packs";
import { Keeper, type Kept } from "./snapshot-store";
import { shippedMemory } from "./snapshot";
import { BytecodeStarter } from "./starters/bytecode";
import { MemoryStarter } from "./starters/memory";
import type { Parts, Starter } from "./starters/starter";

export interface Python {
  runner: Runner;
  /** Lets a 2 in these bytes, which the page shares, interrupt what runs. */
  interruptBy(bytes: Uint8Array<SharedArrayBuffer>): void;
  /** Draws what nobody sees, so that the browser compiles what drawing needs before a learner waits for it. */
  warmUp(): void;
  /** Work that can wait until the learner reads: keeping the memory, fetching and importing what the first plot did not need. */
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

/** @param isThrifty whether the learner saves data: then nothing comes that the cells do without. */
export async function boot(client: DownloadClient, report: Report, isThrifty: boolean): Promise<Python> {
  const keeper = new Keeper(`${key}-${engineMark()}`);
  const started =
    (await keeper.use((kept) => fromKept(client, kept, report))) ??
    (await fromSite(client, keeper, new Downloads(client, report), isThrifty));
  return ready(client, started, isThrifty);
}

/** Another version of the browser may lay out Python's memory otherwise. */
function engineMark(): string {
  let mark = 0;
  for (const letter of navigator.userAgent) mark = (Math.imul(mark, 31) + letter.codePointAt(0)!) | 0;
  return (mark >>> 0).toString(36);
}

/** Python is up; what is left to do. */
interface Started {
  engine: Engine;
  pylib: Promise<Pack>;
  report: Report;
  /** Packs whose files are there already. */
  placed: string[];
  drawings: number;
  keep?: () => Promise<void>;
}

/** From the memory kept at an earlier visit. */
async function fromKept(client: DownloadClient, kept: Kept, report: Report): Promise<Started> {
  report("Waking Python up", 0.1);
  const pylib = quietly(client.pack("pylib")); // a download that fails says nothing against the memory
  const parts: Parts = {
    wasm: client.wasm(),
    libraries: compileLibraries(unpack(kept.part("libraries"))),
    core: Promise.resolve(unpack(kept.part("core"))),
  };
  const placed = files().filter((name) => kept.names.includes(name));
  const starter = new MemoryStarter(placed, {
    memory: async () => kept.memory ?? shippedMemory(unpack(kept.part("memory"))),
    file: async (name) => kept.part(name),
    arrived: () => report("Waking Python up", 0.5),
  });
  return { engine: await starter.start(parts), pylib, report, placed, drawings: 0 };
}

/** From what comes with the site: its memory over a fast line, bytecode over others and where the memory cannot be used. */
async function fromSite(
  client: DownloadClient,
  keeper: Keeper,
  downloads: Downloads,
  isThrifty: boolean,
): Promise<Started> {
  const wanted = isThrifty ? Promise.resolve(false) : keeper.wanted();
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
  const frozen = !memoryPack && (await wanted) ? engine.freeze() : undefined;
  const keep = async (): Promise<void> => {
    if (!(await wanted)) return;
    const kept: Record<string, Pack> = {};
    for (const name of ["core", "libraries", ...placed, ...(memoryPack ? [memoryPack] : [])]) {
      kept[name] = await downloads.pack(name);
    }
    await keeper.keep(kept, frozen);
  };
  return {
    engine,
    pylib: downloads.pack("pylib"),
    report: downloads.report.bind(downloads),
    placed,
    drawings: (await wanted) ? DRAWINGS : 0,
    keep,
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
  const { engine, report, placed, drawings } = started;
  const pylib = await started.pylib;
  report("Loading the lesson's library", 0.95);
  engine.place(unpack(pylib));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  let keep = started.keep;
  return {
    runner: engine.module<Runner>("pylib.kernel.execute"),
    interruptBy: (bytes) => engine.interruptBy(bytes),
    warmUp: () => void engine.run(DRAW),
    async later() {
      const kept = keep?.();
      keep = undefined; // it holds a copy of Python's memory, which would stay as long as the page
      await kept?.catch((error: unknown) => console.warn("Python's memory was not kept:", error));
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
