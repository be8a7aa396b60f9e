// A worker that makes Python's memory where the site's is not at hand, and writes it for the next visit. No code of a
// cell ever runs in it.
import { whole } from "./whole";
import { keep } from "./snapshot-writer";
import { BASE, entry, unzipped } from "../shared/packs";
import type { Kept, ToKeep } from "../shared/protocol";

addEventListener("message", ({ data }: MessageEvent<ToKeep & { wasm: WebAssembly.Module }>) => {
  answer(data).then(
    (kept) => postMessage(kept),
    (error: unknown) => {
      console.warn("Python's memory was not kept:", error);
      postMessage({ seal: null } satisfies Kept);
    },
  );
});

async function answer({ packs, isToMake, wasm }: ToKeep & { wasm: WebAssembly.Module }): Promise<Kept> {
  const found = Object.fromEntries(await Promise.all(packs.map(async (name) => [name, await pack(name)] as const)));
  const own = isToMake ? (await whole(found, Promise.resolve(wasm)).start()).freeze() : undefined;
  return { seal: (await keep(found, own)) ?? null };
}

/** The browser has it at hand: Python has just started from it. */
async function pack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { file, integrity } = entry(name);
  const { body } = await fetch(new URL(file, BASE), { integrity, cache: "force-cache" });
  return unzipped(body!);
}
