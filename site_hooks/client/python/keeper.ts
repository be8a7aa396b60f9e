// A worker that makes Python's memory where the site's is not at hand, and writes it for the next visit. No code of a
// cell ever runs in it.
import { whole } from "./whole";
import { keep } from "./snapshot-writer";
import { BASE, contentOf, fileOf } from "../shared/packs";
import type { PackForm, Keep, Kept } from "../shared/protocol";

addEventListener("message", ({ data }: MessageEvent<Keep>) => {
  answer(data).then(
    (kept) => postMessage(kept),
    (error: unknown) => {
      console.warn("Python's memory was not kept:", error);
      postMessage({ seal: null } satisfies Kept);
    },
  );
});

async function answer({ packs, isToMake, wasm, form }: Keep): Promise<Kept> {
  const found = Object.fromEntries(
    await Promise.all(packs.map(async (name) => [name, await pack(name, form)] as const)),
  );
  const own = isToMake ? (await whole(found, Promise.resolve(wasm)).start()).freeze() : undefined;
  return { seal: (await keep(found, own)) ?? null };
}

/** The browser has it at hand: Python has just started from it. */
async function pack(name: string, form: PackForm): Promise<Uint8Array<ArrayBuffer>> {
  const found = fileOf(name, form);
  const { body } = await fetch(new URL(found.file, BASE), { integrity: found.integrity, cache: "force-cache" });
  return contentOf(found, body!);
}
