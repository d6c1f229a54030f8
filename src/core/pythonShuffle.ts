import { sha512 } from '@noble/hashes/sha2';
import { utf8ToBytes } from '@noble/hashes/utils';

const stateLength = 624;
const shift = 397;

/**
 * The numbers 0 to `count - 1` in the order that Python's `random.Random(seed).shuffle` gives them for a text as seed:
 * a Mersenne Twister (Matsumoto and Nishimura 1998) seeded by the text and its SHA-512. What the trainer package draws
 * a pass over the dataset from.
 */
export function pythonShuffle(count: number, seed: string): Int32Array {
  const order = Int32Array.from({ length: count }, (_, at) => at);
  const twister = new Twister(keyOf(seed));
  for (let at = count - 1; at > 0; at--) {
    const other = below(twister, at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

function below(twister: Twister, limit: number): number {
  const bits = 32 - Math.clz32(limit);
  for (;;) {
    const value = twister.next() >>> (32 - bits);
    if (value < limit) return value;
  }
}

/** The seed as Python makes an integer of it, in 32-bit words, the lowest first. */
function keyOf(seed: string): number[] {
  const text = utf8ToBytes(seed);
  const bytes = [...text, ...sha512(text)].reverse();
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    words.push(((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0);
  }
  while (words.length > 1 && words.at(-1) === 0) words.pop();
  return words;
}

class Twister {
  private readonly state = new Uint32Array(stateLength);
  private read = stateLength;

  constructor(key: readonly number[]) {
    const { state } = this;
    state[0] = 19_650_218;
    for (let at = 1; at < stateLength; at++) state[at] = Math.imul(1_812_433_253, this.scrambled(at - 1)) + at;
    let at = 1;
    for (let round = 0; round < Math.max(stateLength, key.length); round++) {
      const entry = round % key.length;
      state[at] = ((state[at] ?? 0) ^ Math.imul(this.scrambled(at - 1), 1_664_525)) + (key[entry] ?? 0) + entry;
      at = this.following(at);
    }
    for (let round = 1; round < stateLength; round++) {
      state[at] = ((state[at] ?? 0) ^ Math.imul(this.scrambled(at - 1), 1_566_083_941)) - at;
      at = this.following(at);
    }
    state[0] = 0x8000_0000;
  }

  next(): number {
    if (this.read === stateLength) this.twist();
    let value = this.state[this.read++] ?? 0;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c_5680;
    value ^= (value << 15) & 0xefc6_0000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  private scrambled(at: number): number {
    const value = this.state[at] ?? 0;
    return value ^ (value >>> 30);
  }

  private following(at: number): number {
    if (at + 1 < stateLength) return at + 1;
    this.state[0] = this.state[stateLength - 1] ?? 0;
    return 1;
  }

  private twist(): void {
    const { state } = this;
    for (let at = 0; at < stateLength; at++) {
      const joined = ((state[at] ?? 0) & 0x8000_0000) | ((state[(at + 1) % stateLength] ?? 0) & 0x7fff_ffff);
      state[at] = (state[(at + shift) % stateLength] ?? 0) ^ (joined >>> 1) ^ ((joined & 1) * 0x9908_b0df);
    }
    this.read = 0;
  }
}
