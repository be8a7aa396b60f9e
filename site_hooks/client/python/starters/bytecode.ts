// Starts Python from bytecode: less to download than a memory, more to do. First Python alone, which runs cells; then
// NumPy, then matplotlib.
import { quietly, type Downloads } from "../downloads";
import { compileLibraries, startEngine, type Engine } from "../pyodide";
import { IMPORT_MATPLOTLIB, IMPORT_NUMPY, INSTALL } from "../programs";
import { unpack } from "../../shared/packs";
import type { Parts, Starter, Step } from "./starter";

export class BytecodeStarter implements Starter {
  readonly packs = ["wasm", "core", "python", "kernel"];
  readonly places = ["python", "numpy", "plotting", "data"];
  readonly steps: Step[] = [
    {
      depth: "numpy",
      packs: ["numpy-libraries", "numpy", "pylib"],
      words: "Getting NumPy",
      take: (engine) => this.#take(engine, ["numpy", "pylib"], "numpy-libraries", IMPORT_NUMPY),
    },
    {
      depth: "all",
      packs: ["plotting-libraries", "plotting", "data"],
      words: "Getting matplotlib",
      take: (engine) => this.#take(engine, ["plotting", "data"], "plotting-libraries", IMPORT_MATPLOTLIB),
    },
  ];

  /** @param isThrifty what is not asked for does not come. */
  constructor(
    private readonly downloads: Downloads,
    private readonly isThrifty: boolean,
  ) {}

  async start({ core, wasm }: Parts): Promise<Engine> {
    const { downloads } = this;
    // What Python needs once it is up comes while it starts, and what it needs next close behind.
    const python = downloads.pack("python", wasm);
    quietly(downloads.pack("kernel", wasm));
    if (!this.isThrifty) this.#fetchAfter(python);
    const started = startEngine(await core, wasm, Promise.resolve([]));
    await wasm;
    downloads.report("Starting Python", 0.6);
    const engine = await started;
    engine.place(unpack(await python));
    engine.run(INSTALL);
    return engine;
  }

  /** What the first cells need has the line nearly to itself; the rest comes while they run. */
  #fetchAfter(here: Promise<unknown>): void {
    for (const { packs } of this.steps) {
      const before = here;
      here = Promise.all(packs.map((name) => this.downloads.pack(name, before)));
    }
    here.catch(() => undefined);
  }

  async #take(engine: Engine, places: string[], libraries: string, program: string): Promise<void> {
    const { downloads } = this;
    const compiled = downloads.pack(libraries).then((pack) => compileLibraries([unpack(pack)]));
    const [loaded, ...packs] = await Promise.all([compiled, ...places.map((name) => downloads.pack(name))]);
    engine.load(loaded);
    for (const pack of packs) engine.place(unpack(pack));
    engine.run(program);
  }
}
