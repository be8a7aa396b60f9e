// The one request that Python's worker can still make once cells run: a pack by its name, for an import that waits.
//
// Code in cells shares this realm, and may have replaced what it could reach. So nothing is looked up here that it could
// have changed: addresses are those of the build, and an XMLHttpRequest's own methods are out of its reach.
import { BASE, fileOf, packNames } from "../shared/packs";
import type { PackForm } from "../shared/protocol";

/** A pack's bytes as its file has them, the hash that they must have, and the server's status (0: no line). */
export type PackNow = [content: ArrayBuffer, integrity: string, status: number];

const Request = globalThis.XMLHttpRequest;

interface Address {
  url: string;
  integrity: string;
}

/** Without a prototype: what code puts on Object's is no address. */
type Addresses = Readonly<Record<string, Address | undefined>>;
let addresses = addressesIn("packed");

function addressesIn(form: PackForm): Addresses {
  const found = Object.create(null) as Record<string, Address | undefined>;
  for (const name of packNames()) {
    const { file, integrity } = fileOf(name, form);
    found[name] = Object.freeze({ url: new URL(file, BASE).href, integrity });
  }
  return Object.freeze(found);
}

/** In the form in which the page has them from this host, so that no pack comes twice. */
export function fetchAs(form: PackForm): void {
  addresses = addressesIn(form);
}

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
