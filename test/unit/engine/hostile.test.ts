import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openRuns } from '../../../src/logs/discovery/discover';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { ObservedRun } from '../../../src/engine/observedRun';
import { summariseRun } from '../../../src/engine/views/runSummary';
import type { StepRows } from '../../../src/engine/reading/stepRows';
import type { RunSummary } from '../../../src/protocol/run';
import { fixtures, loadOnly } from './fixtureRuns';
import { temporaryDirectory } from '../temporaryDirectory';

const hostile = (name: string): string => path.join(fixtures, 'hostile', name);
const longAgo = new Date('2026-01-01T00:00:00Z');

function summaryOf(run: ObservedRun): RunSummary {
  return summariseRun(run, findFacts(run), Date.now());
}

function firstFile(run: ObservedRun): StepRows['file'] {
  return run.files.rowsOf(run.files.steps[0]!)[0]!.file;
}

/** Every rollout's reward and own word on correctness, in the order of the run's only file. */
function rewards(run: ObservedRun): { reward: number | null; correct: boolean | null }[] {
  const { table } = firstFile(run);
  return Array.from({ length: table.length }, (_, row) => ({ reward: table.reward(row), correct: table.explicitCorrect(row) }));
}

describe('hostile verl logs', () => {
  const directory = temporaryDirectory();

  async function openCopy(name: string): Promise<ObservedRun> {
    cpSync(hostile(name), directory.path(), { recursive: true });
    const [source] = (await openRuns(directory.path())).runs;
    assert.ok(source, 'the copy is recognised as a run');
    return new ObservedRun(source, { mode: 'paper', correctThreshold: null });
  }

  function readOn(run: ObservedRun, now = Date.now()): RunSummary {
    while (run.advance(1 << 20, now).more);
    return summaryOf(run);
  }

  it('keeps a last line that ends inside a character pending, and reads it once the rest has come', async () => {
    const run = await openCopy('01_partial_last_line');
    assert.deepEqual([readOn(run).rollouts, readOn(run).health.pendingBytes, readOn(run).health.badLines], [3, 131, 0]);
    appendFileSync(path.join(directory.path(), '3.jsonl'), readFileSync(path.join(directory.path(), '3.jsonl.rest')));
    assert.deepEqual([readOn(run).rollouts, readOn(run).health.pendingBytes], [4, 0]);
  });

  it('takes a whole last line without a newline once the file rests, and not again when its newline comes', async () => {
    const run = await openCopy('03_no_final_newline');
    const file = path.join(directory.path(), '1.jsonl');
    const written = new Date();
    utimesSync(file, written, written);
    const fresh = readOn(run, written.getTime());
    assert.deepEqual([fresh.rollouts, fresh.health.pendingBytes], [1, 306]);
    const rested = readOn(run, written.getTime() + 3000);
    assert.deepEqual([rested.rollouts, rested.health.pendingBytes], [2, 0]);
    appendFileSync(file, '\n');
    assert.equal(readOn(run).rollouts, 2);
  });

  it('reads what Python’s default=str made of numbers and truth values', async () => {
    const found = rewards(await loadOnly(hostile('05_default_str')));
    assert.deepEqual(found.map(({ reward }) => reward), [1, 0, 1, null]);
    assert.deepEqual(found.map(({ correct }) => correct), [true, false, null, null]);
  });

  it('keeps rows with invalid UTF-8 and exact byte offsets', async () => {
    const run = await loadOnly(hostile('07_invalid_utf8'));
    const file = firstFile(run);
    assert.equal(file.table.length, 2);
    assert.equal(file.table.offset(1), 306);
  });

  it('reads a file with a byte order mark, CRLF and blank lines', async () => {
    const run = await loadOnly(hostile('09_crlf_bom_blank'));
    const file = firstFile(run);
    assert.deepEqual([summaryOf(run).rollouts, summaryOf(run).health.badLines, file.table.offset(0)], [2, 0, 3]);
  });

  it('takes the last of duplicate keys, and names of object members as plain ids', async () => {
    const run = await loadOnly(hostile('11_prototype_keys'));
    assert.deepEqual(run.registry.problems.map(({ id }) => id).slice(1), ['__proto__', 'constructor']);
    assert.equal(run.registry.problems[0]!.preview, 'Y');
    assert.equal('polluted' in {}, false);
  });

  for (const [rewrite, count] of [['after_longer', 4], ['after_same_size', 4], ['after_shorter', 2]] as const) {
    it(`reads a file again that was rewritten in place (${rewrite})`, async () => {
      cpSync(path.join(hostile('13_rewritten'), 'before'), directory.path(), { recursive: true });
      const [source] = (await openRuns(directory.path())).runs;
      const run = new ObservedRun(source!, { mode: 'paper', correctThreshold: null });
      readOn(run);
      writeFileSync(path.join(directory.path(), '3.jsonl'), readFileSync(path.join(hostile('13_rewritten'), rewrite, '3.jsonl')));
      assert.equal(readOn(run).rollouts, count);
      assert.ok(rewards(run).every(({ reward }) => reward === 1));
    });
  }

  it('lets a row’s own step win over the file’s name, which serves where the row has none', async () => {
    const run = await loadOnly(hostile('15_step_mismatch'));
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[6, 1], [7, 2]]);
    assert.match(summaryOf(run).health.flags.join(), /1 row with a different step/);
  });

  it('notices extra fields that belong to other rows and does not use them', async () => {
    const run = await loadOnly(hostile('17_dapo_misaligned'));
    assert.match(summaryOf(run).health.flags.join(), /In 2 rows of step 2 the field “acc” contradicts the score/);
    assert.notEqual(run.rule.kind, 'explicit');
  });

  it('reads rows without ground truth, and counts a row without a score as unscored', async () => {
    const run = await loadOnly(hostile('19_missing_keys'));
    assert.deepEqual(rewards(run).map(({ reward }) => reward), [1, 1, null]);
    const scored = run.steps.flatMap(({ groups }) => groups).reduce((sum, group) => sum + group.scored, 0);
    assert.equal(scored, 2);
  });

  it('tells rows of the same text apart by their answer, and reports those it cannot tell apart', async () => {
    const run = await loadOnly(hostile('21_same_text_other_answer'), { dataset: path.join(hostile('21_same_text_other_answer'), 'dataset.jsonl') });
    const seen = run.registry.problems.filter(({ source }) => source !== null);
    assert.deepEqual(seen.map(({ source, rows }) => [source, rows]), [['matched', [0]], ['ambiguous', [1, 2]]]);
    assert.ok(seen.every(({ id }) => /^h:[0-9a-f]{16}~[0-9a-f]{4}$/.test(id)));
    assert.match(summaryOf(run).health.flags.join(), /1 problem could be any of several dataset rows/);
  });

  it('keeps ids above 2^53 apart', async () => {
    const run = await loadOnly(hostile('25_big_ints'));
    assert.deepEqual(run.registry.problems.map(({ id }) => id), ['9007199254740993', '9007199254740992']);
  });

  it('finds no run among foreign files', async () => {
    assert.deepEqual((await openRuns(hostile('33_foreign_files'))).runs, []);
  });

  it('reads every row of text meant to break out of a view', async () => {
    assert.equal(summaryOf(await loadOnly(hostile('23_injection'))).rollouts, 10);
  });

  for (const [scale, rule] of [
    ['zero_one', 'score > 0.5, inferred from the two values 0 and 1'],
    ['plus_minus', 'score > 0, inferred from the two values -1 and 1'],
    ['zero_ten', 'score > 5, inferred from the two values 0 and 10'],
    ['composite', 'score > 0.6, inferred from the two values 0.1 and 1.1'],
    ['all_zero', 'score > 0.5, by convention: all scores are 0'],
    ['all_one', 'score > 0.5, by convention: all scores are 1'],
  ] as const) {
    it(`says how correct was read off the scale ${scale}`, async () => {
      assert.equal((await loadOnly(path.join(hostile('29_reward_scales'), scale))).rule.text, rule);
    });
  }

  for (const scale of ['fraction', 'rm_logit'] as const) {
    it(`asks for a threshold on the scale ${scale}, and uses it when it is given`, async () => {
      const target = path.join(hostile('29_reward_scales'), scale);
      const run = await loadOnly(target);
      assert.equal(run.rule.kind, 'soft');
      assert.match(summaryOf(run).health.flags.join(), /set a threshold/);
      assert.equal((await loadOnly(target, { correctThreshold: 0.2 })).rule.text, 'score ≥ 0.2, as set');
    });
  }

  it('keeps what it read of the authors’ sampling log when the file is caught half-written, and tries again', async () => {
    mkdirSync(path.join(directory.path(), 'sampling_log'));
    const file = path.join(directory.path(), 'sampling_log', 'x_sampling.json');
    cpSync(path.join(fixtures, 'runs/cdas_official/sampling_log/qwen2_5_7b_cdas_sampling.json'), file);
    const [source] = (await openRuns(directory.path())).runs;
    const run = new ObservedRun(source!, { mode: 'paper', correctThreshold: null });
    assert.equal(readOn(run).rollouts, 64);
    writeFileSync(file, readFileSync(path.join(hostile('37_cdas_files'), 'half_sampling.json')));
    assert.equal(readOn(run).rollouts, 64);
    writeFileSync(file, '[]');
    assert.equal(readOn(run).rollouts, 0);
  });

  it('keeps what it read when the log directory vanishes, and says so', async () => {
    const run = await openCopy('15_step_mismatch');
    readOn(run);
    rmSync(directory.path(), { recursive: true });
    const gone = readOn(run);
    mkdirSync(directory.path());
    assert.equal(gone.rollouts, 3);
    assert.match(gone.health.flags.join(), /ENOENT/);
  });

  it('reads the fixture’s files the same when their times are long ago', async () => {
    const run = await openCopy('03_no_final_newline');
    utimesSync(path.join(directory.path(), '1.jsonl'), longAgo, longAgo);
    assert.equal(readOn(run).rollouts, 2);
  });
});
