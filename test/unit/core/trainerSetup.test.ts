import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setupParts } from '../../../src/core/trainerSetup';

/** The word that a shell hands to verl for a curation directory. */
function override(curationDirectory: string): string {
  const parts = setupParts('verl', { curationDirectory, packageDirectory: './p', run: null });
  const line = parts.flatMap(({ lines }) => lines).find((each) => each.includes('data.cdas.dir='))!;
  return execFileSync('/bin/sh', ['-c', `printf %s ${line.replace(/ \\$/, '')}`], { encoding: 'utf8' });
}

describe('the lines for verl', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('name a plain directory as it is', () => {
    assert.equal(override('/data/run_1.2/.cdas'), '+data.cdas.dir=/data/run_1.2/.cdas');
  });

  // The right sides are what Hydra 1.3 reads back as the left ones; bare it refuses them or reads a list.
  for (const [directory, value] of [
    ['/data/a,b (1)', `'/data/a,b (1)'`],
    ['/données/日本', `'/données/日本'`],
    ['/x=1#2~', `'/x=1#2~'`],
    [`/Ada's work`, String.raw`'/Ada\'s work'`],
    [String.raw`/a\'b`, String.raw`'/a\\\'b'`],
    [String.raw`/a\b\ `, String.raw`'/a\b\ '`],
    ['/a b\\', String.raw`'/a b\\'`],
  ] as const) {
    it(`quote ${directory} for Hydra within the quotes for the shell`, () => {
      assert.equal(override(directory), `+data.cdas.dir=${value}`);
    });
  }
});
