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

// Constants behind mutable globals: V8 keeps splats of them in registers, and re-materialises those of literals.
let quoteByte: i32 = 0x22;
let backslashByte: i32 = 0x5c;
let letterN: i32 = 0x6e;
let lastControl: i32 = 0x1f;
let firstLead: i32 = -64;
const oddBits: u64 = 0xaaaaaaaaaaaaaaaa;

/** The `u` of the low half that the surrogate escape before it requires. */
let lowHalfAt: usize = 0;
let rareCount: u32 = 0;

/** The closing quote of a string whose text begins at `start`; 0 when the string is not proven. */
export function stringEnd(start: usize): usize {
  const v = v128.load(start);
  const special = v128.or(
    v128.or(i8x16.eq(v, i8x16.splat(<i8>quoteByte)), i8x16.eq(v, i8x16.splat(<i8>backslashByte))),
    v128.or(i8x16.le_u(v, i8x16.splat(<i8>lastControl)), v),
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
  const quote = i8x16.splat(<i8>quoteByte);
  const backslash = i8x16.splat(<i8>backslashByte);
  const newlineEscape = i8x16.splat(<i8>letterN);
  const control = i8x16.splat(<i8>lastControl);
  const lead = i8x16.splat(<i8>firstLead);
  let flags: u32 = 0;
  let nextEscaped: u64 = 0;
  // Bytes that are not the only byte of their code point.
  let extra: u64 = 0;
  let highBefore = false;
  lowHalfAt = 0;
  let at = start;
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const quotes = mask64(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const slashes = mask64(i8x16.eq(a, backslash), i8x16.eq(b, backslash), i8x16.eq(c, backslash), i8x16.eq(d, backslash));
    const letters = mask64(i8x16.eq(a, newlineEscape), i8x16.eq(b, newlineEscape), i8x16.eq(c, newlineEscape), i8x16.eq(d, newlineEscape));
    // An odd run of backslashes escapes the character after it (the arithmetic of simdjson).
    const codes = (((slashes & ~nextEscaped) << 1) | oddBits) - (slashes & ~nextEscaped) ^ oddBits;
    const escaped = codes ^ (slashes | nextEscaped);
    const escapes = codes & slashes;
    nextEscaped = escapes >> 63;
    const closing = quotes & ~escaped;
    const lowest = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    const hasControl = v128.any_true(i8x16.le_u(lowest, control));
    const high = i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) !== 0;
    const inside = closing === 0 ? u64.MAX_VALUE : (closing & -closing) - 1;
    if (hasControl) {
      const controls = mask64(i8x16.le_u(a, control), i8x16.le_u(b, control), i8x16.le_u(c, control), i8x16.le_u(d, control));
      if ((controls & inside) !== 0) return bad(at);
    }
    if (high || highBefore) {
      // A sequence that is cut short is noticed at the byte after it, here the closing quote.
      if (!validUtf8(at, inside | (closing & -closing))) return bad(at);
      const tails = mask64(i8x16.lt_s(a, lead), i8x16.lt_s(b, lead), i8x16.lt_s(c, lead), i8x16.lt_s(d, lead));
      extra += popcnt(tails & inside);
      flags |= hasNonAscii;
      highBefore = high;
    }
    const rare = escaped & ~(quotes | slashes | letters) & inside;
    if (rare !== 0) {
      if (!rareEscapes(at, rare)) return bad(at);
      extra += rareCount >> 1;
      flags |= (rareCount & 1) * hasRareEscapes;
    }
    const count = popcnt(escapes & inside);
    extra += count;
    flags |= u32(count !== 0);
    if (closing !== 0) {
      const end = at + <usize>ctz(closing);
      codePoints = <u32>(end - start) - <u32>extra;
      stringFlags = flags;
      return end;
    }
    at += 64;
  }
}

/** Checks escapes other than of quotes, backslashes and line feeds; the bytes they have too many go to `rareCount`, shifted by a bit that says whether the spelling is rare. */
function rareEscapes(at: usize, where: u64): bool {
  let extra: u32 = 0;
  let rare: u32 = 0;
  for (let left = where; left !== 0; left &= left - 1) {
    const p = at + <usize>ctz(left);
    const letter = load<u8>(p);
    // b, f, r, t
    if (letter === 0x74 || letter === 0x72 || letter === 0x62 || letter === 0x66) continue;
    rare = 1;
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
  rareCount = (extra << 1) | rare;
  return true;
}

/** 1 for the `u` of a high surrogate's escape, 2 for a low one's, else 0. */
function surrogateHalf(p: usize): u32 {
  if ((load<u8>(p + 1) | 0x20) !== 0x64) return 0;
  const second = load<u8>(p + 2) | 0x20;
  if (second === 0x38 || second === 0x39 || second === 0x61 || second === 0x62) return 1;
  return second >= 0x63 && second <= 0x66 ? 2 : 0;
}
