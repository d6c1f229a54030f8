// JSON strings: where they end, whether they are valid, how many code points they hold. 64 bytes at a time.
import { bad, isHex, mask64 } from './text';
import { validUtf8 } from './utf8';

/** Flags of a string's slot; the TypeScript side knows them by the same numbers. */
export const hasEscapes: u32 = 1;
/** An escape that JSON.stringify would not write: the bytes are not the one spelling of the text. */
export const hasRareEscapes: u32 = 2;
export const hasNonAscii: u32 = 8;

/** Results of the last `stringEnd`. */
export let codePoints: u32 = 0;
export let stringFlags: u32 = 0;

/** Quotes, backslashes, `n`, `t`, spaces: 16 of each. Loaded, because the engine builds constants anew in every turn of a loop. */
const constants = memory.data<u64>([
  0x2222222222222222, 0x2222222222222222, 0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c, 0x6e6e6e6e6e6e6e6e, 0x6e6e6e6e6e6e6e6e,
  0x7474747474747474, 0x7474747474747474, 0x2020202020202020, 0x2020202020202020,
]);
const oddBits: u64 = 0xaaaaaaaaaaaaaaaa;

/** The state of the string in hand between its blocks. 1 where the block before ended in a backslash that escapes what follows. */
let nextEscaped: u64 = 0;
let escapeCount: u64 = 0;
/** The `u` of the low half that the surrogate escape before it requires. */
let lowHalfAt: usize = 0;
/** Bytes that are not the only one of their code point, escapes' second ones aside. */
let extra: u32 = 0;
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
  extra = 0;
  lowHalfAt = 0;
  let at = start;
  do {
    at = anyBlock(usualBlocks(at));
    if (at === 0) return 0;
  } while (!closed);
  codePoints = <u32>(at - start) - <u32>escapeCount - extra;
  stringFlags |= u32(escapeCount !== 0) * hasEscapes;
  return at;
}

/** The first block with the closing quote or with anything but the usual: ASCII, its usual escapes, code points that cannot be overlong. */
function usualBlocks(start: usize): usize {
  const quote = v128.load(constants);
  const backslash = v128.load(constants, 16);
  const letterN = v128.load(constants, 32);
  const letterT = v128.load(constants, 48);
  const space = v128.load(constants, 64);
  let before = nextEscaped;
  let count = escapeCount;
  let tailCount: u64 = 0;
  let at = start;
  while (true) {
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
    // An odd run of backslashes escapes the character after it (the arithmetic of simdjson).
    const single = slashes & ~before;
    const codes = (((single << 1) | oddBits) - single) ^ oddBits;
    const escaped = codes ^ (slashes | before);
    const escapes = codes & slashes;
    if (((quotes & ~escaped) | (escaped & ~(quotes | slashes | letters))) !== 0) break;
    // Control characters, and as signed bytes all that is not ASCII.
    if (i8x16.bitmask(i8x16.lt_s(i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d)), space)) !== 0) {
      if (v128.any_true(i8x16.lt_u(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), space)) || hasDelicateLead(a, b, c, d)) break;
      const tails = tailsOf(a, b, c, d);
      const leads = mask64(a, b, c, d) & ~tails;
      const leads3 = from(0xe0, a, b, c, d);
      // Every lead is followed by its tails, and by no other.
      if ((((leads << 1) | (leads3 << 2)) ^ tails) !== 0) break;
      // A code point that the block cuts belongs to the next one.
      const cut = (leads >> 63) + ((leads3 >> 61) & 2);
      tailCount += popcnt(tails << cut);
      count += popcnt(escapes);
      before = (escapes << cut) >> 63;
      at += 64 - <usize>cut;
      continue;
    }
    count += popcnt(escapes);
    before = escapes >> 63;
    at += 64;
  }
  nextEscaped = before;
  escapeCount = count;
  extra += <u32>tailCount;
  stringFlags |= u32(tailCount !== 0) * hasNonAscii;
  return at;
}

/** The closing quote in a block of any kind; without one the place after the block, which ends with a code point. 0 when it is not valid. */
function anyBlock(at: usize): usize {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const quotes = where(a, b, c, d, i8x16.splat(0x22));
  const slashes = where(a, b, c, d, i8x16.splat(0x5c));
  const single = slashes & ~nextEscaped;
  const codes = (((single << 1) | oddBits) - single) ^ oddBits;
  const escaped = codes ^ (slashes | nextEscaped);
  const escapes = codes & slashes;
  const closing = quotes & ~escaped;
  closed = closing !== 0;
  let length: u64 = closed ? ctz(closing) : 64;
  let inside = (closing - 1) & ~closing;
  const controls = i8x16.splat(0x1f);
  const wrong = mask64(i8x16.le_u(a, controls), i8x16.le_u(b, controls), i8x16.le_u(c, controls), i8x16.le_u(d, controls));
  if ((wrong & inside) !== 0) return bad(at);
  if ((mask64(a, b, c, d) & inside) !== 0) {
    const tails = tailsOf(a, b, c, d);
    const leads = mask64(a, b, c, d) & ~tails;
    const leads3 = from(0xe0, a, b, c, d);
    const leads4 = from(0xf0, a, b, c, d);
    // A sequence that is cut short is noticed at the byte after it, also at the closing quote.
    const checked = closed ? inside | (closing & -closing) : inside;
    if (((((leads << 1) | (leads3 << 2) | (leads4 << 3)) ^ tails) & checked) !== 0) return bad(at);
    if (hasDelicateLead(a, b, c, d) && !validUtf8(at, checked)) return bad(at);
    if (!closed) {
      length -= (leads >> 63) + ((leads3 >> 61) & 2) + ((leads4 >> 61) & 1) * 3;
      inside >>= 64 - length;
    }
    extra += <u32>popcnt(tails & inside);
    stringFlags |= hasNonAscii;
  }
  const rare = escaped & ~(quotes | slashes) & inside;
  if (rare !== 0 && !rareEscapes(at, rare)) return bad(at);
  escapeCount += popcnt(escapes & inside);
  nextEscaped = (escapes >> (length - 1)) & 1;
  return at + <usize>length;
}

// @ts-ignore: decorator
@inline
function where(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return mask64(i8x16.eq(a, byte), i8x16.eq(b, byte), i8x16.eq(c, byte), i8x16.eq(d, byte));
}

/** Bytes within a sequence. */
// @ts-ignore: decorator
@inline
function tailsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const lead = i8x16.splat(<i8>0xc0);
  return mask64(i8x16.lt_s(a, lead), i8x16.lt_s(b, lead), i8x16.lt_s(c, lead), i8x16.lt_s(d, lead));
}

/** Bytes from that one on. */
// @ts-ignore: decorator
@inline
function from(byte: u8, a: v128, b: v128, c: v128, d: v128): u64 {
  const below = i8x16.splat(<i8>(byte - 1));
  const above = mask64(i8x16.gt_s(a, below), i8x16.gt_s(b, below), i8x16.gt_s(c, below), i8x16.gt_s(d, below));
  // As signed bytes ASCII is above as well.
  return above & mask64(a, b, c, d);
}

/** Whether there is a lead whose second byte is not free, or that begins no sequence at all; those of four bytes are such too. */
// @ts-ignore: decorator
@inline
function hasDelicateLead(a: v128, b: v128, c: v128, d: v128): bool {
  const highest = i8x16.max_u(i8x16.max_u(a, b), i8x16.max_u(c, d));
  const delicate = v128.or(v128.or(delicateLeads(a), delicateLeads(b)), v128.or(delicateLeads(c), delicateLeads(d)));
  return v128.any_true(v128.or(delicate, i8x16.ge_u(highest, i8x16.splat(<i8>0xf0))));
}

// @ts-ignore: decorator
@inline
function delicateLeads(v: v128): v128 {
  // Of the leads of two and three bytes the low halves 0, 1 and d; the table gives nothing for indices beyond it.
  const table = i8x16(-1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0);
  return i8x16.swizzle(table, v128.xor(v128.and(v, i8x16.splat(<i8>0xdf)), i8x16.splat(<i8>0xc0)));
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
    extra += 4;
    const half = surrogateHalf(p);
    if (half === 2) {
      // A low half alone is no code point.
      if (lowHalfAt !== p) return false;
      extra += 1;
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
