/** Packs as Snappy does, in blocks of 64 KiB: each a literal and then copies of what came before in it. */
export function pack(blocks: readonly { readonly literal: Buffer; readonly distances: readonly number[] }[]): { readonly packed: Buffer; readonly text: Buffer } {
  const elements: Buffer[] = [];
  const texts: Buffer[] = [];
  for (const { literal, distances } of blocks) {
    const block = Buffer.alloc(1 << 16);
    let length = literal.copy(block);
    elements.push(literalOf(literal));
    for (let i = 0; length < block.length; i++) {
      const distance = 1 + ((distances[i % distances.length] ?? 0) % Math.min(length, 0xffff));
      const bytes = Math.min(64, block.length - length);
      for (let at = length; at < length + bytes; at++) block[at] = block[at - distance] ?? 0;
      elements.push(copyOf(distance, bytes));
      length += bytes;
    }
    texts.push(block);
  }
  const text = Buffer.concat(texts);
  return { packed: Buffer.concat([lengthOf(text.length), ...elements]), text };
}

/** A literal of up to 64 KiB. */
export function literalOf(bytes: Buffer): Buffer {
  const length = bytes.length - 1;
  if (length < 60) return Buffer.concat([Buffer.from([length << 2]), bytes]);
  if (length < 256) return Buffer.concat([Buffer.from([60 << 2, length]), bytes]);
  return Buffer.concat([Buffer.from([61 << 2, length & 0xff, length >> 8]), bytes]);
}

/** A copy of up to 64 bytes from before. */
export function copyOf(distance: number, length: number): Buffer {
  if (length >= 4 && length < 12 && distance < 2048) return Buffer.from([((distance >> 8) << 5) | ((length - 4) << 2) | 1, distance & 0xff]);
  return Buffer.from([((length - 1) << 2) | 2, distance & 0xff, distance >> 8]);
}

function lengthOf(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 0x7f) | 0x80]), lengthOf(value >>> 7)]);
}
