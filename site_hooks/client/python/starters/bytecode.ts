// Starts Python from bytecode: less to download than a memory, more to do.
import { quietly, type Downloads } from "../downloads";
import { startEngine, type Engine } from "../pyodide";
import { IMPORT_MATPLOTLIB, IMPORT_NUMPY } from "../programs";
import { unpack } from "../../shared/packs";
import type { Parts, Starter } from "./starter";

export class BytecodeStarter implements Starter {
  readonly places = ["first", "plotting", "data"];

  constructor(private readonly downloads: Downloads) {}

  async start({ core, wasm, libraries }: Parts): Promise<Engine> {
    const { downloads } = this;
    // What Python needs to start has the line to itself; the rest comes while it starts.
    const arrived = Promise.all([wasm, downloads.pack("libraries")]);
    const [first, plotting, data] = this.places.map((name) => downloads.pack(name, arrived));
    void downloads.pack("pylib", arrived);
    const started = quietly(startEngine(await core, wasm, libraries));
    await Promise.all([wasm, libraries]);
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
}
