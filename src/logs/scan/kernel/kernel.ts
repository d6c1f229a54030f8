// The scanner of JSON lines: one forward pass over complete lines, the values of the wanted keys go to records.
// A line that is not proven valid, key by key and byte by byte, is only marked: somebody else parses it.
// Whether strings are UTF-8 is left to the caller, whose runtime finds that out for many lines at once: what is not ASCII is put together for it.
import { clearCollected, collectedLength } from './collected';
import { hashBytes } from './hash';
import { cutBytes, cuts, entries, headerBytes, holdsFields, leavesOut, maxCuts, measuredBytes, measures, nodes, recordBytes, records, scratch, skipsFirst, slotBytes, wantsHash } from './layout';
import { codePoints, hasEscapes, stringEnd, stringFlags } from './string';
import { bad, lineEnd, skipSpace, stoppedAt } from './text';
import { nestedEnd, numberEnd, numberIsExact, numberValue, wordEnd } from './value';

const kindString: u32 = 1;
const kindNumber: u32 = 2;
const kindTrue: u32 = 3;
const kindFalse: u32 = 4;
const kindNull: u32 = 5;
const kindObject: u32 = 6;
const kindList: u32 = 7;
/** The number has to be read from its bytes. */
const inexactNumber: u32 = 4;

let recordStride: usize = headerBytes;
let seed: u64 = 0;
/** The record of the line in hand, the fields met in it, and the inner objects met in it. */
let record: usize = 0;
let met: u32 = 0;
let opened: u64 = 0;
let openedTwice: bool = false;
let next: usize = 0;
let cutCount: u32 = 0;

/** Prepares for a number of fields; texts hash differently for every seed. */
export function configure(fields: u32, hashSeed: u64): void {
  recordStride = headerBytes + <usize>fields * slotBytes;
  seed = hashSeed;
}

/** The address after the last line that the last scan took. */
export function scanned(): usize {
  return next;
}

/** How many bytes of strings that are not ASCII the last scan collected, -1 where not all: lines that it proved are so only if those are UTF-8. */
export function nonAscii(): i32 {
  return collectedLength();
}

/** Hashes `length` bytes of the scratch area; `before` is the hash of the 64 KiB before them, or the seed. */
export function hashScratch(length: usize, before: u64): u64 {
  return hashBytes(scratch, length, before);
}

/** Scans the complete lines between two addresses, as many as there is room for records; returns how many. Line ends must follow `end`. */
export function scan(start: usize, end: usize): i32 {
  let p = start;
  let count = 0;
  record = records;
  cutCount = 0;
  clearCollected();
  const last = records + recordBytes - recordStride;
  while (p < end && record <= last) {
    const cutsBefore = cutCount;
    met = 0;
    opened = 0;
    openedTwice = false;
    let stop = objectLine(p);
    const proven = stop !== 0;
    if (!proven) {
      stop = lineEnd(max(stoppedAt, p));
      cutCount = cutsBefore;
    }
    if (stop >= end) break;
    store<u32>(record, p);
    store<u32>(record, stop, 4);
    store<u32>(record, u32(proven) | (cutCount << 1), 8);
    store<u32>(record, met, 12);
    record += recordStride;
    count++;
    p = stop + 1;
  }
  next = p;
  return count;
}

/** The line end after the one object of a line; 0 when the line is not proven. */
function objectLine(start: usize): usize {
  let p = skipSpace(start);
  if (load<u8>(p) !== 0x7b) return bad(p);
  p = objectEnd(p, nodes);
  if (p === 0) return 0;
  if (openedTwice) return bad(start);
  p = skipSpace(p);
  return load<u8>(p) === 0x0a ? p : bad(p);
}

/** The end of an object on a wanted path, its wanted values noted. */
function objectEnd(p: usize, node: usize): usize {
  p = skipSpace(p + 1);
  if (load<u8>(p) === 0x7d) return p + 1;
  while (true) {
    if (load<u8>(p) !== 0x22) return bad(p);
    const key = p + 1;
    const quote = stringEnd(key);
    // An escaped key may spell a wanted one.
    if (quote === 0 || (stringFlags & hasEscapes) !== 0) return quote === 0 ? 0 : bad(p);
    const entry = entryOf(node, key, quote - key);
    p = quote + 1;
    // The usual separators first.
    if (load<u16>(p) === 0x203a) p += 2;
    else {
      p = skipSpace(p);
      if (load<u8>(p) !== 0x3a) return bad(p);
      p++;
    }
    p = valueEnd(skipSpace(p), entry);
    if (p === 0) return 0;
    p = skipSpace(p);
    const c = load<u8>(p);
    if (c !== 0x2c) return c === 0x7d ? p + 1 : bad(p);
    p = skipSpace(p + 1);
  }
}

/** The entry of a key in a node's table; 0 when it is not wanted. */
// @ts-ignore: decorator
@inline
function entryOf(node: usize, key: usize, length: usize): usize {
  let prefix = load<u64>(key);
  if (length < 8) prefix &= ((<u64>1) << (<u64>length << 3)) - 1;
  let slot = <usize>((prefix * 0x9e3779b97f4a7c15) >> 58) ^ (length & 63);
  while (true) {
    const index = load<u8>(node + slot);
    if (index === 0) return 0;
    const entry = entries + (<usize>index << 5);
    if (load<u64>(entry) === prefix && load<u32>(entry, 8) === <u32>length && sameKey(key, load<u32>(entry, 12), length)) return entry;
    slot = (slot + 1) & 63;
  }
}

// @ts-ignore: decorator
@inline
function sameKey(a: usize, b: usize, length: usize): bool {
  for (let at: usize = 8; at < length; at++) if (load<u8>(a + at) !== load<u8>(b + at)) return false;
  return true;
}

function valueEnd(p: usize, entry: usize): usize {
  const c = load<u8>(p);
  if (entry !== 0 && load<u32>(entry, 20) === wantsHash) {
    const end = repeatedEnd(p, entry);
    if (end !== 0) return end;
  }
  if (c === 0x22) {
    const quote = stringEnd(p + 1);
    if (quote === 0) return 0;
    if (entry !== 0) noteString(entry, p + 1, quote);
    return quote + 1;
  }
  if (c === 0x7b || c === 0x5b) return containerEnd(p, entry, c);
  if (c === 0x74 || c === 0x66 || c === 0x6e) {
    const end = wordEnd(p);
    if (end !== 0 && entry !== 0) note(entry, c === 0x74 ? kindTrue : c === 0x66 ? kindFalse : kindNull, p, end);
    return end;
  }
  const end = numberEnd(p);
  if (end !== 0 && entry !== 0) {
    const slot = note(entry, numberIsExact ? kindNumber : kindNumber | (inexactNumber << 8), p, end);
    if (slot !== 0) store<f64>(slot, numberValue, 16);
  }
  return end;
}

/** The end of a hashed text or list that is the same as in the line before, as those of a group of rollouts are: what is known of it is taken over. 0 where it is another one. */
function repeatedEnd(p: usize, entry: usize): usize {
  const field = load<i32>(entry, 16);
  const slot = record + headerBytes + <usize>field * slotBytes;
  const known = slot - recordStride;
  if (record === records || (load<u32>(record - recordStride, 12) & (<u32>1 << field)) === 0) return 0;
  const kind = load<u8>(known);
  if (kind !== kindString && kind !== kindList) return 0;
  const quote = usize(kind === kindString);
  const from = load<u32>(known, 4) - quote;
  const length = load<u32>(known, 8) + quote - from;
  if (!sameBytes(from, p, length)) return 0;
  met |= <u32>1 << field;
  v128.store(slot, v128.load(known));
  v128.store(slot, v128.load(known, 16), 16);
  store<u32>(slot, p + quote, 4);
  store<u32>(slot, p + length - quote, 8);
  return p + length;
}

/** Whether bytes are those of a value at `a`. No value holds the line end that stands behind all lines, so it is not read beyond that. */
function sameBytes(a: usize, b: usize, length: usize): bool {
  let left = <isize>length;
  for (; left >= 64; left -= 64) {
    const first = v128.or(differing(a, b), differing(a + 16, b + 16));
    if (v128.any_true(v128.or(first, v128.or(differing(a + 32, b + 32), differing(a + 48, b + 48))))) return false;
    a += 64;
    b += 64;
  }
  for (; left > 0; left -= 16) {
    const wanted = (1 << <i32>min<isize>(left, 16)) - 1;
    if ((i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b))) & wanted) !== 0) return false;
    a += 16;
    b += 16;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function differing(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

function containerEnd(p: usize, entry: usize, c: u8): usize {
  if (entry === 0) return nestedEnd(p);
  let end: usize;
  if (c === 0x7b) {
    const node = load<i32>(entry, 24);
    end = node < 0 ? nestedEnd(p) : objectEnd(p, nodes + (<usize>node << 6));
  } else {
    const element = load<u32>(entry, 28);
    end = element === 0 ? nestedEnd(p) : elementsEnd(p, entries + (<usize>element << 5));
  }
  if (end !== 0) note(entry, c === 0x7b ? kindObject : kindList, p, end);
  return end;
}

/** The end of a list on a wanted path; `entry` is that of what it holds. */
function elementsEnd(p: usize, entry: usize): usize {
  p = skipSpace(p + 1);
  if (load<u8>(p) === 0x5d) return p + 1;
  let wanted = (load<u32>(entry, 20) & skipsFirst) !== 0 ? 0 : entry;
  while (true) {
    p = valueEnd(p, wanted);
    if (p === 0) return 0;
    p = skipSpace(p);
    const c = load<u8>(p);
    if (c !== 0x2c) return c === 0x5d ? p + 1 : bad(p);
    p = skipSpace(p + 1);
    wanted = entry;
  }
}

/** Notes where a wanted value lies; returns its slot, 0 when the line is given up or the value itself is not wanted. */
function note(entry: usize, kind: u32, start: usize, end: usize): usize {
  const wants = load<u32>(entry, 20);
  // Of two objects under one key only the second counts, with all that lies in it: not for this scanner.
  if ((wants & holdsFields) !== 0) {
    const bit = <u64>1 << <u64>((entry - entries) >> 5);
    if ((opened & bit) !== 0) openedTwice = true;
    opened |= bit;
  }
  if ((wants & leavesOut) !== 0 && kind >= kindObject) cut(start, end);
  const field = load<i32>(entry, 16);
  if (field < 0) return 0;
  const slot = record + headerBytes + <usize>field * slotBytes;
  met |= <u32>1 << field;
  store<u32>(slot, kind);
  store<u32>(slot, start, 4);
  store<u32>(slot, end, 8);
  if ((wants & wantsHash) !== 0) store<u64>(slot, hashBytes(start, end - start, seed), 24);
  return slot;
}

/** Notes a value to leave out, its quotes included where it is a text. */
function cut(start: usize, end: usize): void {
  if (cutCount === maxCuts) return;
  const at = cuts + <usize>cutCount * cutBytes;
  store<u32>(at, start);
  store<u32>(at, end, 4);
  store<u32>(at, codePoints, 8);
  cutCount++;
}

// @ts-ignore: decorator
@inline
function noteString(entry: usize, start: usize, end: usize): void {
  if ((load<u32>(entry, 20) & measures) !== 0 && end - start >= measuredBytes) cut(start - 1, end + 1);
  const slot = note(entry, kindString | (stringFlags << 8), start, end);
  if (slot !== 0) store<u32>(slot, codePoints, 12);
}
