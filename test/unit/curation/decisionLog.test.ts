import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationalError } from '../../../src/core/errors';
import { DecisionLog } from '../../../src/curation/decisionLog';
import { decision } from '../core/decisionSamples';
import { temporaryDirectory } from '../temporaryDirectory';

const stamp = { by: 'Ada <ada@example.org>', now: new Date('2026-02-03T04:05:06.789Z') };

describe('the decision log', () => {
  const directory = temporaryDirectory();
  const curation = (): string => join(directory.path(), '.cdas');
  const path = (): string => join(curation(), 'decisions.jsonl');

  function logWith(text: string): DecisionLog {
    mkdirSync(curation(), { recursive: true });
    writeFileSync(path(), text);
    const log = new DecisionLog(curation());
    log.refresh();
    return log;
  }

  it('makes the directory with the first decision, not by looking', () => {
    const log = new DecisionLog(curation());
    assert.equal(log.refresh(), false);
    assert.throws(() => readFileSync(path()), /ENOENT/);
    log.append([{ action: 'exclude', problem: 'p', reason: 'wrong' }], stamp);
    assert.equal(log.decisions[0]?.by, stamp.by);
    assert.equal(log.decisions[0].at, '2026-02-03T04:05:06.789Z');
  });

  it('is read back by another log as it was written', () => {
    const written = new DecisionLog(curation()).append(
      [
        { action: 'relabel', problem: 'p', groundTruth: { a: [1, null] }, was: 'x\ny', expires: { step: 3 } },
        { action: 'pin', problem: 'q', evidence: { run: 'r', step: 4, difficulty: 0.5 } },
      ],
      stamp,
    );
    const other = new DecisionLog(curation());
    other.refresh();
    assert.deepEqual(other.decisions, written);
    assert.equal(readFileSync(path(), 'utf8').split('\n').length, 3);
  });

  it('sees what another program appends', () => {
    const [ours, theirs] = [new DecisionLog(curation()), new DecisionLog(curation())];
    ours.append([{ action: 'pin', problem: 'p' }], stamp);
    theirs.append([{ action: 'pin', problem: 'q' }], stamp);
    assert.equal(ours.refresh(), true);
    assert.deepEqual(ours.decisions.map(({ problem }) => problem), ['p', 'q']);
    assert.equal(ours.refresh(), false);
  });

  it('gives ids that are greater than every id in the file, though the clock goes back', () => {
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'a' }, { action: 'pin', problem: 'b' }], stamp);
    log.append([{ action: 'pin', problem: 'c' }], { ...stamp, now: new Date(0) });
    const ids = log.decisions.map(({ id }) => id);
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids).size, 3);
  });

  it('gives ids after those of lines that it does not understand', () => {
    const log = logWith('{"schema":"cdas-decision/2","id":"5ZZZZZZZZZZZZZZZZZZZZZZZZZ","action":"x"}\n');
    assert.match(log.append([{ action: 'pin', problem: 'a' }], stamp)[0]?.id ?? '', /^6000000000/);
  });

  it('says so when no id is left', () => {
    const log = logWith(`${JSON.stringify(decision(1, { action: 'pin', id: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ' }))}\n`);
    assert.throws(() => log.append([{ action: 'pin', problem: 'a' }], stamp), OperationalError);
  });

  it('does not glue a decision to a cut-off last line, and loses neither', () => {
    const log = logWith('{"schema":"cdas-decision/1","id":"01');
    assert.match(log.warnings.join(), /line 1 is incomplete/);
    log.append([{ action: 'pin', problem: 'p' }], stamp);
    assert.equal(log.decisions.length, 1);
    assert.match(log.warnings.join(), /line 1 is not JSON\. The line is skipped but stays in the file: fix or delete/);
    assert.ok(readFileSync(path(), 'utf8').startsWith('{"schema":"cdas-decision/1","id":"01\n{'));
  });

  it('counts a whole last line without a line end once', () => {
    const line = JSON.stringify(decision(1, { action: 'pin' }));
    const log = logWith(line);
    assert.deepEqual([log.decisions.length, log.warnings], [1, []]);
    appendFileSync(path(), '\n');
    log.refresh();
    assert.equal(log.decisions.length, 1);
  });

  it('names each damaged line and goes on with the rest', () => {
    const good = JSON.stringify(decision(1, { action: 'pin' }));
    const log = logWith(`${good}\nnonsense\n\n<<<<<<< HEAD\n${good}\n`);
    assert.equal(log.decisions.length, 2);
    assert.match(log.warnings.join('\n'), /line 2 is not JSON[^]*line 4 is a merge conflict marker/);
  });

  it('keeps and warns of unknown actions without counting them as damaged', () => {
    const log = logWith(`${JSON.stringify({ ...decision(1, { action: 'pin' }), action: 'weigh' })}\n`);
    assert.deepEqual(log.decisions, []);
    assert.match(log.warnings.join(), /unknown action "weigh"; it is kept/);
  });

  it('starts over when git puts another version of the file there', () => {
    const log = new DecisionLog(curation());
    log.append([{ action: 'pin', problem: 'p' }, { action: 'pin', problem: 'q' }], stamp);
    writeFileSync(path(), readFileSync(path(), 'utf8').split('\n').slice(0, 1).join('\n') + '\n');
    log.refresh();
    assert.deepEqual(log.decisions.map(({ problem }) => problem), ['p']);
  });

  it('refuses a decision that it could not read back', () => {
    const log = new DecisionLog(curation());
    assert.throws(() => log.append([{ action: 'pin', problem: '' }], stamp), /not written: it names no problem/);
    // JSON would turn it into null.
    assert.throws(() => log.append([{ action: 'relabel', problem: 'p', groundTruth: [Infinity] }], stamp), /not written: it has a ground truth that holds a number too large for a double/);
    assert.equal(log.refresh(), false);
  });

  it('says what to do when the directory is a file', () => {
    writeFileSync(curation(), '');
    assert.throws(() => new DecisionLog(curation()).append([{ action: 'pin', problem: 'p' }], stamp), (error) => {
      return error instanceof OperationalError && error.code === 'ENOTDIR' && error.message.includes('Rename that file');
    });
  });

  it('refuses a device in the place of the file instead of reading it for ever', function () {
    if (process.platform === 'win32') this.skip();
    mkdirSync(curation());
    symlinkSync('/dev/zero', path());
    assert.throws(() => new DecisionLog(curation()).refresh(), /not a regular file\. Rename or remove it/);
  });

  it('merges in git without a conflict once .gitattributes is there', async function () {
    const { addMergeUnion } = await import('../../../src/curation/gitAttributes');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: directory.path(), encoding: 'utf8', stdio: 'pipe' });
    git('init', '-q', '-b', 'main');
    addMergeUnion(curation());
    const decide = (problem: string): unknown => new DecisionLog(curation()).append([{ action: 'pin', problem }], stamp);
    const commit = (): string => git('add', '.') + git('commit', '-qm', 'x');
    decide('base');
    commit();
    git('checkout', '-qb', 'other');
    decide('theirs');
    commit();
    git('checkout', '-q', 'main');
    decide('ours');
    commit();
    git('merge', '-q', 'other');
    const log = new DecisionLog(curation());
    log.refresh();
    assert.deepEqual(log.decisions.map(({ problem }) => problem).sort(), ['base', 'ours', 'theirs']);
    assert.deepEqual(log.warnings, []);
  });
});
