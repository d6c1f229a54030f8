// Finds programs.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a path is an executable file. */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first executable of these names on PATH, or undefined. */
export function findOnPath(wanted) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const files = wanted.flatMap((name) => endings.map((ending) => name + ending));
  return files.flatMap((file) => folders.map((folder) => join(folder, file))).find(isExecutable);
}
