// Gets Python ready: chooses how it starts, and says what is left to do after the start.
import type { DownloadClient } from "./download-client";
import { Downloads, quietly, type Pack, type Report } from "./downloads";
import { DRAW } from "./programs";
import { compileLibraries, type Engine, type Importer, type Libraries, type Runner } from "./pyodide";
import { confine } from "./confine";
import { fetchAs, fetchPackNow } from "./import-request";
import { packsFor, unpack } from "../shared/packs";
import type { Depth, Seal, ToKeep } from "../shared/protocol";
import { SnapshotStore, type Kept } from "./snapshot-store";
import { shippedMemory } from "./snapshot";
import { BytecodeStarter } from "./starters/bytecode";
import { MemoryStarter } from "./starters/memory";
import { LIBRARIES, type Parts, type Starter } from "./starters/starter";
import { reaches } from "../shared/depth";

export interface Python {
  runner: Runner;
  /** Runs a program of our own, and gives its last value. */
  run(code: string): unknown;
  /** How much of it is there. */
  depth: Depth;
  /** Brings so much of it, unless that is there; tells of each depth that is reached. */
  deepen(to: Depth, reached: (depth: Depth) => void): Promise<void>;
  /** Lets a 2 in these bytes, which the page shares, interrupt what runs. */
  interruptBy(bytes: Uint8Array<SharedArrayBuffer>): void;
  /** What is worth keeping for the next visit, if anything is. */
  keep?: ToKeep;
  /** Draws what nobody sees, so that the browser compiles what drawing needs before a learner waits for it. */
  warmUp(): void;
  /** Work that can wait until the learner reads: fetching and importing what the first plot did not need. */
  later(): Promise<void>;
}

/**
 * A line that brings the first pack at this rate, beside others, brings the memory sooner than Python would make as much of
 * it as the first cell needs.
 */
const FAST_BITS_PER_MS: Record<Depth, number> = { python: 80_000, numpy: 35_000, all: 20_000 };

/** So often is it drawn at a first visit, where there is room: browsers keep machine code of what ran often for the next. */
const DRAWINGS = 20;

const DOWNLOADING = WORDS.python.downloading;

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
 * @param first how much of Python the first cell needs.
 * @param isThrifty whether the learner saves data: then nothing comes that the cells do without.
 * @param seal what the page remembers of the kept memory.
 */
export async function boot(
  client: DownloadClient,
  report: Report,
  first: Depth,
  isThrifty: boolean,
  seal: Seal | null,
): Promise<Python> {
  const store = new SnapshotStore(seal);
  const started =
    (await store.use((kept) => fromKept(client, kept, report))) ??
    (await fromSite(client, store, new Downloads(client, report, await client.form()), first, isThrifty));
  fetchAs(await client.form());
  const python = await ready(client, started, isThrifty);
  confine();
  return python;
}

/** Python is up; what is left to do. */
interface Started {
  engine: Engine;
  starter: Starter;
  pack(name: string): Promise<Pack>;
  /** Other packs are waited for. */
  begin(words: string, packs: string[]): void;
  report: Report;
  drawings: number;
  keep?: ToKeep;
}

/** From the memory kept at an earlier visit. */
async function fromKept(client: DownloadClient, kept: Kept, report: Report): Promise<Started> {
  report(WORDS.python.waking, 0.1);
  // A download that fails says nothing against the memory.
  const own = new Map(["kernel", "pylib"].map((name) => [name, quietly(client.pack(name))]));
  const parts: Parts = {
    wasm: client.wasm(),
    libraries: () => librariesOf((name) => kept.part(name)),
    core: quietly(kept.part("core").then(unpack)),
  };
  const placed = files().filter((name) => kept.names.includes(name));
  const starter = new MemoryStarter(placed, {
    memory: () => kept.memory() ?? kept.part("memory").then(unpack).then(shippedMemory),
    file: (name) => kept.part(name),
    arrived: () => report(WORDS.python.waking, 0.5),
  });
  const engine = await starter.start(parts);
  return { engine, starter, pack: (name) => own.get(name) ?? client.pack(name), begin() {}, report, drawings: 0 };
}

/** From what comes with the site: its memory over a fast line, bytecode over others and where the memory cannot be used. */
async function fromSite(
  client: DownloadClient,
  store: SnapshotStore,
  downloads: Downloads,
  first: Depth,
  isThrifty: boolean,
): Promise<Started> {
  const wanted = isThrifty ? Promise.resolve(false) : store.wanted();
  const bytecode = new BytecodeStarter(downloads, first, isThrifty);
  downloads.begin(DOWNLOADING, bytecode.packs);
  const parts: Parts = {
    wasm: downloads.wasm(),
    core: quietly(downloads.pack("core").then(unpack)),
    libraries: () => librariesOf((name) => downloads.pack(name)),
  };
  const isFast = !isThrifty && (await client.rate()) > FAST_BITS_PER_MS[first];
  const [engine, starter] = await startBy(isFast ? [siteMemory(downloads), bytecode] : [bytecode], parts, downloads);
  const keep = (await wanted) && { packs: ["core", ...LIBRARIES, ...starter.places] };
  return {
    engine,
    starter,
    pack: (name) => downloads.pack(name),
    begin: (words, packs) => downloads.begin(words, packs),
    report: downloads.report.bind(downloads),
    drawings: keep ? DRAWINGS : 0,
    ...(keep && {
      keep: starter.memoryPack ? { packs: [...keep.packs, starter.memoryPack] } : { ...keep, isToMake: true },
    }),
  };
}

async function librariesOf(pack: (name: string) => Promise<Pack>): Promise<Libraries> {
  return compileLibraries((await Promise.all(LIBRARIES.map(pack))).map(unpack));
}

function siteMemory(downloads: Downloads): MemoryStarter {
  return new MemoryStarter(["data"], {
    memory() {
      const memory = downloads.pack("memory").then(unpack).then(shippedMemory);
      for (const name of ["data", "kernel", "pylib"]) downloads.ask(name); // now, beside it
      return memory;
    },
    file: (name) => downloads.pack(name),
    arrived: () => downloads.report(WORDS.python.starting, 0.6),
  });
}

/** Starts in the first way that works in this browser. */
async function startBy(starters: Starter[], parts: Parts, downloads: Downloads): Promise<[Engine, Starter]> {
  const [starter, ...others] = starters;
  downloads.begin(DOWNLOADING, starter!.packs);
  try {
    return [await starter!.start(parts), starter!];
  } catch (error) {
    if (!others.length) throw error;
    console.warn("Python starts from its parts, because the site's memory could not be used:", error);
    return startBy(others, parts, downloads);
  }
}

async function ready(client: DownloadClient, started: Started, isThrifty: boolean): Promise<Python> {
  const { engine, starter, pack, begin, report, drawings, keep } = started;
  const steps = [...starter.steps];
  const own = steps.length ? ["kernel"] : ["kernel", "pylib"];
  report(WORDS.python.library, 0.95);
  for (const name of own) engine.place(unpack(await pack(name)));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  const arrived = (names: readonly string[]): void => {
    for (const name of names) importer.has_arrived(name);
  };
  arrived([...own, ...(steps.length ? ["python"] : [...starter.places, ...LIBRARIES])]);
  const python: Python = {
    ...(keep && { keep }),
    runner: engine.module<Runner>("pylib.kernel.execute"),
    run: (code) => engine.run(code),
    depth: steps.length ? "python" : "all",
    async deepen(to, reached) {
      for (let step = steps[0]; step && !reaches(python.depth, to); step = steps[0]) {
        begin(step.words, step.packs);
        await step.take(engine);
        arrived(step.packs);
        python.depth = step.depth;
        steps.shift();
        reached(step.depth);
      }
    },
    interruptBy: (bytes) => engine.interruptBy(bytes),
    warmUp: () => void engine.run(DRAW),
    async later() {
      if (isThrifty) return;
      for (const name of [...files(), ...packsFor("later")].filter((name) => !starter.places.includes(name))) {
        engine.place(unpack(await client.pack(name)));
        importer.has_arrived(name);
      }
      for (const code of [...LESSON.map((name) => `import ${name}`), ...Array<string>(drawings).fill(DRAW)]) {
        engine.run(code);
        await new Promise((resolve) => setTimeout(resolve)); // a cell goes first
      }
    },
  };
  return python;
}
