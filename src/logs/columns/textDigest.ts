/** What is kept of a text that is only measured and compared. */
export interface TextDigest {
  /** Code points. */
  readonly length: number;
  readonly hash: number;
}

/** Where a text is copied to, so that it can be looked at in words of four bytes. */
let words = new Uint32Array(1 << 12);

/** Code points (bytes that do not continue one) and a multiplicative hash of UTF-8 bytes, in two halves that do not wait for one another. */
export function digestOf(bytes: Uint8Array): TextDigest {
  const count = 2 * ((bytes.length + 7) >> 3);
  if (count > words.length) words = new Uint32Array(count * 2);
  const text = words;
  // What is left of a longer text before must not count.
  text[count - 1] = 0;
  text[count - 2] = 0;
  new Uint8Array(text.buffer, 0, bytes.length).set(bytes);
  let [even, odd, continued] = [0x811c9dc5, 0x2545f491, 0];
  for (let i = 0; i < count; i += 2) {
    const word = text[i] ?? 0;
    const next = text[i + 1] ?? 0;
    even = Math.imul(even ^ word, 0x9e3779b1);
    even ^= even >>> 15;
    odd = Math.imul(odd ^ next, 0x9e3779b1);
    odd ^= odd >>> 15;
    if (((word | next) & 0x80808080) !== 0) continued += Math.imul(continuing(word) + continuing(next), 0x01010101) >>> 24;
  }
  return { length: bytes.length - continued, hash: (Math.imul(even, 31) ^ odd) >>> 0 };
}

/** A one in each byte of a word that continues a code point: those have their first bit set and not their second one. */
function continuing(word: number): number {
  return (word >>> 7) & ~(word >>> 6) & 0x01010101;
}
