// Starts Python from bytecode: less to download than a memory, more to do. First Python alone, which runs cells; then
// NumPy, then matplotlib.
import type { Downloads } from "../downloads";
import { compileLibraries, startEngine, type Engine } from "../pyodide";
import { IMPORT_MATPLOTLIB, IMPORT_NUMPY, INSTALL } from "../programs";
import { unpack } from "../../shared/packs";
import type { Depth } from "../../shared/protocol";
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
      words: WORDS.python.numpy,
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
      words: WORDS.python.matplotlib,
      take: (engine) => this.#take(engine, ["plotting", "data"], "plotting-libraries", IMPORT_MATPLOTLIB),
    },
  ];

  /**
   * @param first how much of Python the first cell needs.
   * @param isThrifty what is not asked for does not come.
   */
  constructor(
    private readonly downloads: Downloads,
    private readonly first: Depth,
    private readonly isThrifty: boolean,
  ) {}

  async start({ core, wasm }: Parts): Promise<Engine> {
    const { downloads } = this;
    // What Python needs once it is up comes while it starts, and what the first cell needs close behind. If that is no
    // more, the start has the machine for itself.
    for (const name of FIRST_CODE) downloads.ask(name, ["wasm"]);
    if (this.first !== "python") this.#fetchNext();
    const started = startEngine(await core, wasm, Promise.resolve([]));
    await wasm;
    downloads.report(WORDS.python.starting, 0.6);
    const engine = await started;
    if (this.first === "python") this.#fetchNext();
    engine.place(unpack(await downloads.pack("python")));
    engine.run(INSTALL);
    return engine;
  }

  /** What the first cells need has the line nearly to itself; the rest comes while they run. */
  #fetchNext(): void {
    if (this.isThrifty) return;
    let before: readonly string[] = FIRST_CODE;
    for (const packs of NEXT) {
      for (const name of packs) this.downloads.ask(name, before);
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
