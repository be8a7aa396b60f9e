// Has Python's memory kept for the next visit, by a worker that runs no cells, and remembers the seal of what was kept.
import type { PackForm, Keep, Kept, Seal, ToKeep } from "../shared/protocol";
import { compiled } from "./download-server";
import { form } from "./pack-form";
import { keys } from "../shared/site";
import { local } from "../shared/stores";

/** As long as the seal that takes its place: where it cannot be written, nothing need be kept. */
const RESERVED = " ".repeat(100);

export class Keeping {
  #keeper: Worker | undefined;

  constructor(
    private readonly createKeeper: () => Worker,
    private readonly compiled: () => Promise<WebAssembly.Module>,
    private readonly form: () => Promise<PackForm>,
  ) {}

  /** Of what is kept; null where nothing is. */
  seal(): Seal | null {
    try {
      const { secret, head } = JSON.parse(local().getItem(keys.seal) ?? "{}") as Partial<Seal>;
      return typeof secret === "string" && typeof head === "string" ? { secret, head } : null;
    } catch {
      return null;
    }
  }

  keep(wanted: ToKeep): void {
    if (this.#keeper || !(this.seal() || remember(RESERVED))) return;
    const keeper = this.createKeeper();
    this.#keeper = keeper;
    const end = (): void => {
      keeper.terminate();
      this.#keeper = undefined;
    };
    keeper.onmessage = ({ data }: MessageEvent<Kept>) => {
      if (data.seal) remember(JSON.stringify(data.seal));
      end();
    };
    keeper.onerror = end;
    Promise.all([this.compiled(), this.form()]).then(
      ([wasm, form]) => keeper.postMessage({ ...wanted, wasm, form } satisfies Keep),
      end,
    );
  }
}

function remember(text: string): boolean {
  try {
    local().setItem(keys.seal, text);
    return true;
  } catch {
    return false;
  }
}

/** The one of this tab. */
export const keeping = new Keeping(
  () => new Worker(new URL("keeper.js", import.meta.url), { type: "module", name: "keeper" }),
  compiled,
  form,
);
