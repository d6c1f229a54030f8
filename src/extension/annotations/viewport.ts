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

/** Lines longer than this leave no room for figures at their end in most editors, wrapped or not. */
const roomyChars = 100;

/** Where the figures go. */
export interface AnnotationPlaces {
  readonly start: boolean;
  readonly end: boolean;
}

/** The end of the line; where most lines are so long that their ends are out of sight, its start as well. */
export function annotationPlaces(wanted: 'auto' | 'lineEnd' | 'lineStart', lineLengths: readonly number[]): AnnotationPlaces {
  if (wanted !== 'auto') return { start: wanted === 'lineStart', end: wanted === 'lineEnd' };
  const long = lineLengths.filter((length) => length > roomyChars).length;
  return { start: long * 2 > lineLengths.length, end: true };
}
