import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ObservedRun } from '../../../src/engine/observedRun';
import { openRuns } from '../../../src/logs/discovery/discover';
import { listLogFiles, type RunSource } from '../../../src/logs/runSource';
import { fixtures, loadOnly, readExpected } from '../engine/fixtureRuns';
import { assertHolds, summaryOf } from './formats/expectedRun';
import { temporaryDirectory } from '../temporaryDirectory';

describe('compressed logs', () => {
  const directory = temporaryDirectory();

  const rollouts = (step: number): Buffer => readFileSync(path.join(fixtures, `runs/verl_v07/rollouts/${step}.jsonl`));
  const compress = (file: string): void => {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    rmSync(file);
  };
  const heldBy = (source: RunSource): unknown => {
    const run = new ObservedRun(source, { mode: 'paper', correctThreshold: null });
    while (run.advance(1 << 20, Number.MAX_SAFE_INTEGER).more);
    const { rollouts, problems, health } = summaryOf(run);
    return { rollouts, problems, flags: health.flags, groups: run.steps.map(({ groups }) => groups.map(({ n, scored, correct }) => [n, scored, correct])) };
  };
  const gzip = (step: number): void => writeFileSync(path.join(directory.path(), `${step}.jsonl.gz`), gzipSync(rollouts(step)));

  it('hold the same as the plain ones, in gzip, zstd and plain side by side', async () => {
    gzip(1);
    cpSync(path.join(fixtures, 'compressed/2.jsonl.zst'), path.join(directory.path(), '2.jsonl.zst'));
    writeFileSync(path.join(directory.path(), '3.jsonl'), rollouts(3));
    gzip(4);
    const run = await loadOnly(directory.path());
    assertHolds(run, readExpected('verl_v07'));
    assert.equal(run.source.variant, 'G1');
  });

  it('are read where zstd made them of many frames with a table of them at the end', async () => {
    cpSync(path.join(fixtures, 'compressed/2.seekable.jsonl.zst'), path.join(directory.path(), '2.jsonl.zst'));
    assert.equal(summaryOf(await loadOnly(directory.path())).rollouts, 16);
  });

  it('hold the same as the plain ones whatever trainer wrote them', async () => {
    for (const name of readdirSync(path.join(fixtures, 'runs'))) {
      const packed = path.join(directory.path(), name);
      cpSync(path.join(fixtures, 'runs', name), packed, { recursive: true });
      const plain = (await openRuns(packed)).runs.map((source) => ({ source, held: heldBy(source) }));
      for (const file of plain.flatMap(({ source }) => listLogFiles(source).map((each) => path.join(source.logPath, each.name)))) compress(file);
      const runs = (await openRuns(packed)).runs;
      assert.deepEqual(runs.map(({ id }) => id).sort(), plain.map(({ source }) => source.id).sort());
      for (const source of runs) assert.deepEqual(heldBy(source), plain.find((each) => each.source.id === source.id)?.held, name);
    }
  });

  it('are not counted beside the plain file that is being compressed', async () => {
    writeFileSync(path.join(directory.path(), '1.jsonl'), rollouts(1));
    gzip(1);
    assert.equal(summaryOf(await loadOnly(directory.path())).rollouts, 16);
  });

  it('that are cut short keep what was read, say so, and are read again when they are whole', async () => {
    for (const step of [1, 2]) gzip(step);
    const [source] = (await openRuns(directory.path())).runs;
    const run = new ObservedRun(source!, { mode: 'paper', correctThreshold: null });
    const readOn = (): number => {
      while (run.advance(1 << 20, Date.now()).more);
      return summaryOf(run).rollouts;
    };
    assert.equal(readOn(), 32);
    const whole = readFileSync(path.join(directory.path(), '2.jsonl.gz'));
    writeFileSync(path.join(directory.path(), '2.jsonl.gz'), whole.subarray(0, 300));
    assert.equal(readOn(), 32);
    assert.match(summaryOf(run).health.flags.join(), /2\.jsonl\.gz cannot be read .*read again when it changes/);
    writeFileSync(path.join(directory.path(), '2.jsonl.gz'), whole);
    assert.equal(readOn(), 32);
    assert.deepEqual(summaryOf(run).health.flags, []);
  });

  it('that are no such file say so and leave the others as they are', async () => {
    gzip(1);
    writeFileSync(path.join(directory.path(), '2.jsonl.zst'), 'no zstd');
    const run = await loadOnly(directory.path());
    assert.equal(summaryOf(run).rollouts, 16);
    assert.match(summaryOf(run).health.flags.join(), /2\.jsonl\.zst cannot be read/);
  });
});
