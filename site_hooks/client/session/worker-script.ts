// The script of Python's worker: how it is started, and what is to be done where it does not start.
import { failure } from "../shared/packs";
import type { Failure } from "../shared/protocol";
import { reason } from "./fetch-pack";

export const SCRIPT = /* @__PURE__ */ new URL("worker.js", import.meta.url);

export function createWorker(): Worker {
  return new Worker(SCRIPT, { type: "module", name: "python" });
}

/** Browsers compare no hash for a worker. One that did not start is fetched past the cache; returns why that is no use. */
export async function renewScript(): Promise<Failure | undefined> {
  try {
    const answer = await fetch(SCRIPT, { cache: "reload" });
    const content = await answer.arrayBuffer(); // to its end: only then does the browser keep it
    if (answer.ok && (await isPublished(content))) return undefined;
  } catch {
    // What happened is asked below.
  }
  return failure(await reason("worker", SCRIPT));
}

/** The build names it by the beginning of its hash. On plain http there is nothing to hash with. */
async function isPublished(content: ArrayBuffer): Promise<boolean> {
  const named = /\.([0-9a-f]{12})\.js$/.exec(SCRIPT.pathname)?.[1];
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (!named || !subtle) return true;
  const digest = new Uint8Array(await subtle.digest("SHA-256", content));
  return [...digest.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === named;
}
