// The one request that Python's worker can still make once cells run: a pack by its name, for an import that waits.
//
// Code in cells shares this realm, and may have replaced what it could reach. So nothing is looked up here that it could
// have changed: addresses are those of the build, and an XMLHttpRequest's own methods are out of its reach.
import { BASE, entry, packNames } from "../shared/packs";

/** A pack's bytes as they are on the server, the hash that they must have, and the server's status (0: no line). */
export type PackNow = [content: ArrayBuffer, integrity: string, status: number];

const Request = globalThis.XMLHttpRequest;

interface Address {
  url: string;
  integrity: string;
}

/** Without a prototype: what code puts on Object's is no address. */
const addresses = Object.create(null) as Record<string, Address | undefined>;
for (const name of packNames()) {
  const { file, integrity } = entry(name);
  addresses[name] = Object.freeze({ url: new URL(file, BASE).href, integrity });
}
Object.freeze(addresses);

/** It has no cache mode; an address that was never asked for is in no cache. */
const again = `?again=${Date.now()}`;
let asked = 0;

/** The caller checks the hash, and may ask again past what the browser keeps. */
export function fetchPackNow(name: string, pastCache = false): PackNow {
  const address = addresses[name];
  if (!address) throw new Error(`This site was built without ${name}.`);
  const request = new Request();
  request.open("GET", pastCache ? `${address.url}${again}-${++asked}` : address.url, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    return [new ArrayBuffer(0), address.integrity, 0];
  }
  return [request.response as ArrayBuffer, address.integrity, request.status];
}
