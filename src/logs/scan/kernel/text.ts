// What every part of the kernel needs of a line: the place where it stopped being proven, white space, hex digits.

/** No line end lies between a line's start and the place where it was found not to be proven. */
export let stoppedAt: usize = 0;

/** Notes where a line stopped being proven; returns 0, the address that means so. */
export function bad(at: usize): usize {
  stoppedAt = at;
  return 0;
}

/** One bit for each byte of four vectors: the highest one. */
// @ts-ignore: decorator
@inline
export function mask64(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = i8x16.bitmask(a) | (i8x16.bitmask(b) << 16);
  const high = i8x16.bitmask(c) | (i8x16.bitmask(d) << 16);
  return <u64><u32>low | (<u64><u32>high << 32);
}

/** The first byte at or after `p` that is no white space within a line. */
// @ts-ignore: decorator
@inline
export function skipSpace(p: usize): usize {
  let c = load<u8>(p);
  while (c === 0x20 || c === 0x09 || c === 0x0d) c = load<u8>(++p);
  return p;
}

// @ts-ignore: decorator
@inline
export function isHex(p: usize): bool {
  const c = load<u8>(p);
  return <u32>(c - 0x30) < 10 || <u32>((c | 0x20) - 0x61) < 6;
}

/** The line end at or after `p`; the buffer ends with some. */
export function lineEnd(p: usize): usize {
  const newline = i8x16.splat(0x0a);
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), newline));
    if (found !== 0) return p + ctz(found);
    p += 16;
  }
}
