// Puts things into an order that looks like chance and is the same for one number.

/** A generator of 32-bit numbers: mulberry32 (Tommy Ettinger, 2017), in the public domain. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** FNV-1a (Fowler, Noll, Vo, 1991): a number from a text. */
export function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}

/** Fisher and Yates: every order is as likely as every other. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const mixed = [...items];
  const next = random(seed);
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = next() % (last + 1);
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
