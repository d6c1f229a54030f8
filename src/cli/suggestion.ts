/** A longer beginning of a word stands for it. */
const tellingChars = 4;

/** ` (did you mean …?)` where one of the known words is nearly the one that was typed, or begins with it; else nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
  const [nearest] = known
    .map((word) => ({ word, changes: word.startsWith(typed) && typed.length >= tellingChars ? 0 : changesBetween(typed, word) }))
    .filter(({ word, changes }) => changes <= Math.max(1, Math.floor(Math.min(typed.length, word.length) / 3)))
    .sort((a, b) => a.changes - b.changes);
  return nearest === undefined ? '' : ` (did you mean ${nearest.word}?)`;
}

/** How many characters have to be put in, taken out or replaced to make one word of another, in which case does not count. */
function changesBetween(one: string, other: string): number {
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (const [i, char] of Array.from(one.toLowerCase()).entries()) {
    const row = [i + 1];
    for (const [j, wanted] of Array.from(other.toLowerCase()).entries()) {
      row.push(Math.min((last[j] ?? 0) + Number(char !== wanted), (last[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    last = row;
  }
  return last.at(-1) ?? 0;
}
