import { closeSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { isMissing } from '../../core/errors';
import { listingFaults, listLogFiles, type RunSource } from '../runSource';

/** So many files of a log are tried: it is known by the first ones. */
const maxTried = 8;

/** Whether a run that a search did not find may be there all the same: its place was not searched, or it is not to be read for now. */
export function mayStillBeThere(source: RunSource, unsearched: readonly string[]): boolean {
  if (isGone(source.logPath)) return false;
  return unsearched.some((place) => isWithin(source.logPath, place)) || isUnreadable(source);
}

/** Whether a path is another one or lies below it. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}

function isUnreadable(source: RunSource): boolean {
  try {
    const files = listLogFiles(source).slice(0, maxTried);
    return listingFaults(source).length > 0 || files.some(({ name }) => isForbidden(path.join(source.logPath, name)));
  } catch (error) {
    return !isMissing(error);
  }
}

function isForbidden(file: string): boolean {
  try {
    closeSync(openSync(file, 'r'));
    return false;
  } catch (error) {
    return !isMissing(error);
  }
}

function isGone(directory: string): boolean {
  try {
    statSync(directory);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}
