/** What is kept of a text that is only measured and compared. */
export interface TextDigest {
  /** Code points. */
  readonly length: number;
  readonly hash: number;
}

/** Where a text is copied to, so that it can be looked at in words of four bytes. */
let words = new Uint32Array(1 << 12);

/** Code points (bytes that do not continue one) and a multiplicative hash of UTF-8 bytes, four at a time. */
export function digestOf(bytes: Uint8Array): TextDigest {
  const count = (bytes.length + 3) >> 2;
  if (count > words.length) words = new Uint32Array(count * 2);
  const text = words;
  // What is left of a longer text before must not count.
  text[count - 1] = 0;
  new Uint8Array(text.buffer, 0, bytes.length).set(bytes);
  let [hash, continued] = [0x811c9dc5, 0];
  for (let i = 0; i < count; i++) {
    const word = text[i] ?? 0;
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
    // A byte that continues a code point has its first bit set and not its second one.
    continued += Math.imul((word >>> 7) & ~(word >>> 6) & 0x01010101, 0x01010101) >>> 24;
  }
  return { length: bytes.length - continued, hash: hash >>> 0 };
}
