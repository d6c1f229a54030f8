/** A 32-bit hash of an integer under a seed: the same inputs give the same value everywhere, neighbours look unrelated. */
export function seededHash(seed: number, value: number): number {
  let h = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(value | 0, 0x85ebca6b)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** A seeded stream of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let count = 0;
  return () => seededHash(seed, count++) / 4294967296;
}
