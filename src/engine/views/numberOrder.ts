/** Fewer numbers than these are compared with each other. */
const fewNumbers = 1024;
const digitBits = 16;
const digits = 64 / digitBits;
const digitMask = (1 << digitBits) - 1;

/**
 * The places of numbers from the least to the greatest; NaN comes last, and equal ones stay in the order in which
 * `places` has them, which is that of the numbers themselves by default. Very many are put in order digit by digit,
 * which takes as long as a few looks at each. Both arrays are used up.
 */
export function ascending(keys: Float64Array, places: Int32Array = new Int32Array(keys.length).map((_, place) => place)): Int32Array {
  if (keys.length < fewNumbers) return inOrder(keys, places);
  const words = sortableWords(keys);
  let from = places;
  let to: Int32Array = new Int32Array(keys.length);
  for (let digit = 0; digit < digits; digit++) {
    const starts = startsOf(words, digit);
    if (starts === null) continue;
    for (let rank = 0; rank < from.length; rank++) {
      const place = from[rank] ?? 0;
      const value = digitOf(words, place, digit);
      const at = starts[value] ?? 0;
      starts[value] = at + 1;
      to[at] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Numbers whose ascending order is the descending one of others; NaN stays last. */
export function descendingKeys(keys: Float64Array): Float64Array<ArrayBuffer> {
  const turned = new Float64Array(keys.length);
  for (let place = 0; place < keys.length; place++) turned[place] = -(keys[place] ?? 0);
  return turned;
}

function inOrder(keys: Float64Array, places: Int32Array): Int32Array {
  const ranks = Array.from(places, (place, rank) => ({ place, rank, key: keys[place] ?? NaN }));
  const order = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : a - b;
  };
  return Int32Array.from(ranks.sort((a, b) => order(a.key, b.key) || a.rank - b.rank), ({ place }) => place);
}

/** Makes of each number two words, the low one first, that are ordered as it is: sign and exponent lead, and all bits of what is negative are turned over. */
function sortableWords(numbers: Float64Array): Uint32Array {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
  for (let low = 0; low < words.length; low += 2) {
    const key = numbers[low / 2] ?? 0;
    // 0 and -0 are equal.
    if (key === 0) numbers[low / 2] = 0;
    // NaN becomes greater than all others.
    if (Number.isNaN(key)) words.fill(0xffffffff, low, low + 2);
    else turn(words, low);
  }
  return words;
}

function turn(words: Uint32Array, low: number): void {
  const high = words[low + 1] ?? 0;
  const isNegative = high >>> 31 === 1;
  words[low + 1] = isNegative ? ~high : high | 0x80000000;
  if (isNegative) words[low] = ~(words[low] ?? 0);
}

function digitOf(words: Uint32Array, place: number, digit: number): number {
  return ((words[2 * place + (digit >> 1)] ?? 0) >>> ((digit & 1) * digitBits)) & digitMask;
}

/** Where the numbers of each value of a digit begin; null where it is the same in all. */
function startsOf(words: Uint32Array, digit: number): Int32Array | null {
  const counts = new Int32Array(1 << digitBits);
  const length = words.length / 2;
  for (let place = 0; place < length; place++) {
    const value = digitOf(words, place, digit);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  if (counts[digitOf(words, 0, digit)] === length) return null;
  for (let value = 0, before = 0; value <= digitMask; value++) {
    const count = counts[value] ?? 0;
    counts[value] = before;
    before += count;
  }
  return counts;
}
