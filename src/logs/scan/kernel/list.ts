// Lists of numbers, 64 bytes at a time: per-token values are most of some logs. Only the spellings of the usual
// writers are known here (commas with or without one space); other lists are left to the reader of all values.
import { mask64 } from './text';

const all: u64 = 0xffffffffffffffff;

// @ts-ignore: decorator
@inline
function where(a: v128, b: v128, c: v128, d: v128, byte: i8): u64 {
  const wanted = i8x16.splat(byte);
  return mask64(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}

// @ts-ignore: decorator
@inline
function digitsOf(v: v128): v128 {
  // As signed bytes the ten lowest.
  return i8x16.lt_s(i8x16.add(v, i8x16.splat(0x50)), i8x16.splat(<i8>0x8a));
}

/** The place after the bracket that ends a list whose first number begins at `p`; 0 when the list is not proven here. */
export function numberListEnd(p: usize): usize {
  // What the last byte of the block before was, as the lowest bit. The bracket before the first number is like a comma.
  let commaBefore: u64 = 1;
  let spaceBefore: u64 = 0;
  let digitBefore: u64 = 0;
  let pointBefore: u64 = 0;
  let signBefore: u64 = 0;
  let exponentBefore: u64 = 0;
  let startSignBefore: u64 = 0;
  let leadingZeroBefore: u64 = 0;
  // Runs of digits after a point or an exponent that go on in this block.
  let fractionBefore: u64 = 0;
  let powerBefore: u64 = 0;
  while (true) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    let digits = mask64(digitsOf(a), digitsOf(b), digitsOf(c), digitsOf(d));
    let commas = where(a, b, c, d, 0x2c);
    let points = where(a, b, c, d, 0x2e);
    let minuses = where(a, b, c, d, 0x2d);
    let spaces = where(a, b, c, d, 0x20);
    let exponents: u64 = 0;
    let pluses: u64 = 0;
    let ends: u64 = 0;
    let inside: u64 = all;
    if ((digits | commas | points | minuses | spaces) !== all) {
      ends = where(a, b, c, d, 0x5d);
      inside = (ends - 1) & ~ends;
      digits &= inside;
      commas &= inside;
      points &= inside;
      minuses &= inside;
      spaces &= inside;
      exponents = (where(a, b, c, d, 0x65) | where(a, b, c, d, 0x45)) & inside;
      pluses = where(a, b, c, d, 0x2b) & inside;
      if ((digits | commas | points | minuses | spaces | exponents | pluses) !== inside) return 0;
    }
    const afterComma = (commas << 1) | commaBefore;
    const afterSpace = (spaces << 1) | spaceBefore;
    const afterDigit = (digits << 1) | digitBefore;
    const afterPoint = (points << 1) | pointBefore;
    const afterExponent = (exponents << 1) | exponentBefore;
    const signs = minuses | pluses;
    const afterSign = (signs << 1) | signBefore;
    const end = ends & -ends;
    // A value begins right behind a comma or its one space, with a minus or a digit.
    const starts = afterSpace | (afterComma & ~spaces);
    const startSigns = starts & minuses;
    let wrong = starts & ~(minuses | digits);
    wrong |= spaces & ~afterComma;
    // Digits stand before commas, points, exponents and the end; signs at the start or behind an exponent.
    wrong |= (commas | points | exponents | end) & ~afterDigit;
    wrong |= signs & ~(startSigns | afterExponent);
    // And digits follow points and signs, digits or signs exponents.
    wrong |= (afterPoint | afterSign) & ~digits;
    wrong |= afterExponent & ~(digits | signs);
    const afterStartSign = (startSigns << 1) | startSignBefore;
    // What follows a leading zero is no digit.
    const firstDigits = (starts | afterStartSign) & digits;
    wrong |= leadingZeroBefore & digits;
    if (((firstDigits << 1) & digits) !== 0) wrong |= ((firstDigits & where(a, b, c, d, 0x30)) << 1) & digits;
    // Behind the digits of a fraction comes no second point, behind those of an exponent neither point nor exponent.
    const fractions = afterPoint | fractionBefore;
    const fractionSum = digits + (fractions & digits);
    wrong |= (fractionSum | fractions) & ~digits & points;
    const powers = ((afterExponent | (afterSign & ~afterStartSign)) & digits) | powerBefore;
    const powerSum = digits + (powers & digits);
    wrong |= (powerSum | powers) & ~digits & (points | exponents);
    if ((wrong & (inside | end)) !== 0) return 0;
    if (ends !== 0) return p + <usize>ctz(ends) + 1;
    commaBefore = commas >> 63;
    spaceBefore = spaces >> 63;
    digitBefore = digits >> 63;
    pointBefore = points >> 63;
    signBefore = signs >> 63;
    exponentBefore = exponents >> 63;
    startSignBefore = startSigns >> 63;
    leadingZeroBefore = (firstDigits >> 63) & u64(load<u8>(p, 63) === 0x30);
    // A sum that is smaller than its summand ran over the end of the block.
    fractionBefore = u64(fractionSum < digits);
    powerBefore = u64(powerSum < digits);
    p += 64;
  }
}

/** The same for a list of true, false and null. */
export function wordListEnd(p: usize): usize {
  while (true) {
    const start = p;
    const word = load<u32>(p);
    if (word === 0x65757274 || word === 0x6c6c756e) p += 4;
    else if (word === 0x736c6166 && load<u8>(p, 4) === 0x65) p += 5;
    else return 0;
    const c = load<u8>(p);
    if (c === 0x5d) return p + 1;
    if (c !== 0x2c) return 0;
    p++;
    p += usize(load<u8>(p) === 0x20);
    // Mostly the same word comes again and again: what equals the bytes a word before is that word, at least twice in 16 bytes.
    const length = p - start;
    const step = length === 5 ? 15 : length === 6 ? 12 : 14;
    while (i8x16.all_true(i8x16.eq(v128.load(p), v128.load(p - length)))) p += step;
  }
}
