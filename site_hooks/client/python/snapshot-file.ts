// The file in which Python's memory is kept, in the browser's own file system: one per version of the runtime.
//
// It begins with a head of fixed size (JSON), which is written last, so that half a file is no file; the packs and the
// memory follow. See seal.ts for the tags.
import type { Held } from "../shared/protocol";
import { key } from "../shared/packs";
import { keys } from "../shared/site";

export const HEAD_BYTES = 8192;

/** TypeScript's types of a page do not know it: only workers have it. */
export interface SyncFile {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
interface SyncFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

export interface Part {
  at: number;
  bytes: number;
  tag: string;
}

export interface Head {
  parts: Record<string, Part>;
  /** What this browser's own memory held; the site's says so itself. */
  held: Held | undefined;
}

/** The file's name: another version of the browser may lay out Python's memory otherwise. */
export function fileName(): string {
  let mark = 0;
  for (const letter of navigator.userAgent) mark = (Math.imul(mark, 31) + letter.codePointAt(0)!) | 0;
  return `${key}-${(mark >>> 0).toString(36)}`;
}

/** Private storage, and the locks that go with it, need a secure context; some browsers have it by halves. */
export function canKeep(): boolean {
  if (!isSecureContext || !("locks" in navigator) || !("storage" in navigator)) return false;
  return "getDirectory" in navigator.storage && "createSyncAccessHandle" in FileSystemFileHandle.prototype;
}

/** Alone: another tab may be starting from the same file, or writing it. The lock is gone with the tab. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(keys.memory, work) as Promise<T>;
}

export async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(keys.memory, { create: true });
}

export async function listed(inside: FileSystemDirectoryHandle): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const name of inside.keys()) names.add(name);
  return names;
}

export async function openFile(inside: FileSystemDirectoryHandle, name: string): Promise<SyncFile> {
  const handle = await inside.getFileHandle(name, { create: true });
  return (handle as unknown as SyncFileHandle).createSyncAccessHandle();
}
