import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory for each test of the describe block, removed afterwards. */
export function temporaryDirectory(): { readonly path: () => string } {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'cdas-lens-'));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return { path: () => path };
}
