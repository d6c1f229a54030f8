import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cliBundle, environment } from './cliProcess';

describe('the command line’s index cache', () => {
  let directory: string;

  const show = (cache: string, ...more: readonly string[]): { readonly stdout: string; readonly stderr: string; readonly status: number | null } =>
    spawnSync(process.execPath, [cliBundle(), 'show', path.join(directory, 'rollouts'), '--json', ...more], { env: { ...environment, XDG_CACHE_HOME: path.join(directory, cache) }, encoding: 'utf8' });

  const kept = (cache: string): readonly string[] => {
    const index = path.join(directory, cache, 'cdas-lens', 'index');
    return existsSync(index) ? readdirSync(index).map((name) => path.extname(name)).sort() : [];
  };

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-cli-cache-'));
    mkdirSync(path.join(directory, 'rollouts'));
    const row = (problem: number): string => `${JSON.stringify({ input: `user\nProblem ${problem}\nassistant\n`, output: 'o'.repeat(9000), gts: '1', score: problem % 2, step: 1 })}\n`;
    writeFileSync(path.join(directory, 'rollouts', '1.jsonl'), Array.from({ length: 2000 }, (_, i) => row(i % 100)).join(''));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('keeps a large run for the next time, which shows the same', () => {
    const first = show('cache');
    assert.equal(first.status, 0, first.stderr);
    assert.deepEqual(kept('cache'), ['', '.index']);
    assert.equal(show('cache').stdout, first.stdout);
  });

  it('is left alone with --no-cache', () => {
    const { status, stdout } = show('none', '--no-cache');
    assert.equal(status, 0);
    assert.equal(stdout, show('cache').stdout);
    assert.deepEqual(kept('none'), []);
  });

  it('warns where it cannot be written, and shows the run all the same', () => {
    writeFileSync(path.join(directory, 'file'), '');
    const { status, stdout, stderr } = show('file');
    assert.equal(status, 0);
    assert.equal(stdout, show('cache').stdout);
    assert.match(stderr, /warning: The cache .* cannot be written .*--no-cache runs without the cache/);
  });
});
