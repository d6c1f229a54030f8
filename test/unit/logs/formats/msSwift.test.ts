import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { assertHolds, fixtureRun, loadExpected, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

const dataset = path.join(fixtures, 'datasets/math8_swift.jsonl');

describe('ms-swift completions', () => {
  const directory = temporaryDirectory();

  const write = (...lines: object[]): void => writeFileSync(path.join(directory.path(), 'completions.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

  it('equal what the fixture’s maker put in, matched to the dataset through the chat template', async () => {
    const { run, expected } = await loadExpected('ms_swift_hf', { dataset });
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.variant, summary.correctRule], ['ms-swift', 'hf', 'the rows’ own field “MathAccuracy”']);
    assert.deepEqual(summary.identity, { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
    assert.match(summary.health.flags.join(' '), /several rewards \(MathAccuracy, Format\)/);
  });

  it('have as many rows as prompt and completion both have, and NaN is no reward (hostile 31)', async () => {
    const run = await loadOnly(path.join(fixtures, 'hostile/31_ragged_columns'));
    assert.deepEqual(rolloutsOf(run, 1).map(({ reward }) => reward), [1, null]);
    assert.deepEqual([summaryOf(run).health.badLines, summaryOf(run).health.ignoredLines], [0, 1]);
  });

  it('have the rewards that stand before the advantages, whatever they are named, and no other numbers', async () => {
    write({ step: ['1', '1'], prompt: ['q', 'q'], completion: ['a', 'b'], Length: [0.25, 0.5], advantages: [1, -1], num_tool_calls: [3, 4] });
    const run = await loadOnly(directory.path());
    assert.deepEqual(rolloutsOf(run, 1).map(({ reward }) => reward), [0.25, 0.5]);
  });

  it('say once how several rewards were combined, also where one of them did not judge a rollout', async () => {
    write({ step: ['1', '1'], prompt: ['q', 'q'], completion: ['a', 'b'], MathAccuracy: [1, null], Format: [1, 1], advantages: [1, -1] });
    const notes = summaryOf(await loadOnly(directory.path())).health.flags.filter((flag) => flag.includes('several rewards'));
    assert.equal(notes.length, 1);
    assert.match(notes.join(), /“MathAccuracy” says what is correct/);
  });

  it('whose prompts are lists of messages are problems by the text of the user', async () => {
    const ask = (text: string): object[] => [{ role: 'system', content: 's' }, { role: 'user', content: [{ type: 'text', text }] }];
    write({ gen_step: [0, 0], prompt: [ask('One?'), ask('Two?')], completion: ['a', 'b'], rew: [1, 0], advantages: [1, -1] });
    assert.deepEqual((await loadOnly(directory.path())).registry.problems.map(({ preview }) => preview), ['One?', 'Two?']);
  });

  it('that are written again count once, also where the step has gone on', async () => {
    const lines = readFileSync(path.join(fixtureRun('ms_swift_hf'), 'output/v0-20260822-101500/completions.jsonl'), 'utf8').replaceAll('NaN', 'null').split('\n').filter(Boolean);
    const [first, second] = lines.map((line) => JSON.parse(line) as { step: string[] });
    write(first!, first!, { ...first!, step: first!.step.map(() => '2') }, { ...second!, step: second!.step.map(() => '3') });
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[1, 16], [3, 16]]);
    assert.equal(summaryOf(run).health.superseded, 32);
  });

  it('keep equal rollouts of one table, and the new ones of a table that begins with old ones', async () => {
    const table = (answers: string[]): object => ({ step: answers.map(() => '1'), prompt: answers.map(() => 'q'), completion: answers, acc: answers.map(() => 1), advantages: answers.map(() => 0) });
    write(table(['a', 'a', 'b', 'b']), table(['b', 'b', 'b', 'c']));
    const run = await loadOnly(directory.path());
    assert.deepEqual([run.steps[0]?.rollouts, summaryOf(run).health.superseded], [6, 2]);
  });

  it('of a step that a resumed run came to again replace those of its first run', async () => {
    const table = (step: number, answers: string[]): object => ({ step: answers.map(() => String(step)), prompt: answers.map(() => 'q'), completion: answers, acc: answers.map((answer) => Number(answer < 'm')), advantages: answers.map(() => 0) });
    write(table(1, ['a', 'b']), table(2, ['x', 'y']), table(3, ['c', 'd']), table(2, ['e', 'f']));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups[0]?.n, groups[0]?.correct]), [[1, 2, 2], [2, 2, 2], [3, 2, 2]]);
    assert.equal(summaryOf(run).health.superseded, 2);
  });

  it('of Megatron count their generation steps from 0, and every row counts', async () => {
    write({ gen_step: [0, 0], prompt: ['q', 'q'], completion: ['a', 'a'], MathAccuracy: [1, 0], advantages: [1, -1] }, { gen_step: [1], prompt: ['q'], completion: ['a'], MathAccuracy: [1] });
    const run = await loadOnly(directory.path());
    assert.equal(run.source.variant, 'megatron');
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups[0]?.n, groups[0]?.correct]), [[0, 2, 1], [1, 1, 1]]);
  });

  const row = { gen_step: 0, prompt: 'q', completion: 'ab', reward: 1 };
  const writeArgs = (args: object): void => writeFileSync(path.join(directory.path(), 'args.json'), JSON.stringify(args));

  it('hold survivors only where args.json says that dynamic sampling drops groups', async () => {
    write(row);
    writeArgs({ rlhf_type: 'grpo', dynamic_sample: true });
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.completeness, summary.latest?.passRate], ['survivors', null]);
    assert.match(summary.health.flags.join(), /\(dynamic_sample\).*survivors only/);
  });

  it('take the dataset and the group size from args.json, wherever the training was launched', async () => {
    const output = path.join(directory.path(), 'output/v0-20261101-101500');
    mkdirSync(output, { recursive: true });
    write(row);
    cpSync(path.join(directory.path(), 'completions.jsonl'), path.join(output, 'completions.jsonl'));
    rmSync(path.join(directory.path(), 'completions.jsonl'));
    writeFileSync(path.join(directory.path(), 'train.jsonl'), '{"messages": [{"role": "user", "content": "q"}], "solution": "1"}\n');
    writeFileSync(path.join(output, 'args.json'), JSON.stringify({ dataset: ['train.jsonl#500'], num_generations: 8, dynamic_sample: false }));
    const run = await loadOnly(directory.path());
    assert.deepEqual([run.datasetFile?.path, run.source.config?.groupSize, run.source.name], [path.join(directory.path(), 'train.jsonl'), 8, 'v0-20261101-101500']);
    assert.deepEqual(summaryOf(run).identity, { explicit: 0, matched: 1, ambiguous: 0, unmatched: 0 });
  });

  it('are read without an args.json that is damaged', async () => {
    write(row);
    writeFileSync(path.join(directory.path(), 'args.json'), '{"dataset": ');
    assert.equal((await loadOnly(directory.path())).source.config, null);
  });

  it('of Ray are a rollout a line', async () => {
    write({ gen_step: 0, prompt: 'q', completion: 'ab', reward: 1 }, { gen_step: 0, prompt: 'q', completion: 'ab', reward: 1 }, { gen_step: 0, prompt: 'q', completion: 'c', reward: 0 });
    const run = await loadOnly(directory.path());
    assert.deepEqual([run.source.variant, run.steps[0]?.rollouts, run.steps[0]?.groups[0]?.correct], ['ray', 3, 2]);
  });
});
