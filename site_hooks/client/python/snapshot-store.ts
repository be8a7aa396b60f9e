// Gives back Python's memory that an earlier visit kept: what is not what was kept is not believed.
//
// While the file is being used a mark lies beside it, which a crash or a page that is closed meanwhile leaves behind. A
// memory that left two marks, or was not what had been kept, is not kept again.
import type { Memory } from "./pyodide";
import { keyOfSeal, tagOf } from "./seal";
import {
  alone,
  canKeep,
  fileName,
  folder,
  HEAD_BYTES,
  listed,
  openFile,
  type Head,
  type SyncFile,
} from "./snapshot-file";
import { LoadError } from "../shared/packs";
import type { Seal } from "../shared/protocol";

/** Kept only where this much room is left. */
const ROOM_BYTES = 600 << 20;

/** What a kept file offers while it is open. */
export interface Kept {
  names: string[];
  part(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** As this browser made it; undefined where that of the site is a part. */
  memory(): Promise<Memory> | undefined;
}

export class SnapshotStore {
  /** @param seal what the page remembers of the file; null where it has none. */
  constructor(
    private readonly seal: Seal | null,
    private readonly name = fileName(),
  ) {}

  /** Starts from what is kept; undefined where nothing is, or where it cannot be used. */
  async use<T>(start: (kept: Kept) => Promise<T>): Promise<T | undefined> {
    if (!canKeep()) return undefined;
    try {
      return await alone(() => this.#use(start));
    } catch (error) {
      if (error instanceof LoadError) throw error;
      console.warn("Python starts afresh, because its kept memory could not be used:", error);
      return undefined;
    }
  }

  async #use<T>(start: (kept: Kept) => Promise<T>): Promise<T | undefined> {
    const inside = await folder();
    const names = await listed(inside);
    if (!names.has(this.name)) return undefined;
    const mark = this.#marks.find((name) => !names.has(name));
    if (!mark) {
      await inside.removeEntry(this.name);
      throw new Error("twice it was in use when the page ended");
    }
    // Fails while another tab writes it, which says nothing against it.
    const file = await openFile(inside, this.name);
    if (!this.seal || !isWhole(file)) {
      file.close();
      await inside.removeEntry(this.name);
      return undefined;
    }
    await inside.getFileHandle(mark, { create: true });
    try {
      const started = await start(await open(file, this.seal));
      await remove(inside, this.#marks);
      return started;
    } catch (error) {
      file.close();
      if (error instanceof LoadError) {
        await remove(inside, [mark]); // a download that failed says nothing against the memory
      } else {
        await remove(inside, [this.name]);
        for (const name of this.#marks) await inside.getFileHandle(name, { create: true });
      }
      throw error;
    } finally {
      file.close();
    }
  }

  /** Whether a memory should be taken at this start. Phones are left alone. */
  async wanted(): Promise<boolean> {
    if (!canKeep() || isSmall()) return false;
    try {
      const names = await listed(await folder());
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      const failed = this.#marks.every((mark) => names.has(mark));
      return !names.has(this.name) && !failed && quota - usage > ROOM_BYTES;
    } catch {
      return false;
    }
  }

  get #marks(): [string, string] {
    return [`${this.name}.mark1`, `${this.name}.mark2`];
  }
}

async function remove(inside: FileSystemDirectoryHandle, names: string[]): Promise<void> {
  await Promise.all(names.map((name) => inside.removeEntry(name).catch(() => undefined)));
}

/** The page may have ended while the file was written; the head came last. */
function isWhole(file: SyncFile): boolean {
  const first = new Uint8Array(1);
  return file.read(first, { at: 0 }) === 1 && first[0] !== 0;
}

async function open(file: SyncFile, seal: Seal): Promise<Kept> {
  const key = await keyOfSeal(seal);
  const text = new Uint8Array(HEAD_BYTES);
  file.read(text, { at: 0 });
  if ((await tagOf(key, 0, text)) !== seal.head) throw new Error("its head was changed");
  const { parts, held } = JSON.parse(new TextDecoder().decode(text)) as Head;
  const names = Object.keys(parts);
  const part = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const place = parts[name];
    if (!place) throw new Error(`it holds no ${name}`);
    const content = new Uint8Array(place.bytes);
    if (file.read(content, place) < content.length) throw new Error(`its ${name} was cut off`);
    if ((await tagOf(key, 1 + names.indexOf(name), content)) !== place.tag) throw new Error(`its ${name} was changed`);
    return content;
  };
  return { names, part, memory: () => held && part("memory").then((content) => whole(content, held)) };
}

/** A memory of all its bytes. */
function whole(content: Uint8Array<ArrayBuffer>, held: Memory["held"]): Memory {
  let bytes: Uint8Array | undefined = content;
  return {
    bytes: content.length,
    held,
    fill(memory) {
      if (!bytes) throw new Error("the memory was put in place before");
      memory.set(bytes);
      bytes = undefined; // Pyodide's settings would hold it as long as the page lasts
    },
  };
}

function isSmall(): boolean {
  const { userAgentData, deviceMemory } = navigator as Navigator & {
    userAgentData?: { mobile?: boolean };
    deviceMemory?: number;
  };
  return (
    userAgentData?.mobile === true || /Android|iPhone|iPad|Mobile/.test(navigator.userAgent) || (deviceMemory ?? 8) < 4
  );
}
