import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson, fixtures, startCli } from './cliProcess';

const rollouts = path.join(fixtures, 'runs', 'verl_v07', 'rollouts');

async function end(watch: ChildProcessWithoutNullStreams): Promise<void> {
  if (watch.exitCode !== null || watch.signalCode !== null) return;
  watch.kill('SIGKILL');
  await once(watch, 'exit');
}

describe('cdas-lens watch', () => {
  let watch: ChildProcessWithoutNullStreams;
  // Before the directory is removed, into which it writes.
  afterEach(() => end(watch));
  const directory = temporaryDirectory();
  let [stdout, stderr] = ['', ''];

  const addStep = (step: number): void => cpSync(path.join(rollouts, `${step}.jsonl`), path.join(directory.path(), 'rollouts', `${step}.jsonl`));
  const sampler = (): Record<string, unknown> => {
    const value: unknown = JSON.parse(readFileSync(path.join(directory.path(), '.cdas', 'sampler.json'), 'utf8'));
    assert.ok(isRecord(value));
    return value;
  };

  const compiledStep = (): unknown => {
    const { run } = sampler();
    return isRecord(run) ? run['step'] : null;
  };

  /** Waits until `holds`; the test's own timeout is the limit. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 25));
  }

  beforeEach(async () => {
    mkdirSync(path.join(directory.path(), 'rollouts'));
    addStep(1);
    [stdout, stderr] = ['', ''];
    watch = startCli(['watch', '.', '--interval', '50'], directory.path());
    watch.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    watch.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    await until(() => stdout.includes('step 1') && existsSync(path.join(directory.path(), '.cdas', 'sampler.json')));
  });

  it('prints a line for each step that comes', async () => {
    addStep(2);
    addStep(3);
    await until(() => stdout.includes('step 3'));
    assert.deepEqual(stdout.trimEnd().split('\n').map((line) => line.slice(0, 6)), ['step 1', 'step 2', 'step 3']);
    assert.match(stdout, /^step 2 {2}4 groups {2}pass 37\.5 % {2}zero-gradient 25\.0 % {2}competence −0\.0898$/m);
  });

  it('says that a step is gone whose only file was deleted, prints it again when it is back, and compiles without it', async () => {
    addStep(2);
    await until(() => stdout.includes('step 2') && compiledStep() === 2);
    rmSync(path.join(directory.path(), 'rollouts', '2.jsonl'));
    await until(() => stdout.includes('gone') && compiledStep() === 1);
    assert.match(stdout, /^step 2 {2}gone: the log has it no longer$/m);
    addStep(2);
    await until(() => stdout.trimEnd().split('\n').length === 4);
    assert.deepEqual(stdout.split('\n').map((line) => line.slice(0, 14)), ['step 1  4 grou', 'step 2  4 grou', 'step 2  gone: ', 'step 2  4 grou', '']);
  });

  it('keeps sampler.json at the newest step and the newest decision', async () => {
    await until(() => compiledStep() === 1);
    addStep(2);
    await until(() => compiledStep() === 2);
    // A decision that only another program's line brings, without a compilation of its own.
    cliJson(['exclude', 'x', '--dir', 'other'], directory.path());
    cpSync(path.join(directory.path(), 'other', 'decisions.jsonl'), path.join(directory.path(), '.cdas', 'decisions.jsonl'));
    await until(() => sampler()['generation'] === 1);
    assert.deepEqual(sampler()['problems'], { x: { membership: 'exclude' } });
  });

  it('waits for the first step of a run that has only a directory', async () => {
    mkdirSync(path.join(directory.path(), 'later'));
    const other = startCli(['watch', 'later', '--interval', '50'], directory.path());
    try {
      let [out, err] = ['', ''];
      other.stdout.on('data', (text: Buffer) => (out += text.toString()));
      other.stderr.on('data', (text: Buffer) => (err += text.toString()));
      await until(() => err.includes('Waiting for its first step'));
      cpSync(path.join(rollouts, '1.jsonl'), path.join(directory.path(), 'later', '1.jsonl'));
      await until(() => out.includes('step 1'));
    } finally {
      await end(other);
    }
  });

  it('ends cleanly on Ctrl-C', async function () {
    if (process.platform === 'win32') this.skip();
    watch.kill('SIGINT');
    assert.deepEqual([await once(watch, 'exit'), stderr], [[0, null], '']);
  });
});
