import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson, fixtures, runCli } from './cliProcess';

const rolloutsPerGroup = 4;

/** A verl run: per step, how many of four rollouts of each problem are correct. */
function writeRun(directory: string, steps: readonly (readonly number[])[], score: (correct: boolean) => number = Number): string {
  mkdirSync(path.join(directory, 'rollouts'), { recursive: true });
  steps.forEach((groups, at) => {
    const rows = groups.flatMap((correct, problem) =>
      Array.from({ length: rolloutsPerGroup }, (_, i) => ({ input: `user\nWhat is ${problem} + ${problem}?\nassistant\n`, output: `${i}`, gts: `${2 * problem}`, score: score(i < correct), step: at + 1 })),
    );
    writeFileSync(path.join(directory, 'rollouts', `${at + 1}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
  return directory;
}

/** Two problems always solved, two sometimes. */
function halfSolved(directory: string, steps: number): string {
  return writeRun(directory, Array.from({ length: steps }, (_, step) => [4, 4, 1 + (step % 3), 3 - (step % 3)]));
}

function record(value: unknown): Record<string, unknown> {
  assert.ok(isRecord(value));
  return value;
}

describe('cdas-lens what-if', () => {
  const directory = temporaryDirectory();

  it('gives the chosen groups beside all groups with intervals, and what that rests on', () => {
    const answer = record(cliJson(['what-if', halfSolved(directory.path(), 14), '--strategy', 'learnability']));
    assert.deepEqual(Object.keys(answer), ['run', 'strategy', 'parameters', 'keep', 'seed', 'basis', 'figures', 'log', 'beyondHalf', 'meaning']);
    assert.deepEqual(answer['basis'], { steps: 13, groups: 52, kept: 26, seenBefore: 1, unfamiliarSteps: 1, smallSteps: 0 });
    assert.deepEqual(record(answer['figures'])['mixed'], {
      chosen: { value: 1, interval: [1, 1] },
      all: { value: 0.5, interval: [0.5, 0.5] },
      difference: { value: 0.5, interval: [0.5, 0.5] },
    });
    assert.match(String(answer['meaning']), /does not say how training would have gone/);
  });

  it('prints a table with the steps left out, and says what it means', () => {
    const { stdout } = runCli(['what-if', halfSolved(directory.path(), 14), '--strategy', 'dynamic-sampling']);
    assert.match(stdout, /mixed groups per generated group +100\.0 % \(100\.0 to 100\.0\) +50\.0 % \(50\.0 to 50\.0\) +\+50\.0 points \(\+50\.0 to \+50\.0\)/);
    assert.match(stdout, /Rests on 13 steps: 26 of 52 groups kept; 100 % of the problems had been seen in an earlier step\.\nLeft out: 1 step in/);
    assert.match(stdout, /does not say how training would have gone/);
  });

  it('rates a run of few steps by CDAS, without intervals', () => {
    const run = path.join(fixtures, 'runs', 'verl_v07');
    const figures = record(record(cliJson(['what-if', run, '--strategy', 'cdas']))['figures']);
    assert.equal(record(record(figures['mixed'])['chosen'])['interval'], null);
    assert.match(runCli(['what-if', run, '--strategy', 'cdas']).stdout, /No intervals: they need 10 steps\./);
  });

  it('refuses a log of survivors with the reason', () => {
    const run = writeRun(directory.path(), Array.from({ length: 12 }, () => Array.from({ length: 20 }, () => 2)));
    const { code, stdout, stderr } = runCli(['what-if', run, '--strategy', 'cdas']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /None of 240 groups has a uniform reward, .* survivors only/);
  });

  it('refuses a log in which no problem comes twice', () => {
    const { code, stderr } = runCli(['what-if', writeRun(directory.path(), [[1, 2, 0, 4]]), '--strategy', 'cdas']);
    assert.equal(code, 1);
    assert.match(stderr, /No step of this log can show .* in 1 fewer than half of the problems had been seen before/);
  });

  it('refuses scores that do not say which rollouts are correct, and takes a threshold', () => {
    let count = 0;
    const run = writeRun(directory.path(), [[2, 2], [2, 2], [2, 2]], (correct) => (correct ? 0.7 : 0.1) + 0.001 * count++);
    assert.match(runCli(['what-if', run, '--strategy', 'cdas']).stderr, /It is not known which rollouts are correct .* Set --threshold/);
    assert.equal(runCli(['what-if', run, '--strategy', 'cdas', '--threshold', '0.5']).code, 0);
  });

  it('keeps more than half of a step only when told to, and says so', () => {
    const run = halfSolved(directory.path(), 3);
    const { code, stderr } = runCli(['what-if', run, '--strategy', 'cdas', '--keep', '0.75']);
    assert.equal(code, 2);
    assert.match(stderr, /--keep 0\.75 is more than 0\.5: .* --beyond-half allows it/);
    const answer = record(cliJson(['what-if', run, '--strategy', 'cdas', '--keep', '0.75', '--beyond-half']));
    assert.deepEqual([answer['beyondHalf'], record(answer['basis'])['kept']], [true, 6]);
  });

  for (const [args, message] of [
    [[], /what-if needs --strategy NAME, one of cdas, random/],
    [['--strategy', 'luck'], /--strategy takes cdas, random/],
    [['--strategy', 'cdas', '--keep', '1'], /--keep takes a share between 0 and 1, not 1/],
    [['--strategy', 'mopps', '--param', 'target=7'], /target/],
  ] as const) {
    it(`says what is wrong with ${args.join(' ') || 'no options'}`, () => {
      const { code, stderr } = runCli(['what-if', path.join(fixtures, 'runs', 'verl_v07'), ...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
