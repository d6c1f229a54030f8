import type { Wanted } from './lineScanner';

/**
 * What a format's `readRow` need not be given of a row: it is checked and left out, and what remains is parsed. Paths
 * are dotted; `[]` stands for the values of a list, `[1+]` for all of them but the first.
 */
export interface SlimRow {
  /** Lists and objects that it does not look at. */
  readonly leftOut: readonly string[];
  /** Texts of which it wants only the length, by `lengthOf`. A row whose prompt would be one of them is parsed whole. */
  readonly measured: readonly string[];
}

/** One object for all files of a format, so that the scanner keeps looking for the same. */
const wantedBy = new Map<SlimRow, Wanted>();

/** What a scanner looks for to make rows slim. */
export function wantedOf(slim: SlimRow): Wanted {
  const wanted = wantedBy.get(slim) ?? { fields: [], leftOut: slim.leftOut.map(stepsOf), measured: slim.measured.map(stepsOf) };
  wantedBy.set(slim, wanted);
  return wanted;
}

function stepsOf(path: string): readonly string[] {
  return path.split(/\.|(?=\[)/);
}
