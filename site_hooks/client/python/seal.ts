// Seals Python's memory where it is kept: a key that was made for it alone, and a tag (GMAC) of each of its parts.
//
// Tags of parts stand in the file's head; the key and the head's own tag lie where code in cells cannot write.
import type { Seal } from "../shared/protocol";

const CIPHER = "AES-GCM";

/** A new key; its bytes go into the seal. */
export function newSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(16));
}

export function keyOf(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, CIPHER, false, ["encrypt"]);
}

/** The tag of what stands at a place in the file; a key tags each place once. */
export async function tagOf(key: CryptoKey, place: number, part: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = new Uint8Array(12);
  iv[0] = place;
  // GMAC is GCM that encrypts nothing: in Chromium twice as fast as SHA-256.
  const tag = await crypto.subtle.encrypt({ name: CIPHER, iv, additionalData: part }, key, new Uint8Array());
  return btoa(String.fromCharCode(...new Uint8Array(tag)));
}

export async function keyOfSeal({ secret }: Seal): Promise<CryptoKey> {
  return keyOf(Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0)));
}

export function sealOf(secret: Uint8Array<ArrayBuffer>, head: string): Seal {
  return { secret: btoa(String.fromCharCode(...secret)), head };
}
