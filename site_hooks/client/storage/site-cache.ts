// What this browser saved of the site: one cache per version, written and read by pages and by the service worker.
//
// Files below assets/ have their hash in their names, so a copy from any version is as good as another. Pages and the
// search index do not: they come from one version, all of them.
import type { PackRole, SiteManifest } from "../shared/manifest";
import { healed } from "../shared/past-cache";
import { keysOf } from "../shared/site";
import { fill } from "../shared/words";

/** Bytes saved so far, those that were there before included. */
export type Report = (bytes: number) => void;

/** Something could not be saved; the message is for learners. */
export class SaveError extends Error {}

const AT_ONCE = 4;
/** The manifest as it came: its hash is that of the text. */
interface List {
  text: string;
  manifest: SiteManifest;
}

/** Lies in a cache that holds the whole site, because a learner asked for that. */
const WHOLE = "saved-whole";

export class Saved {
  /** Other sites at the same origin have caches too. */
  readonly prefix: string;
  #listed: Promise<List> | undefined;

  /** @param pinned the hash of the version's manifest, where that was built into the script. */
  constructor(
    readonly root: URL,
    readonly version: string,
    private readonly pinned?: string,
  ) {
    this.prefix = keysOf(root).caches;
  }

  get name(): string {
    return this.prefix + this.version;
  }

  /** The caches of all versions, this one first. */
  async names(): Promise<string[]> {
    const all = (await caches.keys()).filter((name) => name.startsWith(this.prefix));
    return all.sort((a, b) => Number(b === this.name) - Number(a === this.name));
  }

  url(address: string): string {
    return new URL(address, this.root).href;
  }

  /** Address relative to the site's folder; undefined for what lies elsewhere. */
  address(url: string): string | undefined {
    const { origin, pathname } = new URL(url);
    if (origin !== this.root.origin || !pathname.startsWith(this.root.pathname)) return undefined;
    return decodeURI(pathname.slice(this.root.pathname.length)).replace(/(^|\/)index\.html$/, "$1");
  }

  async manifest(): Promise<SiteManifest> {
    return (await this.#list()).manifest;
  }

  get #listAddress(): string {
    return `assets/site.${this.version}.json`;
  }

  #list(): Promise<List> {
    this.#listed ??= this.#readList();
    this.#listed.catch(() => (this.#listed = undefined));
    return this.#listed;
  }

  async #readList(): Promise<List> {
    const kept = await caches.match(this.url(this.#listAddress), { ignoreVary: true });
    const list = kept && (await readList(kept, this.pinned).catch(() => undefined));
    return list ?? healed((cache) => this.#fetchList(cache));
  }

  async #fetchList(cache: RequestCache): Promise<List> {
    return readList(await fetch(this.url(this.#listAddress), { cache }), this.pinned);
  }

  /** What is kept of it, here and by the browser, may have come changed: the next attempt has another. */
  async #renewList(): Promise<void> {
    const list = await this.#fetchList("reload");
    this.#listed = Promise.resolve(list);
    await this.#putList(list);
  }

  async #putList({ text }: List): Promise<void> {
    await (await caches.open(this.name)).put(this.url(this.#listAddress), new Response(text));
  }

  /** The hash of what belongs to this version at an address; undefined where nothing does. */
  async integrity(address: string): Promise<string | undefined> {
    if (address === this.#listAddress) return this.pinned;
    const { pages, files } = await this.manifest();
    return (Object.hasOwn(pages, address) ? pages : files)[address]?.[1];
  }

  /**
   * What was saved, if it is what the version was built with. A cache is open to every script of the origin: what was
   * put there in its place is thrown out.
   */
  async trusted(address: string, from: CacheStorage | Cache = caches): Promise<Response | undefined> {
    const url = this.url(address);
    const kept = await from.match(url, { ignoreVary: true });
    if (!kept) return undefined;
    const [wanted, found] = await Promise.all([this.integrity(address), kept.clone().arrayBuffer().then(hash)]);
    if (found === wanted) return kept;
    for (const name of await this.names()) await (await caches.open(name)).delete(url, { ignoreVary: true });
    return undefined;
  }

  /** Saves what is not saved yet. Half a set stays, and the next attempt goes on from there. */
  async fill(addresses: Iterable<string>, report: Report = () => {}, signal?: AbortSignal): Promise<void> {
    const list = await this.#list();
    const { manifest } = list;
    const cache = await caches.open(this.name);
    await this.#putList(list);
    const there = new Set((await cache.keys()).map(({ url }) => this.address(url)));
    const wanted = [...new Set(addresses)].filter((address) => size(manifest, address) !== undefined);
    let bytes = 0;
    const saved = (address: string): void => report((bytes += size(manifest, address) ?? 0));
    const missing = wanted.filter((address) => !there.has(address) || void saved(address));
    const next = async (): Promise<void> => {
      for (let address = missing.shift(); address !== undefined; address = missing.shift()) {
        if (signal?.aborted) throw new DOMException("stopped", "AbortError");
        await cache.put(this.url(address), await this.#fetch(address, manifest));
        saved(address);
      }
    };
    // All have ended when this returns, so that nothing is reported after a failure.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, next));
    const failure = ends.find((end) => end.status === "rejected");
    if (!failure) return;
    if (!signal?.aborted) await this.#renewList().catch(() => undefined);
    throw failure.reason;
  }

  async #fetch(address: string, manifest: SiteManifest): Promise<Response> {
    const url = this.url(address);
    const [, integrity] = manifest.files[address] ?? manifest.pages[address]!;
    // What the browser has at hand is good enough, unless its hash is wrong.
    const cache = isLasting(address) ? "force-cache" : "no-cache";
    const take = (from: RequestCache): Promise<Response> => fetch(url, { integrity, cache: from });
    const response = await healed(take, cache).catch(() => undefined);
    if (response?.ok) return response;
    throw new SaveError(await this.#reason(address));
  }

  /** Fails where there is no line. */
  async #reason(address: string): Promise<string> {
    const found = await fetch(this.url(address), { cache: "reload" });
    const version = /<meta name="site-version" content="(\w*)">/.exec(await found.text())?.[1] ?? this.version;
    return found.ok && version === this.version
      ? fill(WORDS.offline.changed, { address })
      : fill(WORDS.offline.gone, { address });
  }

  /** Brings what an older version had saved, in its new content, beside the old. */
  async renew(): Promise<void> {
    const manifest = await this.manifest();
    const cache = await caches.open(this.name);
    const wanted = new Set<string>();
    let whole = false;
    for (const name of await this.names()) {
      if (name === this.name) continue;
      const old = await caches.open(name);
      whole ||= (await old.match(this.url(WHOLE))) !== undefined;
      const addresses = (await old.keys()).map(({ url }) => this.address(url) ?? "");
      for (const address of sameFiles(addresses, manifest)) wanted.add(address);
      for (const address of addresses.filter((address) => isLasting(address) && address in manifest.files)) {
        const copy = await old.match(this.url(address), { ignoreVary: true });
        if (copy) await cache.put(this.url(address), copy);
      }
    }
    await this.fill(whole ? all(manifest) : wanted);
    if (whole) await this.markWhole();
  }

  /** Forgets the other versions. */
  async forgetOthers(): Promise<void> {
    for (const name of await this.names()) if (name !== this.name) await caches.delete(name);
  }

  async forget(): Promise<void> {
    for (const name of await this.names()) await caches.delete(name);
  }

  async markWhole(): Promise<void> {
    await (await caches.open(this.name)).put(this.url(WHOLE), new Response(this.version));
  }

  /** The cache that holds a whole version: this one's, if there is a choice. */
  async whole(): Promise<Cache | undefined> {
    for (const name of await this.names()) {
      const cache = await caches.open(name);
      if (await cache.match(this.url(WHOLE))) return cache;
    }
    return undefined;
  }

  /** Bytes in all caches. */
  async bytes(): Promise<number> {
    let bytes = 0;
    for (const name of await this.names()) {
      const cache = await caches.open(name);
      const manifest = await new Saved(this.root, name.slice(this.prefix.length)).manifest().catch(() => undefined);
      if (!manifest) continue;
      for (const { url } of await cache.keys()) bytes += size(manifest, this.address(url) ?? "") ?? 0;
    }
    return bytes;
  }
}

async function readList(answer: Response, pinned?: string): Promise<List> {
  if (answer.status === 404) throw new SaveError(WORDS.offline.updated);
  const body = await answer.arrayBuffer();
  const text = new TextDecoder().decode(body);
  if (answer.ok && (!pinned || (await hash(body)) === pinned)) {
    const manifest = parsed(text);
    if (manifest?.pages && manifest.files) return { text, manifest: manifest as SiteManifest };
  }
  throw new SaveError(WORDS.offline.badList);
}

function parsed(text: string): Partial<SiteManifest> | undefined {
  try {
    return JSON.parse(text) as Partial<SiteManifest>;
  } catch {
    return undefined;
  }
}

/** Whether the name of a file changes with its content. */
export function isLasting(address: string): boolean {
  return address.startsWith("assets/");
}

/** All, in one form: Pyodide as it is, packs with gzip. Python does without the memory. */
export function all(manifest: SiteManifest): string[] {
  return [...filesWithout(manifest, ["wasm-packed", "unpacked", "memory"]), ...Object.keys(manifest.pages)];
}

/**
 * What comes after a first plot as well, in the form of what was loaded. Other modules come when they are imported; some
 * files only on some lines.
 */
export function ofPython(manifest: SiteManifest, loaded: string[]): string[] {
  const unpacked = packsFor(manifest, ["unpacked"]);
  const start = unpacked.some((address) => loaded.includes(address)) ? unpacked : packsFor(manifest, ["start", "code"]);
  return [...start, ...packsFor(manifest, ["later"])];
}

function packsFor(manifest: SiteManifest, roles: PackRole[]): string[] {
  return Object.entries(manifest.files).flatMap(([address, [, , role]]) =>
    role && roles.includes(role) ? address : [],
  );
}

function filesWithout(manifest: SiteManifest, roles: PackRole[]): string[] {
  const left = new Set(packsFor(manifest, roles));
  return Object.keys(manifest.files).filter((address) => !left.has(address));
}

export function total(manifest: SiteManifest): number {
  return all(manifest).reduce((sum, address) => sum + (size(manifest, address) ?? 0), 0);
}

function size(manifest: SiteManifest, address: string): number | undefined {
  return (manifest.pages[address] ?? manifest.files[address])?.[0];
}

/** As `integrity` says it. */
export async function hash(body: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/** The files of a version that stand where those of another stood: named alike, but for the hash. */
export function sameFiles(addresses: string[], manifest: SiteManifest): string[] {
  const had = new Set(addresses.map(withoutHash));
  const there = [...filesWithout(manifest, ["memory"]), ...Object.keys(manifest.pages)];
  return there.filter((address) => had.has(withoutHash(address)));
}

function withoutHash(address: string): string {
  return address.replace(/\.[0-9a-f]{8,}(?=[./])/, "");
}
