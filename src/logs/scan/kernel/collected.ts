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

/** Takes over 64 bytes, of which so many count. What does not lie together is kept apart, so that no two pieces make a character. */
// @ts-ignore: decorator
@inline
export function collect(at: usize, length: usize): void {
  if (end > collected + collectedBytes - 65) {
    isTooMuch = true;
    return;
  }
  store<u8>(end, 0x20);
  end += usize(at !== behind);
  v128.store(end, v128.load(at));
  v128.store(end, v128.load(at, 16), 16);
  v128.store(end, v128.load(at, 32), 32);
  v128.store(end, v128.load(at, 48), 48);
  end += length;
  behind = at + length;
}
