// The places in these functions are followed by a line end somewhere, which no value holds: none of them runs off the buffer.
// The end of a value is the place after it, or -1 when it is not valid JSON.

/** The first byte at or after `at` that is no white space within a line. */
export function skipSpace(bytes: Buffer, at: number): number {
  let place = at;
  for (let byte = bytes[place]; byte === 0x20 || byte === 0x09 || byte === 0x0d; byte = bytes[++place]);
  return place;
}

const [trueWord, falseWord, nullWord] = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')];

/** The place after true, false or null. */
export function wordEnd(bytes: Buffer, at: number): number {
  const first = bytes[at];
  const word = first === 0x74 ? trueWord : first === 0x66 ? falseWord : nullWord;
  return spells(bytes, at, word) ? at + word.length : -1;
}

/** Whether the bytes at a place are these. */
export function spells(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

/** The place after a number. */
export function numberEnd(bytes: Buffer, start: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const end = digitsEnd(bytes, first);
  const isWhole = end > first && (bytes[first] !== 0x30 || end === first + 1);
  return isWhole ? exponentEnd(bytes, fractionEnd(bytes, end)) : -1;
}

function fractionEnd(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x2e) return at;
  const end = digitsEnd(bytes, at + 1);
  return end === at + 1 ? -1 : end;
}

function exponentEnd(bytes: Buffer, at: number): number {
  if (at < 0 || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  const digits = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
  const end = digitsEnd(bytes, digits);
  return end === digits ? -1 : end;
}

const powersOfTen = Array.from({ length: 15 }, (_, zeros) => Number(`1e${zeros}`));

/** The value of the number between two places. */
export function numberOf(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const value = decimalOf(bytes, first, end);
  if (value === null) return Number(bytes.toString('latin1', start, end));
  return first > start ? -value : value;
}

/** The nearest double to a number of few digits and no exponent; null for another one. */
function decimalOf(bytes: Buffer, start: number, end: number): number | null {
  // Doubles hold the digits and the power of ten exactly, and so their quotient is the nearest one.
  if (end - start > powersOfTen.length) return null;
  let digits = 0;
  let point = end - 1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x39) return null;
    if (byte === 0x2e) point = at;
    else digits = digits * 10 + byte - 0x30;
  }
  return digits / (powersOfTen[end - 1 - point] ?? Number.NaN);
}

function digitsEnd(bytes: Buffer, at: number): number {
  let end = at;
  for (let byte = bytes[end] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++end] ?? 0);
  return end;
}
