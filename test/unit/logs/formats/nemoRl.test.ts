import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nemoRlFormat } from '../../../../src/logs/formats/nemoRl';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { assertHolds, fixtureRun, loadExpected, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

const noNumbers = { rawNumber: () => null };

describe('NeMo-RL training data', () => {
  const directory = temporaryDirectory();

  it('equal what the fixture’s maker put in: the last launch of a step counts, validation is left out', async () => {
    const { run, expected } = await loadExpected('nemo_rl', { dataset: path.join(fixtures, 'datasets/math8_nemo.jsonl') });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.name, summary.health.superseded], ['nemo-rl', 'nemo_rl', 16]);
    assert.deepEqual(summary.identity, { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
  });

  it('of a launch that a later one started again from the beginning are left behind', async () => {
    cpSync(fixtureRun('nemo_rl'), directory.path(), { recursive: true });
    mkdirSync(path.join(directory.path(), 'logs/exp_003'));
    cpSync(path.join(directory.path(), 'logs/exp_001/train_data_step1.jsonl'), path.join(directory.path(), 'logs/exp_003/train_data_step1.jsonl'));
    assert.deepEqual((await loadOnly(directory.path())).steps.map(({ step }) => step), [1]);
  });

  it('are found from the directory of one launch', async () => {
    assert.deepEqual((await loadOnly(path.join(fixtureRun('nemo_rl'), 'logs/exp_002'))).steps.map(({ step }) => step), [3, 4]);
  });

  it('take rows that were masked out of the loss, and rows without a reward, for no wrong answers', async () => {
    mkdirSync(path.join(directory.path(), 'exp_001'));
    const row = (reward: number[], mask: number): string => `${JSON.stringify({ content: [['<|im_start|>user\nQ<|im_end|>\n', 'ab', 'c']], rewards: reward, sample_loss_mask: [mask], idx: 0 })}\n`;
    writeFileSync(path.join(directory.path(), 'exp_001/train_data_step1.jsonl'), row([1], 1) + row([0], 0) + row([], 1));
    const run = await loadOnly(directory.path());
    assert.deepEqual(rolloutsOf(run, 1).map(({ reward, scored, chars }) => [reward, scored, chars]), [[1, true, 3], [0, false, 3], [null, true, 3]]);
    assert.deepEqual(run.steps[0]?.groups.map(({ n, scored, correct }) => [n, scored, correct]), [[3, 1, 1]]);
    assert.equal(run.registry.problems[0]?.preview, 'Q');
  });

  it('of prompts with images have the text of the prompt as the problem, and say that images are not told apart', async () => {
    mkdirSync(path.join(directory.path(), 'exp_001'));
    const prompt = [{ type: 'image', image: 'data:image/png;base64,AAAA' }, { type: 'text', text: 'How many cubes are there?' }];
    const row = (answer: string, reward: number): string => `${JSON.stringify({ content: [[prompt, answer]], rewards: [reward], sample_loss_mask: [1], idx: 0 })}\n`;
    writeFileSync(path.join(directory.path(), 'exp_001/train_data_step1.jsonl'), row('three', 1) + row('four', 0));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.registry.problems.map(({ preview }) => preview), ['How many cubes are there?']);
    assert.deepEqual(rolloutsOf(run, 1).map(({ chars }) => chars), [5, 4]);
    assert.match(summaryOf(run).health.flags.join(), /images/);
  });

  it('that have neither a text nor a reward are no rollouts', async () => {
    mkdirSync(path.join(directory.path(), 'exp_001'));
    const rows = [{ content: [['Q', 'a']], rewards: [1] }, { content: [], rewards: [], idx: 1 }];
    writeFileSync(path.join(directory.path(), 'exp_001/train_data_step1.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const run = await loadOnly(directory.path());
    assert.deepEqual([rolloutsOf(run, 1).length, run.registry.problems.length], [1, 1]);
  });

  it('of dynamic sampling hold survivors with the filtered rewards, and refuse pass rates', async () => {
    mkdirSync(path.join(directory.path(), 'exp_001'));
    const row = { content: [['<|im_start|>user\nQ<|im_end|>\n', 'a']], rewards: [0], filtered_rewards: [1], idx: 0 };
    writeFileSync(path.join(directory.path(), 'exp_001/train_data_step1.jsonl'), `${JSON.stringify(row)}\n`);
    const run = await loadOnly(directory.path());
    assert.equal(rolloutsOf(run, 1)[0]?.reward, 1);
    assert.deepEqual([summaryOf(run).completeness, summaryOf(run).latest?.passRate], ['survivors', null]);
    assert.match(summaryOf(run).health.flags.join(), /use_dynamic_sampling/);
  });

  it('of the single controller hold token ids, by which problems are followed; what was only masked for its probabilities counts', async () => {
    const run = await loadOnly(fixtureRun('nemo_rl_tokens'));
    assert.deepEqual([summaryOf(run).variant, summaryOf(run).completeness], ['train_data_step, token ids', 'complete']);
    const groups = run.steps.map(({ step, groups: of }) => [step, of.map(({ problem, n, scored, correct }) => [problem, n, scored, correct])]);
    assert.deepEqual(groups, [
      [1, [[0, 2, 2, 1], [1, 2, 2, 2]]],
      [2, [[1, 2, 2, 1], [0, 2, 1, 1]]],
    ]);
    assert.match(run.registry.problems[0]?.preview ?? '', /^prompt tokens 151 7 8 9$/);
    assert.match(summaryOf(run).health.flags.join(), /token ids but no text/);
  });

  it('with a system message of its own have the user’s message as the problem', () => {
    const content = [['<|im_start|>system\nBe brief.<|im_end|>\n', '<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n', 'four']];
    const [read] = nemoRlFormat.readRow({ content, rewards: [1] }, noNumbers);
    assert.match(read?.prompt ?? '', /What is 2 \+ 2/);
    assert.equal(read?.lengthChars, 4);
  });
});
