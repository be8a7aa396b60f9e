// Gets Python ready: from the memory kept at an earlier visit where there is one, else from packs of bytecode.
import { compileLibraries, startEngine, type Engine, type Importer, type Runner } from "./engine";
import { bringPack, bringWasm } from "./bring";
import { fetchPackNow, key, unpack } from "./files";
import { Keeper } from "./kept";

/** Tells how far the start has come; fraction: 0 to 1 of all. */
export type Report = (step: string, fraction: number) => void;

export interface Python {
  runner: Runner;
  /** Work that can wait until the learner reads: keeping the memory, fetching what the first plot did not need. */
  later(): Promise<void>;
}

type Pack = Uint8Array<ArrayBuffer>;

const IMPORT_NUMPY = `
import importer as packs
importer = packs.install("/lib/python3.14")
import gc
gc.disable()
import numpy
`;
const IMPORT_MATPLOTLIB = `
import matplotlib.pyplot, matplotlib.backends.backend_agg
gc.enable()
gc.freeze()
`;

export async function boot(report: Report): Promise<Python> {
  const keeper = new Keeper(`${key}-${engineMark()}`);
  return (await fromMemory(keeper, report)) ?? fromPacks(keeper, report);
}

/** Another version of the browser may lay out Python's memory otherwise. */
function engineMark(): string {
  let mark = 0;
  for (const letter of navigator.userAgent) mark = (Math.imul(mark, 31) + letter.codePointAt(0)!) | 0;
  return (mark >>> 0).toString(36);
}

async function fromMemory(keeper: Keeper, report: Report): Promise<Python | undefined> {
  let pylib!: Promise<Pack>;
  const engine = await keeper.use(async (kept) => {
    report("Waking Python up", 0.1);
    const wasm = bringWasm();
    pylib = quietly(bringPack("pylib"));
    const libraries = compileLibraries(unpack(kept.part("libraries")));
    const started = quietly(startEngine(unpack(kept.part("core")), wasm, libraries, kept.memory));
    await Promise.all([wasm, libraries]);
    report("Waking Python up", 0.5);
    const woken = await started;
    for (const name of ["first", "plotting"]) woken.place(unpack(kept.part(name)));
    woken.run("packs.reseed()");
    return woken;
  });
  // A download that fails says nothing against the memory.
  return engine && ready(engine, await pylib, report, () => Promise.resolve());
}

async function fromPacks(keeper: Keeper, tell: Report): Promise<Python> {
  const wanted = keeper.wanted();
  const downloading = "Downloading Python, NumPy and matplotlib";
  let arrived = 0;
  let reached = 0;
  // A download that ends while Python already imports is no step back.
  const report: Report = (step, fraction) => {
    if (fraction < reached) return;
    reached = fraction;
    tell(step, fraction);
  };
  report(downloading, 0);
  const count = <T>(part: Promise<T>): Promise<T> =>
    quietly(
      part.then((content) => {
        report(downloading, (0.5 * ++arrived) / 6);
        return content;
      }),
    );
  const wasm = count(bringWasm());
  const core = count(bringPack("core"));
  const libraries = count(bringPack("libraries"));
  // What Python needs to start has the line to itself; the rest comes while it starts.
  const starters = Promise.all([wasm, core, libraries]);
  const later = (name: string): Promise<Pack> => quietly(starters.then(() => count(bringPack(name))));
  const first = later("first");
  const plotting = later("plotting");
  const pylib = later("pylib");
  const compiled = quietly(libraries.then(unpack).then(compileLibraries));
  const started = quietly(startEngine(unpack(await core), wasm, compiled));
  await Promise.all([wasm, compiled]);
  report("Starting Python", 0.2);
  const engine = await started;
  engine.place(unpack(await first));
  report("Importing NumPy", 0.5);
  engine.run(IMPORT_NUMPY);
  engine.place(unpack(await plotting));
  report("Importing matplotlib", 0.7);
  engine.run(IMPORT_MATPLOTLIB);
  const frozen = (await wanted) ? engine.freeze() : undefined;
  const parts = {
    core: await core,
    libraries: await libraries,
    first: await first,
    plotting: await plotting,
  };
  return ready(engine, await pylib, report, async () => {
    if (frozen) await keeper.keep(parts, frozen.memory, frozen.held);
  });
}

/** A part that fails is reported by who waits for it; until then, and if nobody does any more, it fails quietly. */
function quietly<T>(part: Promise<T>): Promise<T> {
  part.catch(() => undefined);
  return part;
}

function ready(engine: Engine, pylib: Pack, report: Report, keep: () => Promise<void>): Python {
  report("Loading the lesson's library", 0.95);
  engine.place(unpack(pylib));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  let keeping: (() => Promise<void>) | undefined = keep;
  return {
    runner: engine.module<Runner>("pylib.runner"),
    async later() {
      const kept = keeping?.();
      keeping = undefined; // it holds a copy of Python's memory, which would stay as long as the page
      await kept;
      if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
      engine.run("import numpy.random"); // most lessons draw numbers, the first plot may not
      for (const name of ["sources", "fonts"]) {
        engine.place(unpack(await bringPack(name)));
        importer.has_arrived(name);
      }
    },
  };
}
