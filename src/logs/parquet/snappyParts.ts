/** A part of what is packed with Snappy that can be unpacked by itself. */
export interface SnappyPart {
  readonly from: number;
  readonly to: number;
  /** How long it is unpacked. */
  readonly length: number;
}

/** Snappy packs so many bytes at a time, and refers to none before them. */
const blockBytes = 1 << 16;
const partBytes = 1 << 20;

/**
 * Finds where what Snappy packed can be cut into parts of about a megabyte. Null where it was packed in a way that does
 * not allow that, or is damaged.
 */
export function snappyParts(packed: Uint8Array): readonly SnappyPart[] | null {
  const parts: SnappyPart[] = [];
  for (let from = endOfLength(packed); from < packed.length; ) {
    const part = nextPart(packed, from);
    if (part === null) return null;
    parts.push(part);
    from = part.to;
  }
  return parts;
}

function nextPart(packed: Uint8Array, from: number): SnappyPart | null {
  const place = { at: from, length: 0 };
  while (place.at < packed.length && place.length < partBytes) if (!passBlock(packed, place)) return null;
  // A block that ends anywhere else is the last one.
  const isCut = place.length % blockBytes === 0 || place.at === packed.length;
  return isCut && place.at <= packed.length ? { from, to: place.at, length: place.length } : null;
}

/** Passes over one block; false where it refers to what lies before the part. */
function passBlock(packed: Uint8Array, place: { at: number; length: number }): boolean {
  let { at, length } = place;
  for (const end = length + blockBytes; length < end && at < packed.length; ) {
    const tag = byteAt(packed, at);
    const after = byteAt(packed, at + 1) | (byteAt(packed, at + 2) << 8);
    if ((after & byteAt(tags.distanceMask, tag)) + byteAt(tags.distance, tag) > length) return false;
    const bytes = byteAt(tags.unpacked, tag);
    at += byteAt(tags.packed, tag);
    length += bytes;
    if (bytes > 0) continue;
    const literal = literalBytes(packed, at, tag);
    at += literal;
    length += literal;
  }
  Object.assign(place, { at, length });
  return true;
}

/**
 * What each tag says, so that none of the very many needs a decision: what it takes packed and unpacked (0: a literal
 * whose length comes after the tag), and the distance that it refers back, with the bytes after it that belong to that.
 */
const tags = { packed: new Uint8Array(256), unpacked: new Uint8Array(256), distanceMask: new Uint16Array(256), distance: new Uint32Array(256) };
for (let tag = 0; tag < 256; tag++) {
  const [kind, high] = [tag & 3, tag >>> 2];
  const isLong = kind === 0 && high >= 60;
  tags.unpacked[tag] = isLong ? 0 : kind === 1 ? (high & 7) + 4 : high + 1;
  tags.packed[tag] = isLong ? high - 58 : ([high + 2, 2, 3, 5][kind] ?? 0);
  tags.distanceMask[tag] = [0, 0xff, 0xffff, 0][kind] ?? 0;
  // Blocks are so small that nothing in them is further away than two bytes can tell.
  tags.distance[tag] = [0, (tag >>> 5) << 8, 0, 0xffffffff][kind] ?? 0;
}

function byteAt(bytes: Uint8Array | Uint16Array | Uint32Array, at: number): number {
  return bytes[at] ?? 0;
}

/** A part as something packed of its own: with its length before it. */
export function packedPart(packed: Uint8Array, { from, to, length }: SnappyPart): Uint8Array {
  const head: number[] = [];
  for (let left = length; left > 0 || head.length === 0; left >>>= 7) head.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  const part = new Uint8Array(head.length + to - from);
  part.set(head);
  part.set(packed.subarray(from, to), head.length);
  return part;
}

function endOfLength(packed: Uint8Array): number {
  let at = 0;
  while ((byteAt(packed, at++) & 0x80) !== 0);
  return at;
}

/** How long a literal is whose length ends at a place. */
function literalBytes(packed: Uint8Array, end: number, tag: number): number {
  let length = 0;
  for (let i = 1; i <= (tag >>> 2) - 59; i++) length = length * 256 + byteAt(packed, end - i);
  return length + 1;
}
