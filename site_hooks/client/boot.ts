// Gets Python ready: from the memory kept at an earlier visit where there is one, else from packs of bytecode.
import { compileLibraries, startEngine, type Engine, type Importer, type Runner } from "./engine";
import { fetchPack, fetchPackNow, key, unpack } from "./files";
import { Keeper } from "./kept";

/** Tells how far the start has come; fraction: 0 to 1 of all. */
export type Report = (step: string, fraction: number) => void;

export interface Python {
  runner: Runner;
  /** Work that can wait until the learner reads: keeping the memory, fetching what the first plot did not need. */
  later(): Promise<void>;
}

const IMPORTS = `
import gc
gc.disable()
import numpy, numpy.random, matplotlib.pyplot, matplotlib.backends.backend_agg, PIL.Image
PIL.Image.preinit()
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
  return keeper.use(async (kept) => {
    report("Waking Python up", 0.1);
    const pylib = fetchPack("pylib");
    const core = unpack(kept.part("core"));
    const [wasm, libraries] = await Promise.all([
      WebAssembly.compile(core.get("pyodide.asm.wasm")!),
      compileLibraries(unpack(kept.part("libraries"))),
    ]);
    report("Waking Python up", 0.5);
    const engine = await startEngine(core, wasm, libraries, kept.memory);
    engine.place(unpack(kept.part("first")));
    engine.run("packs.reseed()");
    return ready(engine, await pylib, report, () => Promise.resolve());
  });
}

async function fromPacks(keeper: Keeper, report: Report): Promise<Python> {
  const downloading = "Downloading Python, NumPy and matplotlib";
  report(downloading, 0);
  let arrived = 0;
  const packs = Object.fromEntries(
    ["core", "libraries", "first", "pylib"].map((name) => [
      name,
      fetchPack(name).then((content) => {
        report(downloading, (0.5 * ++arrived) / 4);
        return content;
      }),
    ]),
  ) as Record<"core" | "libraries" | "first" | "pylib", Promise<Uint8Array<ArrayBuffer>>>;
  // The first that fails is reported; the others, which nobody waits for any more, fail quietly.
  for (const pack of Object.values(packs)) pack.catch(() => undefined);
  const core = packs.core.then(unpack);
  const [wasm, libraries] = await Promise.all([
    core.then((files) => WebAssembly.compile(files.get("pyodide.asm.wasm")!)),
    packs.libraries.then(unpack).then(compileLibraries),
  ]);
  report("Starting Python", 0.5);
  const engine = await startEngine(await core, wasm, libraries);
  const first = unpack(await packs.first);
  engine.place(first);
  report("Importing NumPy and matplotlib", 0.7);
  const index = JSON.stringify(new TextDecoder().decode(first.get("index.json")));
  engine.run(`import importer as packs\nimporter = packs.install(${index}, "/lib/python3.14")`);
  engine.run(IMPORTS);
  const keep = await keeper.wanted().then((wanted) => (wanted ? engine.freeze() : undefined));
  const parts = { core: await packs.core, libraries: await packs.libraries, first: await packs.first };
  return ready(engine, await packs.pylib, report, async () => {
    if (keep) await keeper.keep(parts, keep.memory, keep.held);
  });
}

function ready(engine: Engine, pylib: Uint8Array<ArrayBuffer>, report: Report, keep: () => Promise<void>): Python {
  report("Loading the lesson's library", 0.95);
  engine.place(unpack(pylib));
  const importer = engine.run("importer") as Importer;
  importer.connect(fetchPackNow);
  return {
    runner: engine.module<Runner>("pylib.runner"),
    async later() {
      await keep();
      for (const name of ["sources", "fonts"]) {
        engine.place(unpack(await fetchPack(name)));
        importer.has_arrived(name);
      }
    },
  };
}
