// Starts Python from a memory, in which all is imported: the one that comes with the site, or one that was kept here.
import { quietly, type Pack } from "../downloads";
import { startEngine, type Engine, type Memory } from "../pyodide";
import { RESEED } from "../programs";
import { unpack } from "../../shared/packs";
import { LIBRARIES, type Parts, type Starter } from "./starter";

export class MemoryStarter implements Starter {
  readonly memoryPack = "memory";
  readonly steps = [];

  constructor(
    readonly places: string[],
    private readonly source: {
      memory(): Promise<Memory>;
      file(name: string): Promise<Pack>;
      /** All that Python needs to start is here. */
      arrived(): void;
    },
  ) {}

  get packs(): string[] {
    return ["wasm", "core", ...LIBRARIES, this.memoryPack, ...this.places, "kernel", "pylib"];
  }

  async start({ core, wasm, libraries }: Parts): Promise<Engine> {
    const memory = quietly(this.source.memory());
    const compiled = quietly(libraries());
    const started = quietly(startEngine(await core, wasm, compiled, memory));
    await Promise.all([wasm, compiled, memory]);
    this.source.arrived();
    const engine = await started;
    for (const name of this.places) engine.place(unpack(await this.source.file(name)));
    engine.run(RESEED);
    return engine;
  }
}
