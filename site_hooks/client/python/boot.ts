// Gets Python ready: from the memory kept at an earlier visit, from the one that comes with the site, or from bytecode.
import type { DownloadClient } from "./download-client";
import { Downloads, quietly, type Pack, type Report } from "./downloads";
import { compileLibraries, startEngine, type Engine, type Importer, type Libraries, type Runner } from "./pyodide";
import { fetchPackNow, key, packsFor, unpack, type Files } from "../shared/packs";
import { Keeper } from "./snapshot-store";
import { shippedMemory } from "./snapshot";

export interface Python {
  runner: Runner;
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

export const IMPORT_NUMPY = `
import importer as packs
importer = packs.install("/lib/python3.14")
import gc
gc.disable()
import numpy
`;
export const IMPORT_MATPLOTLIB = `
import matplotlib.pyplot, matplotlib.backends.backend_agg
gc.enable()
gc.freeze()
`;

/** What a first plot does: where it was done once, most of its time is saved. */
export const DRAW = `
figure, axes = matplotlib.pyplot.subplots()
axes.plot([1, 3, 2], label="one")
axes.set(title="title", xlabel="x", ylabel="y")
axes.legend()
figure.canvas.draw()
matplotlib.pyplot.close(figure)
del figure, axes
`;

/** @param isThrifty whether the learner saves data: then nothing comes that the cells do without. */
export async function boot(client: DownloadClient, report: Report, isThrifty: boolean): Promise<Python> {
  const keeper = new Keeper(`${key}-${engineMark()}`);
  return (await fromKept(client, keeper, report, isThrifty)) ?? fromSite(client, keeper, report, isThrifty);
}

/** Another version of the browser may lay out Python's memory otherwise. */
function engineMark(): string {
  let mark = 0;
  for (const letter of navigator.userAgent) mark = (Math.imul(mark, 31) + letter.codePointAt(0)!) | 0;
  return (mark >>> 0).toString(36);
}

async function fromKept(
  client: DownloadClient,
  keeper: Keeper,
  report: Report,
  isThrifty: boolean,
): Promise<Python | undefined> {
  let pylib!: Promise<Pack>;
  let placed: string[] = [];
  const engine = await keeper.use(async (kept) => {
    report("Waking Python up", 0.1);
    const wasm = client.wasm();
    pylib = quietly(client.pack("pylib"));
    const libraries = compileLibraries(unpack(kept.part("libraries")));
    const memory = kept.memory ?? shippedMemory(unpack(kept.part("memory")));
    const started = quietly(startEngine(unpack(kept.part("core")), wasm, libraries, Promise.resolve(memory)));
    await Promise.all([wasm, libraries]);
    report("Waking Python up", 0.5);
    const woken = await started;
    placed = files().filter((name) => kept.names.includes(name));
    for (const name of placed) woken.place(unpack(kept.part(name)));
    woken.run("packs.reseed()");
    return woken;
  });
  // A download that fails says nothing against the memory.
  return engine && ready(client, engine, await pylib, report, { placed, drawings: 0, keep: undefined, isThrifty });
}

/** What both ways from the site begin with. */
interface Starters {
  core: Promise<Files>;
  wasm: Promise<WebAssembly.Module>;
  libraries: Promise<Libraries>;
}

async function fromSite(client: DownloadClient, keeper: Keeper, report: Report, isThrifty: boolean): Promise<Python> {
  const wanted = isThrifty ? Promise.resolve(false) : keeper.wanted();
  const downloads = new Downloads(client, report, 7);
  const starters: Starters = {
    wasm: downloads.wasm(),
    core: quietly(downloads.pack("core").then(unpack)),
    libraries: quietly(downloads.pack("libraries").then(unpack).then(compileLibraries)),
  };
  const isFast = !isThrifty && (await client.rate()) > FAST_BITS_PER_MS;
  const woken = isFast ? await fromMemory(starters, downloads) : undefined;
  const engine = woken ?? (await fromPacks(starters, downloads));
  const placed = woken ? ["data"] : files();
  const frozen = !woken && (await wanted) ? engine.freeze() : undefined;
  const keep = async (): Promise<void> => {
    if (!(await wanted)) return;
    const parts: Record<string, Pack> = {};
    for (const name of ["core", "libraries", ...placed, ...(woken ? ["memory"] : [])]) {
      parts[name] = await downloads.pack(name);
    }
    await keeper.keep(parts, frozen);
  };
  const drawings = (await wanted) ? DRAWINGS : 0;
  const rest: Rest = { placed, drawings, keep, isThrifty };
  return ready(client, engine, await downloads.pack("pylib"), downloads.report.bind(downloads), rest);
}

/** From the memory that comes with the site; undefined where this browser cannot use it. */
async function fromMemory(starters: Starters, downloads: Downloads): Promise<Engine | undefined> {
  const memory = quietly(downloads.pack("memory").then(unpack).then(shippedMemory));
  const data = downloads.pack("data");
  void downloads.pack("pylib");
  try {
    const started = quietly(startEngine(await starters.core, starters.wasm, starters.libraries, memory));
    await Promise.all([starters.wasm, starters.libraries, memory]);
    downloads.report("Starting Python", 0.6);
    const engine = await started;
    engine.place(unpack(await data));
    engine.run("packs.reseed()");
    return engine;
  } catch (error) {
    console.warn("Python starts from its parts, because the site's memory could not be used:", error);
    return undefined;
  }
}

/** From bytecode: less to download, more to do. */
async function fromPacks(starters: Starters, downloads: Downloads): Promise<Engine> {
  // What Python needs to start has the line to itself; the rest comes while it starts.
  const arrived = Promise.all([starters.wasm, downloads.pack("libraries")]);
  const [first, plotting, data] = ["first", "plotting", "data"].map((name) => downloads.pack(name, arrived));
  void downloads.pack("pylib", arrived);
  const started = quietly(startEngine(await starters.core, starters.wasm, starters.libraries));
  await Promise.all([starters.wasm, starters.libraries]);
  downloads.report("Starting Python", 0.2);
  const engine = await started;
  engine.place(unpack(await first!));
  downloads.report("Importing NumPy", 0.5);
  engine.run(IMPORT_NUMPY);
  engine.place(unpack(await plotting!));
  engine.place(unpack(await data!));
  downloads.report("Importing matplotlib", 0.7);
  engine.run(IMPORT_MATPLOTLIB);
  return engine;
}

/** What is left to do when Python is up. */
interface Rest {
  /** Packs whose files are there already. */
  placed: string[];
  drawings: number;
  keep: (() => Promise<void>) | undefined;
  isThrifty: boolean;
}

function ready(client: DownloadClient, engine: Engine, pylib: Pack, report: Report, rest: Rest): Python {
  report("Loading the lesson's library", 0.95);
  engine.place(unpack(pylib));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  return {
    runner: engine.module<Runner>("pylib.kernel.execute"),
    warmUp: () => void engine.run(DRAW),
    async later() {
      const kept = rest.keep?.();
      rest.keep = undefined; // it holds a copy of Python's memory, which would stay as long as the page
      await kept?.catch((error: unknown) => console.warn("Python's memory was not kept:", error));
      if (rest.isThrifty) return;
      for (const name of [...files(), ...packsFor("later")].filter((name) => !rest.placed.includes(name))) {
        engine.place(unpack(await client.pack(name)));
        importer.has_arrived(name);
      }
      for (const code of [...LESSON.map((name) => `import ${name}`), ...Array<string>(rest.drawings).fill(DRAW)]) {
        engine.run(code);
        await new Promise((resolve) => setTimeout(resolve)); // a cell goes first
      }
    },
  };
}
