import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OperationalError, errorCode } from '../core/errors';

/**
 * Makes a directory and those above it that are missing. Throws what the file system throws, and an OperationalError
 * where it has no room for directories. Node's own recursive way never returns there and fills the memory.
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const each of missing.reverse()) makeOne(each);
}

function makeOne(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    const code = errorCode(error);
    // Another program may have made it at the same time.
    if (code === 'EEXIST' && statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
    if (code === 'ENOENT') throw new OperationalError(`Could not create the directory ${directory}: that file system does not allow new directories. Choose another directory.`, code);
    throw error;
  }
}
