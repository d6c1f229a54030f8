import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory for each test of the describe block, removed afterwards. */
export function temporaryDirectory(): { readonly path: () => string } {
  const make = temporaryDirectories();
  let path = '';
  beforeEach(() => {
    path = make();
  });
  return { path: () => path };
}

/** Makes a directory with each call in a test of the describe block; all of them are removed after the test. */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'cdas-lens-'));
    made.push(path);
    return path;
  };
}
