// Where things lie in the project; everything made on demand goes below .cache/, which git ignores.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '../../..');
export const cacheRoot = join(projectRoot, '.cache');
export const distRoot = join(projectRoot, 'dist');
export const launcherPath = join(import.meta.dirname, 'launcher.mjs');

/** A new empty directory; its name is short because sockets are made below it. */
export const makeTemporaryDirectory = (purpose) => mkdtempSync(join(tmpdir(), `cdas-${purpose}-`));
