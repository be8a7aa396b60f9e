// Packs: files under hashed names, each with the hash that was pinned when the site was built. They are gzip files; those
// of a start also come without gzip, for hosts that compress.
import type { PackEntry, PackFile, PackRole } from "./manifest";
import type { Failure, FailureKind, PackForm } from "./protocol";
import { root } from "./site";
import { fill } from "./words";

/** Put in by the bundler: the packs, and a name for all that shapes Python's memory (pylib not counted). */
declare const RUNTIME: { packs: Record<string, PackEntry>; key: string };

/** Where packs lie. */
export const BASE = new URL("assets/runtime/", root);

export const key = RUNTIME.key;

/** The message is for learners. */
export class LoadError extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What to tell learners of a start that failed. */
export function failure(error: unknown): Failure {
  if (error instanceof LoadError) return { kind: error.kind, message: error.message };
  return unsupported(error instanceof Error ? error.message : String(error));
}

export function unsupported(detail: string): Failure {
  return { kind: "unsupported", message: fill(WORDS.python.unsupported, { detail }) };
}

/** The files of a pack in their order; all share one buffer. */
export type Files = Map<string, Uint8Array<ArrayBuffer>>;

export function entry(name: string): PackEntry {
  const pack = Object.hasOwn(RUNTIME.packs, name) ? RUNTIME.packs[name] : undefined;
  if (!pack) throw new LoadError("gone", fill(WORDS.python.without, { name }));
  return pack;
}

export function packNames(): string[] {
  return Object.keys(RUNTIME.packs);
}

/** The file in which a pack comes. */
export function fileOf(name: string, form: PackForm): PackFile {
  const { plain, ...packed } = entry(name);
  if (!plain || form === "packed") return packed;
  return form === "br" ? plain : { ...plain, bytes: packed.bytes };
}

/** The names of the packs that are for something. */
export function packsFor(role: PackRole): string[] {
  return packNames().filter((name) => entry(name).role === role);
}

/** What a file holds, from its body; a pack is unzipped here. */
export async function contentOf(
  { file }: PackFile,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = file.endsWith(".pack") ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Uint8Array(await new Response(content).arrayBuffer());
}

/** The length of the table, the table as JSON ([path, size]...), the contents in order: see bytecode.py. */
export function unpack(content: Uint8Array<ArrayBuffer>): Files {
  const length = new DataView(content.buffer, content.byteOffset).getUint32(0, true);
  let at = 4 + length;
  const table = JSON.parse(new TextDecoder().decode(content.subarray(4, at))) as [string, number][];
  return new Map(table.map(([path, size]) => [path, content.subarray(at, (at += size))]));
}
