// A worker that writes Python's memory for the next visit. No code of a cell ever runs in it.
import { keep } from "./snapshot-writer";
import { BASE, entry, unzipped } from "../shared/packs";
import type { Kept, ToKeep } from "../shared/protocol";

addEventListener("message", ({ data }: MessageEvent<ToKeep>) => {
  answer(data).then(
    (kept) => postMessage(kept),
    (error: unknown) => {
      console.warn("Python's memory was not kept:", error);
      postMessage({ seal: null } satisfies Kept);
    },
  );
});

async function answer({ packs, own }: ToKeep): Promise<Kept> {
  const found = await Promise.all(packs.map(async (name) => [name, await pack(name)] as const));
  return { seal: (await keep(Object.fromEntries(found), own)) ?? null };
}

/** The browser has it at hand: Python has just started from it. */
async function pack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { file, integrity } = entry(name);
  const { body } = await fetch(new URL(file, BASE), { integrity, cache: "force-cache" });
  return unzipped(body!);
}
