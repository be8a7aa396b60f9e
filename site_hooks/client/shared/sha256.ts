// SHA-256 without the browser's own: on plain http there is none.
//
// Source: NIST, "Secure Hash Standard", FIPS PUB 180-4, 2015, https://doi.org/10.6028/NIST.FIPS.180-4

const [ROUNDS, START] = constants();

/** Of a text in UTF-8, in hexadecimal digits. */
export function sha256(text: string): string {
  const state = START.slice(0, 8);
  const block = new Uint32Array(64);
  const words = padded(new TextEncoder().encode(text));
  for (let at = 0; at < words.length; at += 16) {
    block.set(words.subarray(at, at + 16));
    digest(state, block);
  }
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** With a one behind it, zeros, and its length in bits. */
function padded(bytes: Uint8Array): Uint32Array {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(whole.length - 4, bytes.length << 3);
  return Uint32Array.from({ length: whole.length / 4 }, (_, at) => view.getUint32(at * 4));
}

function digest(state: Uint32Array, w: Uint32Array): void {
  for (let t = 16; t < 64; t += 1) {
    const [early, late] = [w[t - 15]!, w[t - 2]!];
    const s0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const s1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t += 1) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[t]! + w[t]!) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = state[at]! + word;
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits behind the point of the cube roots of the first 64 primes, and of the square roots of the first 8. */
function constants(): [rounds: Uint32Array, start: Uint32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const behind = (root: number): number => (root % 1) * 2 ** 32;
  return [
    Uint32Array.from(primes, (prime) => behind(Math.cbrt(prime))),
    Uint32Array.from(primes.slice(0, 8), (prime) => behind(Math.sqrt(prime))),
  ];
}
