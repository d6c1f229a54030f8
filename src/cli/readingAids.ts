import os from 'node:os';
import path from 'node:path';
import { IndexCache } from '../engine/reading/indexCache';
import type { ReadingAids } from '../engine/reading/readingAids';
import { secondReader } from '../engine/reading/secondReader';
import type { Invocation, OptionSpec } from './command';
import { warnOnce } from './warnings';

/** The switch that reads everything anew. */
export const noCacheOption: OptionSpec = { name: 'no-cache', help: 'read everything from the logs, and cache nothing' };

/** The user's index cache, unless there is `--no-cache`, and a second reader. To be asked for before anything is read. */
export function readingAids({ options }: Invocation): ReadingAids {
  return { cache: options.has('no-cache') ? null : userCache(), second: secondReader(__dirname, warnOnce) };
}

/** Null for a user without a home. */
function userCache(): IndexCache | null {
  const root = process.env['XDG_CACHE_HOME'];
  const directory = root !== undefined && path.isAbsolute(root) ? root : path.join(homeDirectory(), '.cache');
  if (!path.isAbsolute(directory)) return null;
  return new IndexCache(path.join(directory, 'cdas-lens', 'index'), { onTrouble: (message) => warnOnce(`${message} --no-cache runs without the cache.`) });
}

/** Empty where the system knows of none, as for a user number that a container was given. */
function homeDirectory(): string {
  try {
    return os.homedir();
  } catch {
    return '';
  }
}
