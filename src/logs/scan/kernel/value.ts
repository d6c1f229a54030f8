// JSON values other than strings: numbers with their value, words, and nested values checked and passed over.
import { numberListEnd, wordListEnd } from './list';
import { stringEnd } from './string';
import { bad, skipSpace } from './text';

/** Results of the last `numberEnd`; the value is only right where it is exact. */
export let numberValue: f64 = 0;
export let numberIsExact: bool = false;

const powersOfTen = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
const maxExact: u64 = 1 << 53;
/** So many digits always fit into 64 bits. */
const maxDigits: i32 = 19;
const maxPower: i32 = 22;
const maxDepth: i32 = 64;

// @ts-ignore: decorator
@inline
function isDigit(c: u8): bool {
  return <u8>(c - 0x30) < 10;
}

/** The end of a number; 0 when it is none that JSON knows. */
export function numberEnd(start: usize): usize {
  let p = start;
  let c = load<u8>(p);
  const negative = c === 0x2d;
  if (negative) c = load<u8>(++p);
  if (!isDigit(c)) return bad(p);
  const first = p;
  let mantissa: u64 = 0;
  while (isDigit(c)) {
    mantissa = mantissa * 10 + <u64>(c - 0x30);
    c = load<u8>(++p);
  }
  if (load<u8>(first) === 0x30 && p - first > 1) return bad(p);
  let digits = <i32>(p - first);
  let power = 0;
  if (c === 0x2e) {
    const point = p;
    c = load<u8>(++p);
    while (isDigit(c)) {
      mantissa = mantissa * 10 + <u64>(c - 0x30);
      c = load<u8>(++p);
    }
    power = <i32>(point - p) + 1;
    if (power === 0) return bad(p);
    digits -= power;
  }
  if ((c | 0x20) === 0x65) {
    c = load<u8>(++p);
    const down = c === 0x2d;
    if (down || c === 0x2b) c = load<u8>(++p);
    if (!isDigit(c)) return bad(p);
    let exponent = 0;
    while (isDigit(c)) {
      if (exponent < 10000) exponent = exponent * 10 + <i32>(c - 0x30);
      c = load<u8>(++p);
    }
    power += down ? -exponent : exponent;
  }
  setNumber(negative, mantissa, power, digits);
  return p;
}

// @ts-ignore: decorator
@inline
function setNumber(negative: bool, mantissa: u64, power: i32, digits: i32): void {
  // Two exact doubles and one rounding (Clinger's fast path); everything else is left to the reader of the bytes.
  numberIsExact = digits <= maxDigits && mantissa <= maxExact && power >= -maxPower && power <= maxPower;
  if (!numberIsExact) return;
  const scale = load<f64>(powersOfTen + (<usize>abs(power) << 3));
  const value = power < 0 ? <f64>mantissa / scale : <f64>mantissa * scale;
  numberValue = negative ? -value : value;
}

/** The end of true, false or null; 0 when it is none of them. */
export function wordEnd(p: usize): usize {
  const word = load<u32>(p);
  if (word === 0x65757274 || word === 0x6c6c756e) return p + 4;
  if (word === 0x736c6166 && load<u8>(p, 4) === 0x65) return p + 5;
  return bad(p);
}

// @ts-ignore: decorator
@inline
function scalarEnd(p: usize, c: u8): usize {
  if (c === 0x22) {
    const quote = stringEnd(p + 1);
    return quote === 0 ? 0 : quote + 1;
  }
  return c === 0x2d || isDigit(c) ? numberEnd(p) : wordEnd(p);
}

/** The value behind the key whose first quote is at `p`; 0 when there is no key and colon. */
// @ts-ignore: decorator
@inline
function afterKey(p: usize): usize {
  if (load<u8>(p) !== 0x22) return bad(p);
  const quote = stringEnd(p + 1);
  if (quote === 0) return 0;
  const colon = skipSpace(quote + 1);
  return load<u8>(colon) === 0x3a ? skipSpace(colon + 1) : bad(colon);
}

/** The end of a list of nothing but numbers or words whose first value is at `p`; 0 when it is to be read value by value. */
// @ts-ignore: decorator
@inline
function plainListEnd(p: usize): usize {
  const c = load<u8>(p);
  if (c === 0x2d || isDigit(c)) return numberListEnd(p);
  return c === 0x74 || c === 0x66 || c === 0x6e ? wordListEnd(p) : 0;
}

/** The end of the object or list that begins at `p`, its grammar checked; 0 when it is not proven or too deep. */
export function nestedEnd(p: usize): usize {
  // One bit a level: 1 for an object.
  let objects: u64 = 0;
  let depth = 0;
  while (true) {
    const c = load<u8>(p);
    const list = c === 0x5b && depth < maxDepth ? plainListEnd(p + 1) : 0;
    if (list !== 0) {
      if (depth === 0) return list;
      p = skipSpace(list);
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxDepth) return bad(p);
      const isObject = c === 0x7b;
      objects = (objects << 1) | u64(isObject);
      p = skipSpace(p + 1);
      // The closing brackets come two after the opening ones.
      if (load<u8>(p) !== c + 2) {
        if (isObject && (p = afterKey(p)) === 0) return 0;
        continue;
      }
    } else {
      p = scalarEnd(p, c);
      if (p === 0) return 0;
      p = skipSpace(p);
    }
    // A value has ended: the next one, or the end of what holds it. `p` is at a comma or a bracket.
    while (true) {
      const isObject = (objects & 1) !== 0;
      const d = load<u8>(p);
      if (d === 0x2c) {
        p = skipSpace(p + 1);
        if (isObject && (p = afterKey(p)) === 0) return 0;
        break;
      }
      if (d !== (isObject ? 0x7d : 0x5d)) return bad(p);
      objects >>= 1;
      p++;
      if (--depth === 0) return p;
      p = skipSpace(p);
    }
  }
}
