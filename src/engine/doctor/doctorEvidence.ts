import { findStoredRatings, type StoredRatings } from '../../logs/authorsState';
import { FileTail } from '../../logs/files/fileTail';
import { compressedEnd } from '../../logs/logFormat';
import { findUnreadStores, type UnreadStore } from '../../logs/metrics/unreadStores';
import { parseRecord } from '../../logs/files/tolerantJson';
import type { ObservedRun } from '../observedRun';

/** Where a line lies that could not be read. */
export interface BadLinePlace {
  readonly file: string;
  readonly offset: number;
}

/** What a report rests on besides the run itself. */
export interface DoctorEvidence {
  readonly badLines: readonly BadLinePlace[];
  readonly storedRatings: StoredRatings | null;
  readonly unreadStores: readonly UnreadStore[];
}

/** So many places are shown, and so much of a file is searched for them. */
const maxPlaces = 5;
const maxSearchBytes = 1 << 26;
const metricBytesPerTurn = 1 << 22;

/** Reads again what a report needs besides the run itself. */
export function gatherEvidence(run: ObservedRun): DoctorEvidence {
  return { badLines: findBadLines(run), storedRatings: findStoredRatings(run.source), unreadStores: findUnreadStores(run.source) };
}

/** Finds the first lines of a run that are no JSON objects: the reader counts them and does not keep where they were. */
function findBadLines(run: ObservedRun): readonly BadLinePlace[] {
  if (run.source.format.kind !== 'lines') return [];
  const places: BadLinePlace[] = [];
  for (const file of run.files.all) {
    if (places.length >= maxPlaces) break;
    // In a compressed file a byte offset leads nowhere.
    if (file.health.badLines > 0 && !compressedEnd.test(file.path)) places.push(...badLinesOf(file.path));
  }
  return places.slice(0, maxPlaces);
}

/** Reads the metrics beside a run to their present end. */
export function readMetrics(run: ObservedRun): void {
  while (run.advanceMetrics(metricBytesPerTurn, Date.now()).more);
}

function badLinesOf(path: string): readonly BadLinePlace[] {
  const places: BadLinePlace[] = [];
  const onLine = (line: Buffer, offset: number): void => {
    if (places.length < maxPlaces && isBad(line)) places.push({ file: path, offset });
  };
  try {
    new FileTail(path, { onLine, onLongLine: () => undefined, onReset: () => undefined, isWholeRecord: () => false }).poll(maxSearchBytes, Date.now());
  } catch {
    // A file that is gone or closed to us is among the report's unreadable files already.
  }
  return places;
}

function isBad(line: Buffer): boolean {
  try {
    return parseRecord(line) === null;
  } catch {
    // Where a line that is too long lies is known already.
    return false;
  }
}
