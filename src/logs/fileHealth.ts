import type { LongLine } from './files/lineLimits';

/** What was met in one file besides rollouts. */
export interface FileHealth {
  /** Lines that could not be read: those that are not a JSON object, and those that are too long. */
  badLines: number;
  /** Those of them that are too long, or hold too many values. */
  readonly longLines: LongLine[];
  /** Lines that parse but carry no training rollout. */
  ignoredLines: number;
  /** Rows whose step differs from the one in the file's name. */
  stepMismatches: number;
  /** Validation rollouts, which do not count. */
  validationRows: number;
  /** The field by which rows say themselves whether they are correct. */
  explicitField: string;
  /** What formats said about how rows were read. */
  readonly notes: Set<string>;
}

/** The health of a file of which nothing was read. */
export function newHealth(): FileHealth {
  return { badLines: 0, longLines: [], ignoredLines: 0, stepMismatches: 0, validationRows: 0, explicitField: '', notes: new Set() };
}

/** Adds what was met in a further part of a file. */
export function addHealth(health: FileHealth, part: FileHealth): void {
  for (const count of ['badLines', 'ignoredLines', 'stepMismatches', 'validationRows'] as const) health[count] += part[count];
  if (part.explicitField !== '') health.explicitField = part.explicitField;
  for (const note of part.notes) health.notes.add(note);
  health.longLines.push(...part.longLines);
}
