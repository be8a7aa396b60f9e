// What <site-storage> shows: what this browser keeps of the site, and one button each to remove it.
//
// It is a script of its own, for one page: what it needs of the others, which have it already, it is given.
import { button, make } from "../page/dom";
import { keys } from "../shared/site";
import { local } from "../shared/stores";
import { fill } from "../shared/words";
import type { drafts } from "./drafts";
import type { lastOutputs } from "./last-output";
import type { offline } from "./offline";
import type { megabytes } from "./offline-use";

export interface Stores {
  drafts: typeof drafts;
  lastOutputs: typeof lastOutputs;
  offline: typeof offline;
  megabytes: typeof megabytes;
  progress(): Promise<typeof import("./progress")>;
}

/** One kind of thing that is kept. */
interface Kind {
  label: string;
  action: string;
  /** What there is, in words; undefined for nothing. */
  holds(): Promise<string | undefined>;
  /** Says what was done; what it returns undoes it. */
  remove(): Promise<(() => void) | undefined>;
}

const BLOCKED = WORDS.stored.blocked;

function kinds(stores: Stores): Kind[] {
  const { drafts, lastOutputs, offline, megabytes } = stores;
  const sized = (bytes: number): string | undefined => (bytes ? `${megabytes(bytes)}.` : undefined);
  return [
    {
      label: WORDS.stored.code,
      action: WORDS.stored.removeCode,
      holds: () =>
        Promise.resolve(drafts.blocked ? BLOCKED : counted(drafts.all().size, WORDS.stored.cell, WORDS.stored.cells)),
      remove: () => {
        const removed = drafts.all();
        drafts.forget();
        lastOutputs.forgetAll(); // they tell of that code
        return Promise.resolve(() => drafts.restoreAll(removed));
      },
    },
    {
      label: WORDS.stored.marks,
      action: WORDS.stored.removeMarks,
      holds: async () => {
        const { progress } = await stores.progress();
        return progress.blocked ? BLOCKED : counted(progress.all().size, WORDS.stored.mark, WORDS.stored.markMany);
      },
      remove: async () => {
        const { progress } = await stores.progress();
        const removed = progress.clear();
        return () => progress.restore(removed);
      },
    },
    {
      label: WORDS.stored.python,
      action: WORDS.stored.removePython,
      holds: async () => sized(await keptBytes()),
      remove: async () => {
        await removeKept();
        return undefined;
      },
    },
    {
      label: WORDS.stored.pages,
      action: WORDS.stored.removePages,
      holds: async () => sized(await offline.bytes()),
      remove: async () => {
        await offline.remove();
        return undefined;
      },
    },
  ];
}

export function rows(stores: Stores): HTMLElement[] {
  return kinds(stores).map(row);
}

function row(kind: Kind): HTMLElement {
  const status = make("span", { role: "status" }, "…");
  const remove = button(kind.action, () => void removeNow());
  const undo = button(WORDS.all.undo, () => void undoNow());
  let undoing: (() => void) | undefined;

  async function look(done = ""): Promise<void> {
    const holds = await kind.holds().catch(() => BLOCKED);
    status.textContent = [done, holds ?? WORDS.stored.nothing].filter(Boolean).join(" ");
    undo.hidden = !undoing;
  }
  async function removeNow(): Promise<void> {
    try {
      undoing = await kind.remove();
      await look(WORDS.stored.removed);
    } catch (error) {
      status.textContent = fill(WORDS.stored.failed, { error: String(error) });
    }
  }
  async function undoNow(): Promise<void> {
    undoing?.();
    undoing = undefined;
    remove.focus();
    await look(WORDS.stored.back);
  }
  void look();
  return make("div", {}, make("strong", {}, kind.label), status, remove, undo);
}

async function keptBytes(): Promise<number> {
  if (!("storage" in navigator && "getDirectory" in navigator.storage)) return 0;
  const storage = await navigator.storage.getDirectory();
  const folder = await storage.getDirectoryHandle(keys.memory).catch(() => undefined);
  let bytes = 0;
  for await (const name of folder?.keys() ?? []) bytes += (await (await folder!.getFileHandle(name)).getFile()).size;
  return bytes;
}

async function removeKept(): Promise<void> {
  if (!("storage" in navigator && "getDirectory" in navigator.storage)) return;
  const storage = await navigator.storage.getDirectory();
  // Marks of starts that failed have no bytes, and go too.
  const folder = await storage.getDirectoryHandle(keys.memory).catch(() => undefined);
  if (folder) await storage.removeEntry(keys.memory, { recursive: true });
  local().removeItem(keys.seal);
}

function counted(number: number, one: string, more: string): string | undefined {
  return number ? fill(number === 1 ? one : more, { n: number }) : undefined;
}
