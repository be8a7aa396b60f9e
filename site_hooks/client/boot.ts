// Starts Python: fetches the runtime, boots Pyodide, puts the packages and pylib in place.
import { bytes, names, script } from "./files";

/** Tells how far the start has come; fraction: 0 to 1 of all. */
export type Report = (step: string, fraction: number) => void;

/** pylib.runner, seen from here. */
export interface Runner {
  /** Runs one request; `post` gets each event as JSON. */
  serve(request: string, post: (event: string) => void): void;
  forget(session: string): void;
}

interface Pyodide {
  unpackArchive(archive: Uint8Array, format: string, options: { extractDir: string }): void;
  pyimport(name: string): unknown;
}
interface Loader {
  loadPyodide(options: Record<string, unknown>): Promise<Pyodide>;
}

/** Pyodide asks for its files below this address; all of them are handed to it instead. */
const NOWHERE = "data:,";
const SITE_PACKAGES = "/lib/python3.14/site-packages";
const LOCK = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.0" },
  packages: {},
};

export async function boot(report: Report): Promise<Runner> {
  const step = "Downloading Python, NumPy and matplotlib";
  report(step, 0);
  const archives = names().filter((name) => /\.(whl|zip)$/.test(name) && name !== "python_stdlib.zip");
  let arrived = 0;
  const counted = async <T>(part: Promise<T>): Promise<T> => {
    const result = await part;
    report(step, (0.5 * ++arrived) / (4 + archives.length));
    return result;
  };
  const [loader, factory, wasm, library, ...packages] = await Promise.all([
    counted(script<Loader>("pyodide.mjs")),
    counted(script<{ default: unknown }>("pyodide.asm.mjs")),
    counted(bytes("pyodide.asm.wasm").then((content) => WebAssembly.compile(content))),
    counted(bytes("python_stdlib.zip")),
    ...archives.map((name) => counted(bytes(name))),
  ]);

  report("Starting Python", 0.5);
  const restore = handOver(wasm);
  const libraryUrl = URL.createObjectURL(new Blob([library]));
  const python = await loader
    .loadPyodide({
      indexURL: NOWHERE,
      packageBaseUrl: NOWHERE,
      lockFileContents: LOCK,
      stdLibURL: libraryUrl,
      createPyodideModule: factory.default,
      env: { HOME: "/home/pyodide", MPLBACKEND: "agg" },
    })
    .finally(restore);
  URL.revokeObjectURL(libraryUrl);

  report("Unpacking NumPy and matplotlib", 0.7);
  for (const archive of packages) python.unpackArchive(archive, "zip", { extractDir: SITE_PACKAGES });
  report("Importing NumPy and matplotlib", 0.8);
  python.pyimport("matplotlib.pyplot");
  return python.pyimport("pylib.runner") as Runner;
}

/** Pyodide compiles while it downloads; here the module is compiled from checked bytes, and handed over. */
function handOver(module: WebAssembly.Module): () => void {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports),
  });
  return () => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}
