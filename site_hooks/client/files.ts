// Fetches the runtime's files, each checked against the hash that was pinned when the site was built.

/** One file of the runtime, as bundle.py writes it into the worker. */
export interface RuntimeFile {
  /** Its name under assets/runtime, with a hash in it. */
  file: string;
  integrity: string;
  bytes: number;
}

/** Put in by the bundler. */
declare const RUNTIME: Record<string, RuntimeFile>;

const BASE = new URL("../runtime/", import.meta.url);

/** The message is for learners. */
export class LoadError extends Error {}

export function names(): string[] {
  return Object.keys(RUNTIME);
}

export function entry(name: string): RuntimeFile {
  const file = RUNTIME[name];
  if (!file) throw new LoadError(`This site was built without ${name}.`);
  return file;
}

/** `integrity` is checked by the browser itself, on plain http too; it then withholds the body. */
export async function bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { file, integrity } = entry(name);
  const url = new URL(file, BASE);
  let response: Response;
  try {
    response = await fetch(url, { integrity });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new LoadError(await reason(name, url));
  }
  throw new LoadError(`${name} could not be downloaded: the server answered ${response.status}.`);
}

async function reason(name: string, url: URL): Promise<string> {
  const there = await fetch(url, { method: "HEAD" }).then((r) => r.ok, () => false);
  return there
    ? `${name} did not arrive as it was published: something on the way changed or cut it. Try again, or on another network.`
    : `${name} could not be downloaded. Check the connection, then try again.`;
}

/** Imports a checked script: the blob holds exactly the bytes whose hash was compared. */
export async function script<T>(name: string): Promise<T> {
  const url = URL.createObjectURL(new Blob([await bytes(name)], { type: "text/javascript" }));
  try {
    return (await import(url)) as T;
  } finally {
    URL.revokeObjectURL(url);
  }
}
