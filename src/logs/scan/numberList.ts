import { skipSpace } from './byteValues';
import type { LineBytes } from './stringReader';

/** What was read last of a list of numbers without exponents. The number of a state is the bit from which on an entry of `steps` holds the state that follows it. */
const state = { separator: 0, minus: 5, zero: 10, whole: 15, point: 20, fraction: 25, other: 30 } as const;

/** The characters that may follow a state, and the state after them. */
const grammar: readonly (readonly [from: number, characters: string, to: number])[] = [
  [state.separator, ' ', state.separator],
  [state.separator, '-', state.minus],
  [state.separator, '0', state.zero],
  [state.separator, '123456789', state.whole],
  [state.minus, '0', state.zero],
  [state.minus, '123456789', state.whole],
  [state.zero, '.', state.point],
  [state.zero, ',', state.separator],
  [state.whole, '0123456789', state.whole],
  [state.whole, '.', state.point],
  [state.whole, ',', state.separator],
  [state.point, '0123456789', state.fraction],
  [state.fraction, '0123456789', state.fraction],
  [state.fraction, ',', state.separator],
];

const expected = Buffer.from(' -.,0123456789');

// By the 16-bit number that two bytes make: the state after them for each of the six states before them. Shifted right by the
// state before, an entry has the state after them in its five lowest bits, which are all that the next shift looks at. The sign
// keeps `other` what it is.
const steps = new Int32Array(1 << 16);

function fillSteps(): void {
  const after = (from: number, byte: number): number => grammar.find((each) => each[0] === from && each[1].includes(String.fromCharCode(byte)))?.[2] ?? state.other;
  const before = Object.values(state).filter((each) => each !== state.other);
  const entry = (first: number, second: number): number => before.reduce<number>((bits, from) => bits | (after(after(from, first), second) << from), 1 << 31);
  steps.fill(entry(0, 0));
  for (const first of expected) for (const second of expected) steps[first | (second << 8)] = entry(first, second);
}

/** Goes on in a list from the value at `at` to a later one as long as the values are plain numbers; returns where it stopped. */
export function laterValue({ bytes, pairs }: LineBytes, at: number): number {
  const byte = bytes[at] ?? 0;
  // No digit and no minus.
  if (byte < 0x2d || byte > 0x39) return at;
  if (steps[0] === 0) fillSteps();
  // A pair begins at an even place.
  const before = (at & 1) === 0 ? state.separator : (steps[0x20 | (byte << 8)] ?? 0);
  let value = endOfSteps(pairs, (at + 1) >> 1, before) << 1;
  while (value > at && bytes[value - 1] !== 0x2c) value--;
  return skipSpace(bytes, Math.max(value, at));
}

/** Takes four pairs at once as long as the grammar allows; returns which was the first not taken. */
function endOfSteps(pairs: Uint16Array, start: number, stateBefore: number): number {
  let before = stateBefore;
  for (let place = start; ; place += 4) {
    const first = stepAt(pairs, place) >> before;
    const second = stepAt(pairs, place + 1) >> first;
    const third = stepAt(pairs, place + 2) >> second;
    const fourth = stepAt(pairs, place + 3) >> third;
    if ((fourth & 31) === state.other) return place;
    before = fourth;
  }
}

function stepAt(pairs: Uint16Array, place: number): number {
  return steps[pairs[place] ?? 0] ?? 0;
}
