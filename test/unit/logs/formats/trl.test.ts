import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ObservedRun } from '../../../../src/engine/observedRun';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { fixtures, loadOnly, problemWith, readExpected } from '../../engine/fixtureRuns';
import { assertHolds, contextOf, fixtureRun, loadExpected, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

describe('TRL completions', () => {
  const directory = temporaryDirectory();

  it('equal what was written with pandas as TRL does', async () => {
    const { run, expected } = await loadExpected('trl_grpo');
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.name, summary.completeness, summary.health.superseded], ['trl', 'trl_grpo', 'complete', 0]);
    assert.equal(summary.correctRule, 'score > 0.5, inferred from the two values 0 and 1');
    assert.deepEqual(summary.health.flags, []);
  });

  it('have the lengths of completions in characters', async () => {
    const { run, expected } = await loadExpected('trl_grpo');
    assert.equal(rolloutsOf(run, 1)[0]?.chars, `Let me see. #### ${Object.values(expected.questions)[0] === undefined ? '' : '12'}`.length);
  });

  it('of conversations are messages, as TRL 1.16 writes them with pandas', async () => {
    const { run, expected } = await loadExpected('trl_messages', { dataset: path.join(fixtures, 'datasets/math8_swift.jsonl') });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual(summary.identity, { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
    assert.deepEqual(rolloutsOf(run, 4).slice(0, 2).map(({ chars }) => chars), [19, 18]);
    const group = groupTexts(contextOf(run), run.registry.problems[problemWith(run, expected.questions['p2']!)]!.id, 1);
    assert.deepEqual(group.rollouts.map(({ response, correct }) => [response, correct]), [['Let me see. #### 12', 1], ['Let me see. #### 12', 1], ['Let me see. #### 0', 0], ['Let me see. #### 0', 0]]);
    assert.equal(group.prompt, expected.questions['p2']);
  });

  it('that are written again count once, at the step at which they came first', async () => {
    const run = await loadOnly(fixtureRun('trl_repeats'));
    const expected = readExpected('trl_grpo');
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[2, 16], [6, 16]]);
    assert.deepEqual(run.steps.map(({ groups }) => groups.map(({ correct }) => correct)), [1, 2].map((step) => Object.values(expected.steps[step]!).map(({ correct }) => correct)));
    assert.equal(summaryOf(run).health.superseded, 32);
  });

  it('with several reward functions add them up, say so, and are correct by the one for accuracy', async () => {
    const run = await loadOnly(fixtureRun('trl_repeats'));
    assert.deepEqual(rolloutsOf(run, 2).slice(0, 5).map(({ reward, correct }) => [reward, correct]), [[1.5, true], [1.5, true], [1.5, true], [1.5, true], [1, true]]);
    const summary = summaryOf(run);
    assert.equal(summary.correctRule, 'the rows’ own field “accuracy_reward”');
    assert.match(summary.health.flags.join(' '), /several rewards \(accuracy_reward, think_format_reward\).*unweighted sum and “accuracy_reward” says what is correct/);
  });

  it('have the rewards of all functions, whatever these are named', async () => {
    const run = await loadOnly(fixtureRun('trl_names'));
    const expected = readExpected('trl_grpo').steps['1']!;
    const wanted = Object.values(expected).flatMap(({ n, correct }) => Array.from({ length: n }, (_, sample) => (sample < correct ? 1.5 : 0.5)));
    assert.deepEqual(rolloutsOf(run, 1).map(({ reward }) => reward), wanted);
    assert.match(summaryOf(run).health.flags.join(' '), /several rewards \(match_format, check_answer\)/);
  });

  it('do not count columns that users logged besides the rewards, from which the advantages do not follow', async () => {
    const run = await loadOnly(fixtureRun('trl_extras'));
    for (const step of [1, 2]) {
      const wanted = Object.values(readExpected('trl_grpo').steps[step]!).flatMap(({ n, correct }) => Array.from({ length: n }, (_, sample) => Number(sample < correct)));
      assert.deepEqual(rolloutsOf(run, step).map(({ reward }) => reward), wanted.map((correct, row) => correct + (row % 3 === 1 ? 0 : 0.25)));
    }
    assert.match(summaryOf(run).health.flags.join(' '), /several rewards \(check_answer, match_format\)/);
  });

  it('know their problems by a logged problem_id, with the logged answer', async () => {
    const run = await loadOnly(fixtureRun('trl_repeats'));
    assert.deepEqual(run.registry.problems.slice(0, 2).map(({ id, answer }) => [id, answer]), [['0', '"12"'], ['2', '"12"']]);
  });

  it('of evaluation are left out where a reward function logged the split of each row', async () => {
    const run = await loadOnly(fixtureRun('trl_split'));
    assert.deepEqual([summaryOf(run).rollouts, run.files.sumHealth('validationRows')], [8, 8]);
  });

  it('that were not logged at every step say which setting logs them', async () => {
    const summary = summaryOf(await loadOnly(fixtureRun('trl_repeats')));
    assert.equal(summary.completeness, 'gaps');
    assert.match(summary.health.flags.join(' '), /2 of 5 steps are in the log\. .*logging_steps=1/);
  });

  it('stay as they were read while a file is being written anew, and are read when it is whole', async () => {
    cpSync(fixtureRun('trl_grpo'), directory.path(), { recursive: true });
    const [source] = (await openRuns(directory.path())).runs;
    const run = new ObservedRun(source!, { mode: 'paper', correctThreshold: null });
    const readOn = (): number => {
      while (run.advance(1 << 20, Date.now()).more);
      return summaryOf(run).rollouts;
    };
    assert.equal(readOn(), 64);
    const file = path.join(directory.path(), 'completions/completions_00004.parquet');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 3000));
    assert.equal(readOn(), 64);
    assert.match(summaryOf(run).health.flags.join(), /completions_00004/);
    writeFileSync(file, whole);
    assert.equal(readOn(), 64);
    assert.deepEqual(summaryOf(run).health.flags, []);
  });
});
