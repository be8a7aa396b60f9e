// Starts Python from bytecode: less to download than a memory, more to do. First Python alone, which runs cells; then
// NumPy, then matplotlib.
import { quietly, type Downloads } from "../downloads";
import { compileLibraries, startEngine, type Engine } from "../pyodide";
import { IMPORT_MATPLOTLIB, IMPORT_NUMPY, INSTALL } from "../programs";
import { unpack } from "../../shared/packs";
import type { Parts, Starter, Step } from "./starter";

/** What Python needs once it is up. */
const FIRST_CODE = ["python", "kernel"];
/** In this order the rest has the line: the lesson's library comes while NumPy is imported. */
const NEXT = [["numpy-libraries", "numpy"], ["pylib"], ["plotting-libraries", "plotting", "data"]];

export class BytecodeStarter implements Starter {
  readonly packs = ["wasm", "core", ...FIRST_CODE];
  readonly places = ["python", "numpy", "plotting", "data"];
  readonly steps: Step[] = [
    {
      depth: "numpy",
      packs: ["numpy-libraries", "numpy", "pylib"],
      words: "Getting NumPy",
      take: async (engine) => {
        const taken = this.#take(engine, ["numpy"], "numpy-libraries", IMPORT_NUMPY);
        const library = this.downloads.pack("pylib", NEXT[0]);
        await taken;
        engine.place(unpack(await library));
      },
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
    for (const name of FIRST_CODE) quietly(downloads.pack(name, ["wasm"]));
    if (!this.isThrifty) this.#fetchNext();
    const started = startEngine(await core, wasm, Promise.resolve([]));
    await wasm;
    downloads.report("Starting Python", 0.6);
    const engine = await started;
    engine.place(unpack(await downloads.pack("python")));
    engine.run(INSTALL);
    return engine;
  }

  /** What the first cells need has the line nearly to itself; the rest comes while they run. */
  #fetchNext(): void {
    let before: readonly string[] = FIRST_CODE;
    for (const packs of NEXT) {
      for (const name of packs) quietly(this.downloads.pack(name, before));
      before = packs;
    }
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
