import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { trlFormat } from '../../../src/logs/formats/trl';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { responseAt, rowsAt } from '../../../src/logs/rowsAgain';
import { loadOnly } from '../engine/fixtureRuns';
import { fixtureRun, summaryOf } from './formats/expectedRun';
import { craftedFile, numberPage, textPage } from './parquet/craftedParquet';
import { temporaryDirectory } from '../temporaryDirectory';

const rollouts = 3000;

/** A file as TRL writes it, of so many rollouts in pages of a few. */
function completions(answer: string): Buffer {
  const numbers = Array.from({ length: rollouts }, (_, row) => row);
  const pages = <Page>(make: (rows: readonly number[]) => Page): Page[] => Array.from({ length: rollouts / 50 }, (_, page) => make(numbers.slice(50 * page, 50 * (page + 1))));
  return craftedFile(
    [
      { name: 'step', type: 'number', pages: pages((rows) => numberPage(...rows.map(() => 1))) },
      { name: 'prompt', type: 'text', pages: pages((rows) => textPage(...rows.map((row) => `Problem ${row >> 3}`))) },
      { name: 'completion', type: 'text', pages: pages((rows) => textPage(...rows.map((row) => `${answer} ${row}. `.repeat(30)))) },
      { name: 'accuracy_reward', type: 'number', pages: pages((rows) => numberPage(...rows.map((row) => row % 2))) },
    ],
    rollouts,
  );
}

describe('a table of a log', () => {
  const directory = temporaryDirectory();
  let file: string;

  beforeEach(() => {
    file = path.join(directory.path(), 'completions_00001.parquet');
    writeFileSync(file, completions('Let me see'));
  });

  const open = (): LogFile => new LogFile(file, 1, trlFormat, new PromptTable());

  it('is read in turns, and its rollouts are there when all of them are', () => {
    const log = open();
    let turns = 0;
    for (let poll = log.poll(100_000, 0); poll.more; poll = log.poll(100_000, 0), turns++) {
      assert.deepEqual([poll.changed, poll.error, log.table.length], [false, null, 0]);
      assert.ok(log.progress.read < log.progress.size);
    }
    assert.ok(turns > 5);
    assert.deepEqual([log.table.length, log.progress.read, log.bytesRead], [rollouts, log.progress.size, log.progress.size]);
    assert.deepEqual([log.table.reward(1), log.table.offset(2999), log.table.lengthChars(7)], [1, 2999, 'Let me see 7. '.length * 30]);
  });

  it('says what a turn took, so that no other file is read in it', () => {
    const poll = open().poll(100_000, 0);
    assert.ok(poll.more && (poll.cost ?? 0) >= 100_000);
  });

  it('that is rewritten while it is read is read from its beginning', () => {
    const log = open();
    log.poll(100_000, 0);
    writeFileSync(file, completions('I wonder what it is'));
    while (log.poll(100_000, 0).more);
    assert.deepEqual([log.table.length, log.table.lengthChars(0)], [rollouts, 'I wonder what it is 0. '.length * 30]);
  });

  it('keeps what was read of it while what came instead is not whole', () => {
    const log = open();
    while (log.poll(1e9, 0).more);
    const whole = readFileSync(file);
    // The end is there, and the pages are not what it says they are.
    whole.fill(0xff, 2000, whole.length >> 1);
    writeFileSync(file, whole);
    let poll = log.poll(100_000, 0);
    while (poll.more) poll = log.poll(100_000, 0);
    assert.match(poll.error ?? '', /completions_00001\.parquet cannot be read \(.*\); it will be read again when it changes/);
    assert.deepEqual([log.table.length, log.generation], [rollouts, 0]);
  });

  it('is read compressed as a whole too', () => {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    const log = new LogFile(`${file}.gz`, 1, trlFormat, new PromptTable());
    while (log.poll(100_000, 0).more);
    assert.deepEqual([log.table.length, log.table.reward(1)], [rollouts, 1]);
  });

  it('gives any of its rows again, in any order', () => {
    for (const row of [10, 11, 2900, 5, 5, 1500]) {
      const [again, ...others] = rowsAt(trlFormat, { file, offset: row, explicitId: null });
      assert.deepEqual([again?.prompt, again?.reward, others], [`Problem ${row >> 3}`, row % 2, []]);
      assert.equal(responseAt(trlFormat, { file, offset: row }), `Let me see ${row}. `.repeat(30));
    }
    assert.deepEqual(rowsAt(trlFormat, { file, offset: rollouts, explicitId: null }), []);
  });

  it('gives the rows that it has now where it was rewritten', () => {
    assert.equal(responseAt(trlFormat, { file, offset: 3 })?.slice(0, 3), 'Let');
    writeFileSync(file, completions('I wonder what it is'));
    assert.equal(responseAt(trlFormat, { file, offset: 4 })?.slice(0, 3), 'I w');
  });

  it('that would take too much memory is named with what to do, and its step is not in the log', async () => {
    for (const step of [1, 2, 4]) copyFileSync(path.join(fixtureRun('trl_grpo'), `completions/completions_0000${step}.parquet`), path.join(directory.path(), `completions_0000${step}.parquet`));
    const claim = { ...textPage('a'), unpacked: 2 ** 31 - 1 };
    writeFileSync(path.join(directory.path(), 'completions_00003.parquet'), craftedFile([{ name: 'prompt', type: 'text', pages: [claim], codec: 1 }], 1));
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.equal(summary.completeness, 'gaps');
    assert.match(summary.health.flags.join(' '), /completions_00003\.parquet cannot be read \(a page of its column “prompt” needs 2148 MB of memory, .*smaller row groups/);
    assert.equal(summary.rollouts, 48);
  });
});
