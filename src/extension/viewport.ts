/** An inclusive range of line numbers. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** How far beyond the visible lines annotations reach, so that scrolling does not show bare lines. */
export const marginLines = 200;

/**
 * The lines to annotate: the visible ones, then those around them, nearest first, up to the margin and for as long as
 * their text stays within `budgetChars` (at least one line is always taken). Ascending.
 */
export function linesToAnnotate(
  visible: readonly LineRange[],
  document: { readonly lineCount: number; readonly lengthOf: (line: number) => number },
  budgetChars: number,
): number[] {
  const taken = new Set<number>();
  let spent = 0;
  for (const line of nearestFirst(visible, document.lineCount)) {
    if (taken.has(line)) continue;
    spent += document.lengthOf(line);
    if (spent > budgetChars && taken.size > 0) break;
    taken.add(line);
  }
  return [...taken].sort((a, b) => a - b);
}

function* nearestFirst(visible: readonly LineRange[], lineCount: number): Generator<number> {
  for (const { first, last } of visible) {
    for (let line = Math.max(0, first); line <= Math.min(last, lineCount - 1); line++) yield line;
  }
  for (let distance = 1; distance <= marginLines; distance++) {
    for (const { first, last } of visible) {
      if (last + distance < lineCount) yield last + distance;
      if (first - distance >= 0) yield first - distance;
    }
  }
}

/** Lines longer than this, where they do not wrap, hide their end from nearly every reader. */
const readableChars = 160;

/** Where the figures go: at the end of the line, unless most of the lines are too long for their ends to be seen. */
export function annotationPosition(
  wanted: 'auto' | 'lineEnd' | 'lineStart',
  wrapped: boolean,
  lineLengths: readonly number[],
): 'lineEnd' | 'lineStart' {
  if (wanted !== 'auto') return wanted;
  if (wrapped || lineLengths.length === 0) return 'lineEnd';
  const long = lineLengths.filter((length) => length > readableChars).length;
  return long * 2 > lineLengths.length ? 'lineStart' : 'lineEnd';
}
