// Fetches packs and Pyodide for the page; what is not what the site was built with is refused.
import { BASE, entry, LoadError, unzipped } from "../shared/packs";
import { healed } from "../shared/past-cache";
import { saved, timed } from "./bandwidth";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The first pack of each start: large enough to tell fast lines from slow ones. */
const RATED = "core";

/** A pack, unzipped. `integrity` is checked by the browser itself, on plain http too; it then withholds the body. */
export async function fetchPack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(entry(name).file, BASE);
  try {
    return await healed((cache) => arrived(name, url, cache));
  } catch {
    throw await reason(name, url);
  }
}

async function arrived(name: string, url: URL, cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> {
  const { integrity, bytes } = entry(name);
  const end = name === RATED ? timed(url, bytes) : undefined;
  try {
    // An answer that is not the file, a 404 too, has another hash.
    const { body } = await fetch(url, { integrity, cache });
    const arriving = end ? body!.pipeThrough(new TransformStream({ flush: () => end(true) })) : body!;
    return await unzipped(arriving);
  } catch (error) {
    end?.(false);
    throw error;
  }
}

/**
 * Pyodide, compiled. Browsers keep the machine code that they made of an answer of the network, not of bytes of ours. So
 * the file comes as it is from hosts that compress it; from others it would be three times as long as its pack.
 */
export async function fetchWasm(): Promise<WebAssembly.Module> {
  const { file, integrity } = entry("pyodide");
  const url = new URL(file, BASE);
  if (await isCompressed(url)) return compileAnswer(url, integrity);
  return WebAssembly.compile(await fetchPack("wasm"));
}

async function isCompressed(url: URL): Promise<boolean> {
  if (LOOPBACK.test(url.hostname)) return true;
  const headers = await fetch(url, { method: "HEAD" }).then(
    (answer) => answer.headers,
    () => undefined,
  );
  // Without a network it comes in the form that another visit saved.
  return headers ? headers.has("content-encoding") : !(await saved(new URL(entry("wasm").file, BASE)));
}

async function compileAnswer(url: URL, integrity: string): Promise<WebAssembly.Module> {
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
  const part = `part of Python (${name})`;
  switch (status) {
    case 0:
      return new LoadError("offline", `A ${part} could not be downloaded.`);
    case 200:
      return new LoadError(
        "changed",
        `A ${part} did not arrive as it was published: something on the way changed or cut it.`,
      );
    case 404:
      // Names change with the content: a page from before an update asks for what is no longer there.
      return new LoadError("gone", `The server has no ${part}: the lesson may have been updated.`);
    default:
      return new LoadError("server", `A ${part} could not be downloaded: the server answered ${status}.`);
  }
}
