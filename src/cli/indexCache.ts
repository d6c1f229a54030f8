import os from 'node:os';
import path from 'node:path';
import { IndexCache } from '../engine/indexCache';
import type { Invocation, OptionSpec } from './command';
import { warnOnce } from './warnings';

/** The switch that reads everything anew. */
export const noCacheOption: OptionSpec = { name: 'no-cache', help: 'read everything anew, and keep nothing for the next time' };

/** The user's index cache; null with `--no-cache`. To be opened before anything is read. */
export function openIndexCache({ options }: Invocation): IndexCache | null {
  if (options.has('no-cache')) return null;
  const root = process.env['XDG_CACHE_HOME'];
  const directory = root !== undefined && path.isAbsolute(root) ? root : path.join(os.homedir(), '.cache');
  return new IndexCache(path.join(directory, 'cdas-lens', 'index'), { onTrouble: (message) => warnOnce(`${message} --no-cache goes without.`) });
}
