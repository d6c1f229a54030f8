import assert from 'node:assert/strict';
import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Engine } from '../../../src/engine/engine';
import { temporaryDirectory } from '../temporaryDirectory';
import { engineOn, figures, freshFigures, look, settle } from './observedTree';

/** One group of four as verl writes it; every line is as long as another's. */
function rows(step: number, problem: number, correct: number): string {
  return Array.from({ length: 4 }, (_, i) =>
    `${JSON.stringify({ input: `user\nProblem ${problem}\nassistant\n`, output: 'o', gts: '1', score: i < correct ? 1 : 0, step })}\n`,
  ).join('');
}

const noon = new Date('2026-01-01T12:00:00Z');

function writeAt(time: Date, name: string, content: string | Buffer): void {
  writeFileSync(name, content);
  utimesSync(name, time, time);
}

describe('an engine while files change under it', () => {
  const directory = temporaryDirectory();
  let engine: Engine;
  const runs = (): string => path.join(directory.path(), 'runs');
  const log = (name = 'a'): string => path.join(runs(), name, 'rollouts');
  const file = (step: number, name = 'a'): string => path.join(log(name), `${step}.jsonl`);

  function write(step: number, text: string, name = 'a'): void {
    mkdirSync(log(name), { recursive: true });
    writeFileSync(file(step, name), text);
  }

  async function assertFresh(): Promise<void> {
    await settle(engine);
    assert.deepEqual(figures(engine), await freshFigures(runs()));
  }

  const rollouts = (): number[] => engine.catalog.all.map((run) => engine.catalog.summary(run).rollouts);

  beforeEach(async () => {
    for (const step of [1, 2, 3]) write(step, rows(step, 1, step) + rows(step, 2, 4 - step));
    engine = engineOn(runs());
    await settle(engine);
    assert.deepEqual(rollouts(), [24]);
  });

  it('reads a file again that was rewritten shorter', async () => {
    write(2, rows(2, 3, 1));
    await assertFresh();
    assert.deepEqual(rollouts(), [20]);
  });

  it('reads a file again that was rewritten longer', async () => {
    write(2, rows(2, 3, 1) + rows(2, 4, 2) + rows(2, 5, 2));
    await assertFresh();
    assert.deepEqual(rollouts(), [28]);
  });

  it('reads a file again that was rewritten at its length', async () => {
    write(2, rows(2, 1, 4) + rows(2, 2, 4));
    await assertFresh();
  });

  it('reads a file again that was rewritten at its length and given its old time back', async () => {
    writeAt(noon, file(2), rows(2, 1, 2) + rows(2, 2, 2));
    await settle(engine);
    writeAt(noon, file(2), rows(2, 1, 4) + rows(2, 2, 4));
    await assertFresh();
  });

  it('reads a file again whose bytes were changed in place, at any time after they were read', async () => {
    for (let score = 0; score < 10; score++) {
      const fd = openSync(file(2), 'r+');
      writeSync(fd, rows(2, 1, score % 5), 0);
      closeSync(fd);
      await assertFresh();
    }
  });

  it('reads a file again that another took the place of, by a rename', async () => {
    writeFileSync(path.join(log(), 'new.tmp'), rows(2, 1, 4) + rows(2, 2, 4));
    renameSync(path.join(log(), 'new.tmp'), file(2));
    await assertFresh();
  });

  it('forgets a file that is renamed away, and knows it again when it is back', async () => {
    renameSync(file(2), path.join(log(), '2.jsonl.away'));
    await assertFresh();
    assert.deepEqual(rollouts(), [16]);
    renameSync(path.join(log(), '2.jsonl.away'), file(2));
    await assertFresh();
    assert.deepEqual(rollouts(), [24]);
  });

  it('takes two files that change their names for each other as what they are then', async () => {
    renameSync(file(1), path.join(log(), 'x'));
    renameSync(file(2), file(1));
    renameSync(path.join(log(), 'x'), file(2));
    await assertFresh();
  });

  it('forgets a run whose directory is removed, and reads it anew when it is made anew', async () => {
    rmSync(path.join(runs(), 'a'), { recursive: true });
    await assertFresh();
    assert.deepEqual(rollouts(), []);
    write(1, rows(1, 7, 2));
    await assertFresh();
    assert.deepEqual(rollouts(), [4]);
  });

  it('reads a run anew whose directory was removed and made anew between two looks', async () => {
    rmSync(path.join(runs(), 'a'), { recursive: true });
    write(1, rows(1, 7, 2));
    await assertFresh();
  });

  it('knows a run under its new name when its directory is renamed', async () => {
    renameSync(path.join(runs(), 'a'), path.join(runs(), 'b'));
    await assertFresh();
    assert.deepEqual(engine.catalog.all.map(({ source }) => source.name), ['b']);
  });

  it('finishes a file that is removed in the middle of reading, then forgets it', async () => {
    write(9, Array.from({ length: 6000 }, (_, problem) => rows(9, problem, 2)).join(''));
    await engine.catalog.rescan();
    assert.equal(engine.catalog.all[0]!.advance(1 << 20, Date.now()).more, true);
    unlinkSync(file(9));
    await assertFresh();
    assert.deepEqual(rollouts(), [24]);
  });

  it('reads all of a file that takes the place of one in the middle of reading', async () => {
    const long = Array.from({ length: 6000 }, (_, problem) => rows(9, problem, 2)).join('');
    write(9, long);
    await engine.catalog.rescan();
    assert.equal(engine.catalog.all[0]!.advance(1 << 20, Date.now()).more, true);
    const middle = long.length >> 1;
    // Both ends stay as they were.
    writeFileSync(path.join(log(), 'new.tmp'), long.slice(0, middle) + long.slice(middle).replace('"score":1', '"score":0') + rows(9, 1, 3));
    renameSync(path.join(log(), 'new.tmp'), file(9));
    await assertFresh();
  });

  it('keeps two runs apart when one goes and one comes', async () => {
    write(1, rows(1, 1, 2), 'b');
    await settle(engine);
    rmSync(path.join(runs(), 'a'), { recursive: true });
    write(2, rows(2, 1, 3), 'b');
    await assertFresh();
    assert.deepEqual(rollouts(), [8]);
  });

  it('counts every whole line of two writers that append to one file at once, and the line that one tore', async () => {
    const torn = rows(4, 1, 4).slice(0, 150);
    write(4, rows(4, 1, 2));
    await look(engine);
    appendFileSync(file(4), torn);
    await look(engine);
    appendFileSync(file(4), rows(4, 2, 3));
    await look(engine);
    appendFileSync(file(4), rows(4, 3, 1).slice(0, -1));
    await assertFresh();
    const [summary] = engine.catalog.all.map((run) => engine.catalog.summary(run));
    assert.equal(summary!.health.badLines, 1);
    assert.equal(summary!.rollouts, 24 + 4 + 1 + 3 + 4);
  });

  it('reads files from the future like others', async () => {
    const future = new Date(Date.now() + 86_400_000);
    write(4, rows(4, 1, 2).trimEnd());
    utimesSync(file(4), future, future);
    utimesSync(log(), future, future);
    await assertFresh();
    appendFileSync(file(4), `\n${rows(4, 2, 2)}`);
    write(5, rows(5, 1, 1));
    await assertFresh();
    assert.deepEqual(rollouts(), [24 + 8 + 4]);
  });

  it('does not take a run for gone because a file of another name comes and goes', async () => {
    const [run] = engine.catalog.all;
    writeFileSync(path.join(log(), '0.jsonl.tmp'), 'x');
    await settle(engine);
    unlinkSync(path.join(log(), '0.jsonl.tmp'));
    await assertFresh();
    assert.equal(engine.catalog.all[0], run);
  });

  it('keeps the rows of a later launch before those of an earlier one that is written again', async () => {
    const neutral = (sample: number, reward: number): string =>
      `${JSON.stringify({ schema: 'cdas-rollout/1', step: 1, problem_id: 'a', group_id: '1-a', sample_index: sample, reward, prompt: 'Q', response: 'r' })}\n`;
    const launch = (number: number): string => path.join(runs(), 'n', `rollouts-${number}.jsonl`);
    mkdirSync(path.join(runs(), 'n'));
    writeFileSync(launch(1), neutral(0, 0) + neutral(1, 0));
    writeFileSync(launch(2), neutral(0, 1) + neutral(1, 1));
    await settle(engine);
    writeFileSync(launch(1), neutral(0, 0) + neutral(1, 0) + neutral(2, 0));
    await assertFresh();
  });

  it('lets the later of two files have the last word on a rollout, whichever was written first', async () => {
    const neutral = (problem: string): string =>
      `${JSON.stringify({ schema: 'cdas-rollout/1', step: 1, problem_id: problem, group_id: 'g', sample_index: 0, reward: 1, prompt: 'Q', response: 'r' })}\n`;
    mkdirSync(path.join(runs(), 'n'));
    writeFileSync(path.join(runs(), 'n', 'rollouts-2.jsonl'), neutral('later'));
    await settle(engine);
    writeFileSync(path.join(runs(), 'n', 'rollouts-1.jsonl'), neutral('earlier'));
    await assertFresh();
  });

  it('takes a file in at once whose first row comes late', async () => {
    mkdirSync(path.join(runs(), 'n'));
    const neutral = `${JSON.stringify({ schema: 'cdas-rollout/1', step: 1, problem_id: 'p', group_id: 'g', sample_index: 0, reward: 1, prompt: 'Q', response: 'r' })}\n`;
    writeFileSync(path.join(runs(), 'n', 'rollouts-1.jsonl'), neutral);
    writeFileSync(path.join(runs(), 'n', 'rollouts-2.jsonl'), '\n');
    await settle(engine);
    appendFileSync(path.join(runs(), 'n', 'rollouts-2.jsonl'), neutral.replace('"g"', '"h"'));
    await assertFresh();
  });

  it('reads what is there of many steps of which some are deleted, as a clean-up does', async () => {
    for (let step = 4; step <= 800; step++) write(step, rows(step, step % 7, step % 5));
    await settle(engine);
    for (let step = 1; step <= 790; step += 3) unlinkSync(file(step));
    await assertFresh();
  });

  it('finds a change to an old one of very many files in a few looks', async () => {
    for (let step = 4; step <= 1400; step++) write(step, rows(step, step % 7, step % 5));
    await settle(engine);
    write(5, rows(5, 1, 4) + rows(5, 2, 4));
    for (let turn = 0; turn < 4; turn++) await look(engine);
    await assertFresh();
  });

  it('reads a compressed file again that was rewritten at its length and given its old time back', async () => {
    const packed = (correct: number): Buffer => gzipSync(rows(4, 1, correct) + rows(4, 2, 4 - correct), { level: 0 });
    writeAt(noon, `${file(4)}.gz`, packed(1));
    await settle(engine);
    writeAt(noon, `${file(4)}.gz`, packed(4));
    await assertFresh();
  });

  it('reads an episode again that was rewritten at its length and given its old time back', async () => {
    const step = path.join(runs(), 'r', 'episodes', 'train_step_1_epoch_0');
    const write = (i: number, reward: number): void => {
      const text = JSON.stringify({ training_step: 1, epoch: 0, episode_id: `q:${i}`, task: { question: 'Q' }, is_correct: reward === 1, trajectories: [{ reward, steps: [] }] });
      writeAt(noon, path.join(step, `episode_hash${i}.json`), text.padEnd(200));
    };
    mkdirSync(step, { recursive: true });
    for (let i = 0; i < 4; i++) write(i, i % 2);
    await settle(engine);
    write(2, 1);
    await assertFresh();
  });
});
