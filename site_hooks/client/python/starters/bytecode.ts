// Starts Python from bytecode: less to download than a memory, more to do. First Python alone, which runs cells; then
// NumPy, then matplotlib.
import { quietly, type Downloads } from "../downloads";
import { compileLibraries, startEngine, type Engine } from "../pyodide";
import { IMPORT_MATPLOTLIB, IMPORT_NUMPY, INSTALL } from "../programs";
import { unpack } from "../../shared/packs";
import type { Depth } from "../../shared/protocol";
import type { Parts, Starter, Step } from "./starter";

/** What Python needs once it is up. */
const FIRST_CODE = ["python", "kernel"];
/** In this order the rest has the line: the lesson's library comes while NumPy is imported, fonts while matplotlib is. */
const NEXT = [["numpy-libraries", "numpy"], ["pylib"], ["plotting-libraries", "plotting"], ["data"]];

export class BytecodeStarter implements Starter {
  readonly packs = ["wasm", "core", ...FIRST_CODE];
  readonly places = ["python", "numpy", "plotting", "data"];
  /** What a step that failed had done. */
  readonly #imported = new Set<string>();
  readonly steps: Step[] = [
    {
      depth: "numpy",
      packs: ["numpy-libraries", "numpy", "pylib"],
      words: WORDS.python.numpy,
      take: (engine) => this.#take(engine, "numpy", IMPORT_NUMPY, "pylib"),
    },
    {
      depth: "all",
      packs: ["plotting-libraries", "plotting", "data"],
      words: WORDS.python.matplotlib,
      take: (engine) => this.#take(engine, "plotting", IMPORT_MATPLOTLIB, "data"),
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

  /** Imports what one pack holds the code of, while another one comes. */
  async #take(engine: Engine, code: string, program: string, beside: string): Promise<void> {
    const { downloads } = this;
    const names = [`${code}-libraries`, code];
    const needed = this.#imported.has(code) ? [] : names.map((name) => downloads.pack(name));
    const other = quietly(downloads.pack(beside, names));
    const [libraries, modules] = needed;
    if (libraries && modules) {
      const [compiled, pack] = await Promise.all([libraries.then((held) => compileLibraries([unpack(held)])), modules]);
      engine.load(compiled);
      engine.place(unpack(pack));
      engine.run(program);
      this.#imported.add(code);
    }
    engine.place(unpack(await other));
  }
}
