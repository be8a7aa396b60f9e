// Keeps Python's memory in the browser's own file system, and gives it back at the next start.
//
// One file per version of the runtime: a head of fixed size (JSON), the packs, the memory. The head is written last,
// so that half a file is no file. While it is being used a mark lies beside it, which a crash or a page that is closed
// meanwhile leaves behind. A memory that left two marks, or was not what had been kept, is not kept again.
import type { Held, Memory } from "./pyodide";
import { LoadError } from "../shared/packs";
import { keys } from "../shared/site";
import { sum, words } from "./snapshot";

const HEAD_BYTES = 8192;
const CHUNK_BYTES = 4 << 20;
/** Kept only where this much room is left. */
const ROOM_BYTES = 600 << 20;

/** TypeScript's types of a page do not know it: only workers have it. */
interface SyncFile {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
interface SyncFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

interface Place {
  at: number;
  bytes: number;
  /** Of the words that stand there. */
  sum: number;
}
interface Head {
  parts: Record<string, Place>;
  /** What this browser's own memory held; the site's says so itself. */
  held: Held | undefined;
}
type Parts = Record<string, Uint8Array<ArrayBuffer>>;

/** What a kept file offers while it is open. */
export interface Kept {
  names: string[];
  part(name: string): Uint8Array<ArrayBuffer>;
  /** As this browser made it; that of the site is a part. */
  memory: Memory | undefined;
}

export class Keeper {
  constructor(private readonly key: string) {}

  /** Starts from what is kept; undefined where nothing is, or where it cannot be used. */
  async use<T>(start: (kept: Kept) => Promise<T>): Promise<T | undefined> {
    if (!canKeep()) return undefined;
    try {
      // Another tab may be starting from the same file; the lock is gone with the tab.
      return await navigator.locks.request(keys.memory, () => this.#use(start));
    } catch (error) {
      if (error instanceof LoadError) throw error;
      console.warn("Python starts afresh, because its kept memory could not be used:", error);
      return undefined;
    }
  }

  async #use<T>(start: (kept: Kept) => Promise<T>): Promise<T | undefined> {
    const folder = await this.#folder();
    const names = await listed(folder);
    if (!names.has(this.key)) return undefined;
    const mark = this.#marks.find((name) => !names.has(name));
    if (!mark) {
      await folder.removeEntry(this.key);
      throw new Error("twice it was in use when the page ended");
    }
    // Fails while another tab writes it, which says nothing against it.
    const file = await syncFile(folder, this.key);
    if (!isWhole(file)) {
      file.close();
      await folder.removeEntry(this.key);
      return undefined;
    }
    await folder.getFileHandle(mark, { create: true });
    try {
      const started = await start(open(file));
      void remove(folder, this.#marks);
      return started;
    } catch (error) {
      file.close();
      if (error instanceof LoadError) {
        await remove(folder, [mark]); // a download that failed says nothing against the memory
      } else {
        await remove(folder, [this.key]);
        for (const name of this.#marks) await folder.getFileHandle(name, { create: true });
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
      const names = await listed(await this.#folder());
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      const failed = this.#marks.every((mark) => names.has(mark));
      return !names.has(this.key) && !failed && quota - usage > ROOM_BYTES;
    } catch {
      return false;
    }
  }

  /** Writes the file, piece by piece, so that a run that comes meanwhile hardly waits. */
  async keep(site: Parts, own?: { memory: Uint8Array<ArrayBuffer>; held: Held }): Promise<void> {
    const folder = await this.#folder();
    for (const name of await listed(folder)) await folder.removeEntry(name);
    const file = await syncFile(folder, this.key);
    try {
      const parts = own ? { ...site, memory: own.memory } : site;
      const head: Head = { parts: {}, held: own?.held };
      let at = HEAD_BYTES;
      for (const [name, content] of Object.entries(parts)) {
        head.parts[name] = { at, bytes: content.length, sum: sum(words(content)) };
        for (let from = 0; from < content.length; from += CHUNK_BYTES) {
          file.write(content.subarray(from, from + CHUNK_BYTES), { at: at + from });
          await new Promise((resolve) => setTimeout(resolve));
        }
        at += content.length;
      }
      file.flush();
      const bytes = new TextEncoder().encode(JSON.stringify(head).padEnd(HEAD_BYTES));
      if (bytes.length > HEAD_BYTES) throw new Error("the head is too long");
      file.write(bytes, { at: 0 });
      file.flush();
    } catch (error) {
      file.close();
      await folder.removeEntry(this.key);
      throw error;
    } finally {
      file.close();
    }
  }

  get #marks(): [string, string] {
    return [`${this.key}.mark1`, `${this.key}.mark2`];
  }

  async #folder(): Promise<FileSystemDirectoryHandle> {
    return (await navigator.storage.getDirectory()).getDirectoryHandle(keys.memory, { create: true });
  }
}

async function remove(folder: FileSystemDirectoryHandle, names: string[]): Promise<void> {
  for (const name of names) await folder.removeEntry(name).catch(() => undefined);
}

async function listed(folder: FileSystemDirectoryHandle): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const name of folder.keys()) names.add(name);
  return names;
}

async function syncFile(folder: FileSystemDirectoryHandle, name: string): Promise<SyncFile> {
  const handle = await folder.getFileHandle(name, { create: true });
  return (handle as unknown as SyncFileHandle).createSyncAccessHandle();
}

/** The page may have ended while the file was written; the head came last. */
function isWhole(file: SyncFile): boolean {
  const first = new Uint8Array(1);
  return file.read(first, { at: 0 }) === 1 && first[0] !== 0;
}

function open(file: SyncFile): Kept {
  const text = new Uint8Array(HEAD_BYTES);
  file.read(text, { at: 0 });
  const head = JSON.parse(new TextDecoder().decode(text)) as Head;
  const where = (name: string): Place => {
    const found = head.parts[name];
    if (!found) throw new Error(`it holds no ${name}`);
    return found;
  };
  const read = <T extends Uint8Array>(name: string, into: T): T => {
    const place = where(name);
    if (file.read(into, place) < into.length) throw new Error(`its ${name} was cut off`);
    if (sum(words(into)) !== place.sum) throw new Error(`its ${name} was changed`);
    return into;
  };
  const { held } = head;
  const { bytes } = where("memory");
  return {
    names: Object.keys(head.parts),
    part: (name) => read(name, new Uint8Array(where(name).bytes)),
    memory: held && { bytes, held, fill: (memory) => void read("memory", memory.subarray(0, bytes)) },
  };
}

/** Private storage, and the locks that go with it, need a secure context; some browsers have it by halves. */
function canKeep(): boolean {
  if (!isSecureContext || !("locks" in navigator) || !("storage" in navigator)) return false;
  return "getDirectory" in navigator.storage && "createSyncAccessHandle" in FileSystemFileHandle.prototype;
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
