import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { openRuns } from '../../../src/logs/discovery/discover';
import type { RunIndex } from '../../../src/logs/runIndex';
import type { RunSource } from '../../../src/logs/runSource';
import { readContents } from './readContents';
import { temporaryDirectory } from '../temporaryDirectory';

const files = 40;

describe('a reading that takes many turns', () => {
  const directory = temporaryDirectory();

  const file = (step: number): string => path.join(directory.path(), `${step}.jsonl`);
  const row = (step: number, rollout: number): string => `${JSON.stringify({ input: `Problem ${rollout % 3}`, output: 'x', score: rollout % 2, step })}\n`;

  beforeEach(() => {
    for (let step = 1; step <= files; step++) writeFileSync(file(step), row(step, 0) + row(step, 1) + row(step, 2));
  });

  async function source(): Promise<RunSource> {
    const [found] = (await openRuns(directory.path())).runs;
    assert.ok(found !== undefined);
    return found;
  }

  function readOn(run: RunFiles, budget: number, between: (turn: number) => void = () => undefined): number {
    let turn = 0;
    while (run.poll(budget, Date.now()).more) between(++turn);
    return turn;
  }

  function contentsOf(run: RunFiles): unknown {
    run.look();
    return readContents(run);
  }

  it('reads each file once, and ends', async () => {
    const [slow, fast] = [new RunFiles(await source()), new RunFiles(await source())];
    assert.ok(readOn(slow, 1024) >= files - 1);
    assert.equal(readOn(fast, 1 << 24), 0);
    assert.equal(slow.revision, files);
    assert.deepEqual(contentsOf(slow), contentsOf(fast));
  });

  it('keeps nothing of a file that a look in between finds gone, and finds what came meanwhile', async () => {
    const run = new RunFiles(await source());
    readOn(run, 1024, (turn) => {
      if (turn === 5) unlinkSync(file(20));
      if (turn === 6) run.look();
      if (turn === 7) writeFileSync(file(files + 1), row(files + 1, 0));
      if (turn === 8) appendFileSync(file(2), row(2, 3));
      if (turn === 9) appendFileSync(file(30), row(30, 3));
    });
    readOn(run, 1024);
    const fresh = new RunFiles(await source());
    readOn(fresh, 1 << 24);
    assert.deepEqual(contentsOf(run), contentsOf(fresh));
    assert.ok(!run.steps.includes(20) && run.steps.includes(files + 1));
  });

  it('keeps the files in the order of their steps, whatever comes and goes between them', async () => {
    const run = new RunFiles(await source());
    readOn(run, 1 << 24);
    for (const step of [3, 4, 17, files]) unlinkSync(file(step));
    for (const step of [0, 100, files + 1]) writeFileSync(file(step), row(step, 0));
    readOn(run, 1 << 24);
    writeFileSync(file(17), row(17, 1));
    readOn(run, 1 << 24);
    const fresh = new RunFiles(await source());
    readOn(fresh, 1 << 24);
    assert.deepEqual(run.all.map((each) => each.path), fresh.all.map((each) => each.path));
    assert.equal(run.all.length, files);
    assert.deepEqual(contentsOf(run), contentsOf(fresh));
  });
});

describe('a run of very many files', () => {
  /** More than are compared in the turn in which they were listed. */
  const veryMany = 8300;
  let directory: string;

  const file = (step: number): string => path.join(directory, `${step}.jsonl`);
  const write = (step: number): void => writeFileSync(file(step), `${JSON.stringify({ input: `Problem ${step % 7}`, output: 'x', score: step % 2, step })}\n`);
  const open = async (index: RunIndex | null = null): Promise<RunFiles> => new RunFiles((await openRuns(directory)).runs[0]!, () => index);

  /** Reads all that is there, long after it was written; returns how many turns that took. */
  function settle(run: RunFiles): number {
    for (let turns = 1; ; turns++) if (!run.poll(1 << 22, Date.now() + 60_000).more) return turns;
  }

  function shownOf(run: RunFiles): unknown {
    return { files: run.all.map((each) => each.path), steps: run.steps, rows: run.steps.map((step) => run.rowsOf(step).map(({ file: { table }, range }) => [table.reward(range.start), range.end - range.start])) };
  }

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-many-'));
    for (let step = 1; step <= veryMany; step++) write(step);
  });
  after(() => rmSync(directory, { recursive: true }));

  it('is the same as one that was read afresh, after files came and went and when it is opened again', async () => {
    const run = await open();
    settle(run);
    unlinkSync(file(50));
    unlinkSync(file(veryMany));
    for (const step of [0, veryMany + 1]) write(step);
    assert.ok(settle(run) > 3, 'it takes turns');
    write(50);
    settle(run);
    const fresh = await open();
    settle(fresh);
    assert.deepEqual(shownOf(run), shownOf(fresh));
    const { index } = fresh;
    assert.equal(index.resting.names.length, veryMany + 1);
    unlinkSync(file(4000));
    write(veryMany + 2);
    const again = await open(index);
    settle(again);
    assert.ok(again.restored.bytes > 0);
    settle(run);
    assert.deepEqual(shownOf(again), shownOf(run));
  });
});
