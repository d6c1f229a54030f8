/** How many of the first `length` items of a sorted list satisfy `isBefore`, which must hold for a prefix of them and for none after it (binary search). */
export function countBefore(length: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
