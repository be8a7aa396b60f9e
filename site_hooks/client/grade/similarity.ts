// Which hand-ins are alike beyond what all share: fingerprints of their code with names taken out.
//
// Source: S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003,
// https://doi.org/10.1145/872757.872770

/** One hand-in: what was written in each exercise, by "page#id". */
export type Written = ReadonlyMap<string, string>;

export interface Pair {
  /** Places in the list of hand-ins. */
  one: number;
  other: number;
  /** 0 to 1: Jaccard's index of their fingerprints, each with its weight. */
  share: number;
  /** How many of them both have. */
  common: number;
}

/** Tokens of one fingerprint. */
const K = 12;
/** Of so many neighbours one is kept: what is alike for K + WINDOW - 1 tokens is found. */
const WINDOW = 4;
/** A fingerprint that so large a part of the hand-ins has says nothing of two of them; nor if so few have it. */
const COMMON_SHARE = 0.05;
const COMMON_LEAST = 5;
/** A pair is shown from here on: so alike, and with so much evidence (in nats: the log of how rare a fingerprint is). */
const ALIKE = 0.5;
const EVIDENCE = 12;

const KEYWORDS = new Set(
  `False None True and as assert async await break case class continue def del elif else except finally for from global
  if import in is lambda match nonlocal not or pass raise return try type while with yield`.split(/\s+/),
);
const TOKEN =
  /#[^\n]*|(?:[rRbBuUfFtT]{0,2})(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|[\p{L}_][\p{L}\p{N}_]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?|\*\*=?|\/\/=?|[-+*/%@&|^<>=!:]=|->|<<|>>|[^\s\w]/gu;

/** Code without comments and space; a name that its author could have chosen otherwise is any name. */
export function tokens(code: string): string[] {
  const found: string[] = [];
  let before = "";
  for (const [token] of code.matchAll(TOKEN)) {
    if (token.startsWith("#")) continue;
    found.push(normal(token, before));
    before = token;
  }
  return found;
}

function normal(token: string, before: string): string {
  if (/["']$/.test(token)) return '"';
  if (/^[\p{L}_]/u.test(token) && !KEYWORDS.has(token) && before !== ".") return "name";
  return token;
}

/** Every run of K tokens. */
function grams(code: string): string[] {
  const all = tokens(code);
  return Array.from({ length: Math.max(0, all.length - K + 1) }, (_, at) => all.slice(at, at + K).join(" "));
}

/** Those kept of an answer, without those of the lesson's own code. */
export function fingerprints(code: string, lesson: string): Set<string> {
  const own = new Set(grams(lesson));
  const all = grams(code).map((gram) => [gram, hash(gram)] as const);
  const kept = new Set<string>();
  for (let at = 0; at + WINDOW <= Math.max(all.length, all.length ? WINDOW : 0); at += 1) {
    const window = all.slice(at, at + WINDOW);
    const least = window.reduce((best, one) => (one[1] <= best[1] ? one : best));
    kept.add(least[0]);
  }
  return new Set([...kept].filter((gram) => !own.has(gram)));
}

/** FNV-1a with 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** The pairs that are alike, the most alike first. */
export function alike(written: readonly Written[], lesson: Written): Pair[] {
  const known = new Map<string, string[]>(); // many hand in the same
  const printsOf = (key: string, code: string): string[] => {
    const found = known.get(`${key} ${code}`) ?? [...fingerprints(code, lesson.get(key) ?? "")];
    known.set(`${key} ${code}`, found);
    return found.map((gram) => `${key} ${gram}`);
  };
  const prints = written.map((answers) => new Set([...answers].flatMap(([key, code]) => printsOf(key, code))));
  const counts = new Map<string, number>();
  for (const print of prints) for (const gram of print) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const most = Math.max(COMMON_LEAST, COMMON_SHARE * written.length);
  const weight = (gram: string): number => {
    const count = counts.get(gram)!;
    return count > most ? 0 : Math.log(written.length / count);
  };
  const sums = prints.map((print) => [...print].reduce((sum, gram) => sum + weight(gram), 0));
  const holders = new Map<string, number[]>();
  for (const [at, print] of prints.entries())
    for (const gram of print)
      if (counts.get(gram)! > 1 && weight(gram) > 0) holders.set(gram, [...(holders.get(gram) ?? []), at]);
  const shared = new Map<string, Pair & { evidence: number }>();
  for (const [gram, who] of holders)
    for (const [place, one] of who.entries())
      for (const other of who.slice(place + 1)) {
        const key = `${one} ${other}`;
        const pair = shared.get(key) ?? { one, other, share: 0, common: 0, evidence: 0 };
        pair.common += 1;
        pair.evidence += weight(gram);
        shared.set(key, pair);
      }
  const pairs: Pair[] = [];
  for (const { one, other, common, evidence } of shared.values()) {
    const share = evidence / (sums[one]! + sums[other]! - evidence);
    if (share >= ALIKE && evidence >= EVIDENCE) pairs.push({ one, other, share, common });
  }
  return pairs.sort((a, b) => b.share - a.share || a.one - b.one || a.other - b.other);
}
