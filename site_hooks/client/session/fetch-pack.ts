// Fetches packs and Pyodide for the page; what is not what the site was built with is refused.
import { BASE, contentOf, entry, fileOf, LoadError } from "../shared/packs";
import { healed } from "../shared/past-cache";
import { saved, timed } from "./bandwidth";
import { form, isPlain } from "./pack-form";
import type { PackFile } from "../shared/manifest";
import { fill } from "../shared/words";

/** The first pack of each start: large enough to tell fast lines from slow ones. */
const RATED = "core";

/** A pack's content. `integrity` is checked by the browser itself, on plain http too; it then withholds the body. */
export async function fetchPack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { plain } = entry(name);
  return fetchFile(name, fileOf(name, plain ? await form() : "packed"));
}

async function fetchFile(name: string, file: PackFile): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(file.file, BASE);
  try {
    return await healed((cache) => arrived(url, file, cache, name === RATED));
  } catch {
    throw await reason(name, url);
  }
}

async function arrived(
  url: URL,
  file: PackFile,
  cache: RequestCache,
  isRated: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const end = isRated ? timed(url) : undefined;
  try {
    // An answer that is not the file, a 404 too, has another hash.
    const { body, headers } = await fetch(url, { integrity: file.integrity, cache });
    // Of what is on the line, where the host says so.
    const bytes = Number(headers.get("content-length")) || file.bytes;
    const arriving = end ? body!.pipeThrough(new TransformStream({ flush: () => end(bytes) })) : body!;
    return await contentOf(file, arriving);
  } catch (error) {
    end?.(0);
    throw error;
  }
}

/**
 * Pyodide, compiled. Browsers keep the machine code that they made of an answer of the network, not of bytes of ours. So
 * the file comes as it is where the host compresses it.
 */
export async function fetchWasm(): Promise<WebAssembly.Module> {
  const { plain, ...packed } = entry("wasm");
  if (await isPlain()) return compileAnswer(plain!);
  return WebAssembly.compile(await fetchFile("wasm", packed));
}

async function compileAnswer({ file, integrity }: PackFile): Promise<WebAssembly.Module> {
  const url = new URL(file, BASE);
  // "force-cache": some hosts let browsers keep files for minutes only, whatever their names. The service worker, whose
  // answers come without machine code, leaves such requests to the browser; its copy is for when the browser itself does
  // not have the file any more and there is no network.
  const take = async (cache: RequestCache): Promise<WebAssembly.Module> =>
    compile(await fetch(url, { integrity, cache }));
  try {
    return await healed(take, "force-cache");
  } catch (error) {
    const copy = await saved(url);
    const module = copy && (await compile(copy).catch(() => undefined));
    if (module) return module;
    // What came as it was published, and was not compiled, is not the line's fault.
    throw error instanceof TypeError ? await reason("pyodide", url) : error;
  }
}

async function compile(answer: Response): Promise<WebAssembly.Module> {
  return answer.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}

/** Why a file did not come; a script cannot see that from the request that failed. */
export async function reason(name: string, url: URL): Promise<LoadError> {
  const status = await fetch(url, { method: "HEAD", cache: "no-store" }).then(
    (response) => response.status,
    () => 0,
  );
  const part = fill(WORDS.python.part, { name });
  switch (status) {
    case 0:
      return new LoadError("offline", fill(WORDS.python.offline, { part }));
    case 200:
      return new LoadError("changed", fill(WORDS.python.changed, { part }));
    case 404:
      // Names change with the content: a page from before an update asks for what is no longer there.
      return new LoadError("gone", fill(WORDS.python.gone, { part }));
    default:
      return new LoadError("server", fill(WORDS.python.server, { part, status }));
  }
}
