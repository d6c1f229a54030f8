// JSON strings: where they end, whether they are valid but for their UTF-8, how many code points they then hold. 64 bytes at a time.
import { collect } from './collected';
import { bad, isHex, mask64 } from './text';

/** Flags of a string's slot; the TypeScript side knows them by the same numbers. */
export const hasEscapes: u32 = 1;
/** An escape that JSON.stringify would not write: the bytes are not the one spelling of the text. */
export const hasRareEscapes: u32 = 2;
export const hasNonAscii: u32 = 8;

/** Results of the last `stringEnd`. */
export let codePoints: u32 = 0;
export let stringFlags: u32 = 0;

/** Quotes, backslashes, `n`, `t`, spaces, the first byte after all tails. 16 of each: loaded, because the engine builds constants anew in every turn of a loop. */
const constants = memory.data<u64>([
  0x2222222222222222, 0x2222222222222222, 0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c, 0x6e6e6e6e6e6e6e6e, 0x6e6e6e6e6e6e6e6e,
  0x7474747474747474, 0x7474747474747474, 0x2020202020202020, 0x2020202020202020, 0xc0c0c0c0c0c0c0c0, 0xc0c0c0c0c0c0c0c0,
]);
const oddBits: u64 = 0xaaaaaaaaaaaaaaaa;
/** So much is looked through at a time: as many blocks as `usualBlocks` has bits for, and bytes can count what is in them. */
const countedBytes: usize = 63 * 64;

/** The state of the string in hand between its blocks. 1 where the block before ended in a backslash that escapes what follows. */
let nextEscaped: u64 = 0;
let escapeCount: u64 = 0;
/** Bytes that do not begin a code point, and those beyond the first two of each escape that is longer. */
let furtherBytes: u32 = 0;
/** The `u` of the low half that the surrogate escape before it requires. */
let lowHalfAt: usize = 0;
/** Whether the last block held the closing quote. */
let closed: bool = false;

/** The closing quote of a string whose text begins at `start`; 0 when the string is not proven. */
// @ts-ignore: decorator
@inline
export function stringEnd(start: usize): usize {
  const v = v128.load(start);
  const special = v128.or(
    v128.or(i8x16.eq(v, v128.load(constants)), i8x16.eq(v, v128.load(constants, 16))),
    i8x16.lt_s(v, v128.load(constants, 64)),
  );
  const first = i8x16.bitmask(special);
  if (first !== 0) {
    const at = ctz(first);
    if (load<u8>(start + at) === 0x22) {
      codePoints = at;
      stringFlags = 0;
      return start + at;
    }
  }
  return longStringEnd(start);
}

function longStringEnd(start: usize): usize {
  stringFlags = 0;
  nextEscaped = 0;
  escapeCount = 0;
  furtherBytes = 0;
  lowHalfAt = 0;
  closed = false;
  let at = start;
  do {
    const from = at;
    at = usualBlocks(from);
    if (at !== 0 && at - from < countedBytes) at = anyBlock(at);
    if (at === 0) return 0;
  } while (!closed);
  codePoints = <u32>(at - start) - <u32>escapeCount - furtherBytes;
  stringFlags |= u32(escapeCount !== 0) * hasEscapes;
  return at;
}

/** The first block with the closing quote or another escape than the usual ones, or the place so many bytes further on. 0 where a control character comes before. */
function usualBlocks(start: usize): usize {
  const quote = v128.load(constants);
  const backslash = v128.load(constants, 16);
  const letterN = v128.load(constants, 32);
  const letterT = v128.load(constants, 48);
  const space = v128.load(constants, 64);
  // One bit a block, that of the last one lowest: set where not all of it is ASCII and no control character. The bit above them all ends the loop as it comes to the top.
  let others: u64 = 1;
  let before = nextEscaped;
  let count = escapeCount;
  let at = start;
  do {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const slashes = where(a, b, c, d, backslash);
    const quotes = where(a, b, c, d, quote);
    const letters = mask64(
      v128.or(i8x16.eq(a, letterN), i8x16.eq(a, letterT)),
      v128.or(i8x16.eq(b, letterN), i8x16.eq(b, letterT)),
      v128.or(i8x16.eq(c, letterN), i8x16.eq(c, letterT)),
      v128.or(i8x16.eq(d, letterN), i8x16.eq(d, letterT)),
    );
    const marks = slashes | before;
    const codes = escapeCodes(marks, before);
    const escaped = codes ^ marks;
    // Quotes that are not escaped, and what is escaped and neither a quote nor usual.
    if (((escaped ^ quotes) & ~(slashes | letters)) !== 0) break;
    const least = i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d));
    others = (others << 1) + <u64>((<u32>i8x16.bitmask(i8x16.lt_s(least, space)) + 0xffff) >> 16);
    const escapes = codes & slashes;
    count += popcnt(escapes);
    before = escapes >> 63;
    at += 64;
  } while (<i64>others > 0);
  others ^= <u64>1 << (<u64>63 - clz(others));
  if (others !== 0 && !otherBlocks(at - 64, others)) return bad(start);
  nextEscaped = before;
  escapeCount = count;
  return at;
}

/** Looks into blocks that hold something else than plain ASCII, a bit for each from the last one on; false where it is a control character. */
function otherBlocks(last: usize, blocks: u64): bool {
  const lead = v128.load(constants, 80);
  let least = i8x16.splat(-1);
  let tails = i8x16.splat(0);
  for (let left = blocks; left !== 0; ) {
    const place = <u64>63 - clz(left);
    left ^= <u64>1 << place;
    const at = last - (<usize>place << 6);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    least = i8x16.min_u(least, i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)));
    tails = i8x16.sub(tails, i8x16.add(i8x16.add(i8x16.lt_s(a, lead), i8x16.lt_s(b, lead)), i8x16.add(i8x16.lt_s(c, lead), i8x16.lt_s(d, lead))));
    const marks = mask64(a, b, c, d);
    if (marks !== 0) collect(at, marks);
  }
  furtherBytes += sumOf(tails);
  stringFlags |= hasNonAscii;
  return !v128.any_true(i8x16.lt_u(least, v128.load(constants, 64)));
}

/** The closing quote in a block of any kind; without one the place after the block. 0 where a string must not be like that. */
function anyBlock(at: usize): usize {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const quotes = where(a, b, c, d, v128.load(constants));
  const slashes = where(a, b, c, d, v128.load(constants, 16));
  const marks = slashes | nextEscaped;
  const codes = escapeCodes(marks, nextEscaped);
  const escaped = codes ^ marks;
  const escapes = codes & slashes;
  const closing = quotes & ~escaped;
  closed = closing !== 0;
  const inside = (closing - 1) & ~closing;
  // Control characters, and as signed bytes all that is not ASCII.
  const special = below(a, b, c, d, v128.load(constants, 64)) & inside;
  if (special !== 0) {
    const marks = mask64(a, b, c, d) & inside;
    if (marks !== special) return bad(at);
    furtherBytes += <u32>popcnt(below(a, b, c, d, v128.load(constants, 80)) & inside);
    stringFlags |= hasNonAscii;
    collect(at, marks);
  }
  const rare = escaped & ~(quotes | slashes) & inside;
  if (rare !== 0 && !rareEscapes(at, rare)) return bad(at);
  escapeCount += popcnt(escapes & inside);
  nextEscaped = escapes >> 63;
  return at + <usize>(closed ? ctz(closing) : 64);
}

/** What with `marks` gives the characters that are escaped, and with the backslashes those that begin an escape: an odd run of backslashes escapes the character after it (the arithmetic of simdjson). `marks` are the backslashes and, as `before`, a first character that is escaped. */
// @ts-ignore: decorator
@inline
function escapeCodes(marks: u64, before: u64): u64 {
  const single = marks ^ before;
  return (((single << 1) | oddBits) - single) ^ oddBits;
}

// @ts-ignore: decorator
@inline
function where(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return mask64(i8x16.eq(a, byte), i8x16.eq(b, byte), i8x16.eq(c, byte), i8x16.eq(d, byte));
}

/** Bytes that are less, as signed ones. */
// @ts-ignore: decorator
@inline
function below(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return mask64(i8x16.lt_s(a, byte), i8x16.lt_s(b, byte), i8x16.lt_s(c, byte), i8x16.lt_s(d, byte));
}

/** The sum of 16 bytes. */
// @ts-ignore: decorator
@inline
function sumOf(bytes: v128): u32 {
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}

/** Checks escapes other than of quotes and backslashes. */
function rareEscapes(at: usize, where: u64): bool {
  for (let left = where; left !== 0; left &= left - 1) {
    const p = at + <usize>ctz(left);
    const letter = load<u8>(p);
    // n, t, r, b, f
    if (letter === 0x6e || letter === 0x74 || letter === 0x72 || letter === 0x62 || letter === 0x66) continue;
    stringFlags |= hasRareEscapes;
    if (letter === 0x2f) continue;
    if (letter !== 0x75 || !isHex(p + 1) || !isHex(p + 2) || !isHex(p + 3) || !isHex(p + 4)) return false;
    furtherBytes += 4;
    const half = surrogateHalf(p);
    if (half === 2) {
      // A low half alone is no code point.
      if (lowHalfAt !== p) return false;
      furtherBytes += 1;
    } else if (half === 1) {
      if (load<u16>(p + 5) !== 0x755c || surrogateHalf(p + 6) !== 2) return false;
      lowHalfAt = p + 6;
    }
  }
  return true;
}

/** 1 for the `u` of a high surrogate's escape, 2 for a low one's, else 0. */
function surrogateHalf(p: usize): u32 {
  if ((load<u8>(p + 1) | 0x20) !== 0x64) return 0;
  const second = load<u8>(p + 2) | 0x20;
  if (second === 0x38 || second === 0x39 || second === 0x61 || second === 0x62) return 1;
  return second >= 0x63 && second <= 0x66 ? 2 : 0;
}
