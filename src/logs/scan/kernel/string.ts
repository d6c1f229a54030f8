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

const oddBits: u64 = 0xaaaaaaaaaaaaaaaa;

/** The `u` of the low half that the surrogate escape before it requires. */
let lowHalfAt: usize = 0;
/** Tails that the end of the block before asks for. */
let owedTails: u64 = 0;
/** Whether they may be of a sequence whose second byte is not free. */
let owesDelicately: bool = false;
/** Bytes that are not the only one of their code point, escapes' second ones aside. */
let extra: u32 = 0;

/** The closing quote of a string whose text begins at `start`; 0 when the string is not proven. */
export function stringEnd(start: usize): usize {
  const v = v128.load(start);
  const special = v128.or(
    v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
    v128.or(i8x16.le_u(v, i8x16.splat(0x1f)), v),
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

/** Leads whose second byte is not free, or that begin no sequence at all; those of four bytes are such too. */
// @ts-ignore: decorator
@inline
function hasDelicateLead(a: v128, b: v128, c: v128, d: v128): bool {
  return v128.any_true(v128.or(v128.or(delicateLeads(a), delicateLeads(b)), v128.or(delicateLeads(c), delicateLeads(d))));
}

// @ts-ignore: decorator
@inline
function delicateLeads(v: v128): v128 {
  const overlong2 = i8x16.eq(v128.and(v, i8x16.splat(<i8>0xfe)), i8x16.splat(<i8>0xc0));
  return v128.or(overlong2, v128.or(i8x16.eq(v, i8x16.splat(<i8>0xe0)), i8x16.eq(v, i8x16.splat(<i8>0xed))));
}

function longStringEnd(start: usize): usize {
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const letterN = i8x16.splat(0x6e);
  const space = i8x16.splat(0x20);
  let nextEscaped: u64 = 0;
  let escapeCount: u64 = 0;
  stringFlags = 0;
  extra = 0;
  lowHalfAt = 0;
  owedTails = 0;
  owesDelicately = false;
  let at = start;
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const quotes = mask64(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const slashes = mask64(i8x16.eq(a, backslash), i8x16.eq(b, backslash), i8x16.eq(c, backslash), i8x16.eq(d, backslash));
    const letters = mask64(i8x16.eq(a, letterN), i8x16.eq(b, letterN), i8x16.eq(c, letterN), i8x16.eq(d, letterN));
    // An odd run of backslashes escapes the character after it (the arithmetic of simdjson).
    const single = slashes & ~nextEscaped;
    const codes = (((single << 1) | oddBits) - single) ^ oddBits;
    const escaped = codes ^ (slashes | nextEscaped);
    const escapes = codes & slashes;
    nextEscaped = escapes >> 63;
    const closing = quotes & ~escaped;
    const inside = (closing - 1) & ~closing;
    // Control characters, and as signed bytes all that is not ASCII.
    const lowest = i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d));
    if (v128.any_true(i8x16.lt_s(lowest, space)) || owedTails !== 0) {
      if (!unusualBytes(at, inside, closing & -closing)) return bad(at);
    }
    const rare = escaped & ~(quotes | slashes | letters) & inside;
    if (rare !== 0 && !rareEscapes(at, rare)) return bad(at);
    escapeCount += popcnt(escapes & inside);
    if (closing !== 0) {
      const end = at + <usize>ctz(closing);
      codePoints = <u32>(end - start) - <u32>escapeCount - extra;
      stringFlags |= u32(escapeCount !== 0) * hasEscapes;
      return end;
    }
    at += 64;
  }
}

/** Checks a block with bytes that are no printable ASCII; those up to the closing quote have to be valid. */
function unusualBytes(at: usize, inside: u64, closing: u64): bool {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const control = i8x16.splat(0x1f);
  const controls = mask64(i8x16.le_u(a, control), i8x16.le_u(b, control), i8x16.le_u(c, control), i8x16.le_u(d, control));
  if ((controls & inside) !== 0) return false;
  const lead2 = i8x16.splat(<i8>0xc0);
  const lead3 = i8x16.splat(<i8>0xe0);
  const lead4 = i8x16.splat(<i8>0xf0);
  const tails = mask64(i8x16.lt_s(a, lead2), i8x16.lt_s(b, lead2), i8x16.lt_s(c, lead2), i8x16.lt_s(d, lead2));
  const leads = mask64(a, b, c, d) & ~tails;
  const leads3 = mask64(i8x16.ge_u(a, lead3), i8x16.ge_u(b, lead3), i8x16.ge_u(c, lead3), i8x16.ge_u(d, lead3));
  const leads4 = mask64(i8x16.ge_u(a, lead4), i8x16.ge_u(b, lead4), i8x16.ge_u(c, lead4), i8x16.ge_u(d, lead4));
  // Every lead is followed by its tails, and by no other; a sequence that is cut short is noticed at the byte after it, here the closing quote.
  const wanted = inside | closing;
  const expected = owedTails | (leads << 1) | (leads3 << 2) | (leads4 << 3);
  if (((expected ^ tails) & wanted) !== 0) return false;
  owedTails = (leads >> 63) | (leads3 >> 62) | (leads4 >> 61);
  const delicate = leads4 !== 0 || hasDelicateLead(a, b, c, d);
  if ((delicate || owesDelicately) && !validUtf8(at, wanted)) return false;
  owesDelicately = delicate && owedTails !== 0;
  extra += <u32>popcnt(tails & inside);
  stringFlags |= hasNonAscii;
  return true;
}

/** Checks escapes other than of quotes, backslashes and line feeds. */
function rareEscapes(at: usize, where: u64): bool {
  for (let left = where; left !== 0; left &= left - 1) {
    const p = at + <usize>ctz(left);
    const letter = load<u8>(p);
    // t, r, b, f
    if (letter === 0x74 || letter === 0x72 || letter === 0x62 || letter === 0x66) continue;
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
