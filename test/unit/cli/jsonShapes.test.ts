import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson, fixtures } from './cliProcess';

const run = path.join(fixtures, 'runs', 'verl_v07');
const argumentsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['runs', [run]],
  ['decisions', []],
  ['setup', ['--framework', 'trl', '--print-only']],
  ['what-if', [run, '--strategy', 'random']],
]);

/** What the README promises: by command whether it prints a list or an object, and the fields. */
function promised(): { readonly command: string; readonly kind: string; readonly fields: readonly string[] }[] {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| `([a-z-]+)` \| (list|object): ([^;|]*)/gm);
  return Array.from(rows, ([, command = '', kind = '', fields = '']) => ({ command, kind, fields: Array.from(fields.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g), ([, name = '']) => name) }));
}

describe('--json', () => {
  const directory = temporaryDirectory();

  it('is described in the README for every command that has a document of its own', () => {
    assert.deepEqual(promised().map(({ command }) => command), ['runs', 'show', 'groups', 'problems', 'doctor', 'next-batch', 'what-if', 'decisions', 'compile', 'setup']);
  });

  for (const { command, kind, fields } of promised()) {
    it(`of ${command} has exactly the fields that the README names`, () => {
      const document = cliJson([command, ...(argumentsOf.get(command) ?? [run])], directory.path());
      const shown: unknown = kind === 'list' && Array.isArray(document) ? document[0] : document;
      assert.ok(isRecord(shown));
      assert.deepEqual(Object.keys(shown), fields);
    });
  }
});
