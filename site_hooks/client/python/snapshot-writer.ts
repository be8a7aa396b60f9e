// Writes Python's memory into the file that the next visit starts from.
import { newSecret, keyOf, sealOf, tagOf } from "./seal";
import { alone, fileName, folder, HEAD_BYTES, listed, openFile, type Head } from "./snapshot-file";
import type { OwnMemory, Seal } from "../shared/protocol";

/**
 * Keeps packs, and the memory that this browser made, if it did; undefined where another tab has kept them meanwhile.
 *
 * @returns what the page has to remember, so that the file is believed.
 */
export function keep(
  packs: Record<string, Uint8Array<ArrayBuffer>>,
  own?: OwnMemory,
  name = fileName(),
): Promise<Seal | undefined> {
  return alone(async () => {
    const inside = await folder();
    const names = await listed(inside);
    if (names.has(name)) return undefined;
    for (const other of names) await inside.removeEntry(other);
    const file = await openFile(inside, name);
    try {
      const secret = newSecret();
      const key = await keyOf(secret);
      const parts = own ? { ...packs, memory: own.memory } : packs;
      const head: Head = { parts: {}, held: own?.held };
      let at = HEAD_BYTES;
      let place = 0;
      for (const [part, content] of Object.entries(parts)) {
        head.parts[part] = { at, bytes: content.length, tag: await tagOf(key, ++place, content) };
        file.write(content, { at });
        at += content.length;
      }
      file.flush();
      const text = new TextEncoder().encode(JSON.stringify(head).padEnd(HEAD_BYTES));
      if (text.length > HEAD_BYTES) throw new Error("the head is too long");
      file.write(text, { at: 0 });
      file.flush();
      return sealOf(secret, await tagOf(key, 0, text));
    } catch (error) {
      file.close();
      await inside.removeEntry(name);
      throw error;
    } finally {
      file.close();
    }
  });
}
