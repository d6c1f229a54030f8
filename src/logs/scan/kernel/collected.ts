// What strings hold besides ASCII, put side by side: whether it is UTF-8 is for the caller to find out, who need not look at all the rest.
import { collected, collectedBytes } from './layout';

/** Where the next part goes. */
let end: usize = collected;
/** The address after the part that was collected last. */
let behind: usize = 0;
let isTooMuch: bool = false;

export function clearCollected(): void {
  end = collected;
  behind = 0;
  isTooMuch = false;
}

/** How many bytes were collected; -1 where there are more than there is room for. */
export function collectedLength(): i32 {
  return isTooMuch ? -1 : <i32>(end - collected);
}

/** Takes over what lies from the first to the last of the bytes that `marks` has a bit for, those of 64 at `at`. What does not lie together is kept apart, so that no two pieces make a character. */
// @ts-ignore: decorator
@inline
export function collect(at: usize, marks: u64): void {
  let to = end;
  if (to > collected + collectedBytes - 65) {
    isTooMuch = true;
    return;
  }
  const from = at + <usize>ctz(marks);
  const length = 64 - <usize>clz(marks) - <usize>ctz(marks);
  store<u8>(to, 0x20);
  to += usize(from !== behind);
  v128.store(to, v128.load(from));
  if (length > 16) {
    v128.store(to, v128.load(from, 16), 16);
    v128.store(to, v128.load(from, 32), 32);
    v128.store(to, v128.load(from, 48), 48);
  }
  end = to + length;
  behind = from + length;
}
