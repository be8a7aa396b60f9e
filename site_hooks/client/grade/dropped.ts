// The files that were dropped, those of folders too, and what each can be by its name.
import { fill } from "../shared/words";

export interface Found {
  /** With the folders that were dropped; what results call it. */
  path: string;
  file: File;
}

/** More than a course has: a folder that was dropped by mistake is no reason to read a whole disk. */
export const MOST = 2000;

/** To be called while the drop is told of: after that the list is empty. No more than MOST are looked for in folders. */
export async function dropped(data: DataTransfer): Promise<{ files: Found[]; isAll: boolean }> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...data.files];
  if (entries.every((entry) => entry === null))
    return { files: files.map((file) => ({ path: file.name, file })), isAll: true };
  const found: Found[] = [];
  for (const entry of entries) if (entry) await gather(entry, found);
  return { files: found.slice(0, MOST), isAll: found.length <= MOST };
}

async function gather(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (found.length > MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const one of some) await gather(one, found);
  }
}

/** Secret checks are dropped as a file: what lies in a folder of hand-ins is a learner's. */
export function isSecret(path: string): boolean {
  return path.endsWith(".py") && !path.includes("/");
}

/** Why none of them is taken. */
export function several(files: readonly Found[]): string {
  const names = files.map(({ path }) => path).join(", ");
  return fill(WORDS.grade.severalSecret, { files: names });
}

/** Why a file cannot be a hand-in, by its name; null if it can. */
export function refused(path: string): string | null {
  if (/\.zip$/i.test(path)) return WORDS.grade.isZip;
  if (path.endsWith(".py")) return WORDS.grade.isPython;
  return null;
}
