// UTF-8 validation of 64 bytes by three table look-ups (Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte").

import { mask64 } from './text';

const tooShort: u8 = 1;
const tooLong: u8 = 2;
const overlong3: u8 = 4;
const surrogate: u8 = 16;
const overlong2: u8 = 32;
const twoTails: u8 = 128;
const tooLarge: u8 = 8;
const tooLarge1000: u8 = 64;
const overlong4: u8 = 64;
const carry: u8 = tooShort | tooLong | twoTails;

const firstHigh = memory.data<u8>([
  tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, twoTails, twoTails, twoTails, twoTails,
  tooShort | overlong2, tooShort, tooShort | overlong3 | surrogate, tooShort | tooLarge | tooLarge1000 | overlong4,
]);
const firstLow = memory.data<u8>([
  carry | overlong3 | overlong2 | overlong4, carry | overlong2, carry, carry, carry | tooLarge, carry | tooLarge | tooLarge1000,
  carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000,
  carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000,
  carry | tooLarge | tooLarge1000 | surrogate, carry | tooLarge | tooLarge1000, carry | tooLarge | tooLarge1000,
]);
const secondHigh = memory.data<u8>([
  tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
  tooLong | overlong2 | twoTails | overlong3 | tooLarge1000 | overlong4, tooLong | overlong2 | twoTails | overlong3 | tooLarge,
  tooLong | overlong2 | twoTails | surrogate | tooLarge, tooLong | overlong2 | twoTails | surrogate | tooLarge,
  tooShort, tooShort, tooShort, tooShort,
]);

// @ts-ignore: decorator
@inline
function errors(p: usize): v128 {
  const v = v128.load(p);
  const before = v128.load(p - 1);
  const third = i8x16.sub_sat_u(v128.load(p - 2), i8x16.splat(0x60));
  const fourth = i8x16.sub_sat_u(v128.load(p - 3), i8x16.splat(0x70));
  const special = v128.and(
    v128.and(
      i8x16.swizzle(v128.load(firstHigh), i8x16.shr_u(before, 4)),
      i8x16.swizzle(v128.load(firstLow), v128.and(before, i8x16.splat(0x0f))),
    ),
    i8x16.swizzle(v128.load(secondHigh), i8x16.shr_u(v, 4)),
  );
  return v128.xor(v128.and(v128.or(third, fourth), i8x16.splat(-128)), special);
}

/**
 * Whether none of the wanted bytes of the 64 at `p` breaks UTF-8, given the three bytes before them.
 */
export function validUtf8(p: usize, wanted: u64): bool {
  const a = errors(p);
  const b = errors(p + 16);
  const c = errors(p + 32);
  const d = errors(p + 48);
  if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) return true;
  const none = i8x16.splat(0);
  const where = mask64(i8x16.ne(a, none), i8x16.ne(b, none), i8x16.ne(c, none), i8x16.ne(d, none));
  return (where & wanted) === 0;
}
