import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { primeRlFormat } from '../../../../src/logs/formats/primeRl';
import { fixtures, loadOnly, readExpected } from '../../engine/fixtureRuns';
import { assertHolds, fixtureRun, loadExpected, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

const noNumbers = { rawNumber: () => null };

describe('prime-rl rollouts', () => {
  const directory = temporaryDirectory();

  it('equal what the fixture’s maker put in: all groups, failed episodes and evaluation left out', async () => {
    const { run, expected } = await loadExpected('prime_rl_head');
    assertHolds(run, expected);
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.variant, summary.name, summary.completeness], ['prime-rl', 'episode', 'gsm8k-demo', 'complete']);
    assert.deepEqual(summary.identity, { explicit: 8, matched: 0, ambiguous: 0, unmatched: 0 });
    assert.equal(summary.health.ignoredLines, 4);
  });

  it('know their problems by task.key and their answers', async () => {
    const { run, expected } = await loadExpected('prime_rl_head');
    const first = run.registry.problems.find(({ preview }) => preview === expected.questions['p0'])!;
    assert.deepEqual([first.id.length, first.answer], [64, '"12"']);
  });

  it('count the text of what was sampled', async () => {
    const { run } = await loadExpected('prime_rl_head');
    assert.ok(rolloutsOf(run, 1).every(({ chars }) => chars !== null && chars > 10));
  });

  it('are found from inside one step’s directory', async () => {
    const run = await loadOnly(path.join(fixtureRun('prime_rl_head'), 'gsm8k-demo/rollouts/step_2/train/all'));
    assert.equal(run.steps.length, 4);
  });

  it('weigh rewards, leave out what did not run, and take the trainable agent’s (hostile 35)', async () => {
    const run = await loadOnly(path.join(fixtures, 'hostile/35_prime_rewards'));
    assert.deepEqual(rolloutsOf(run, 1).map(({ reward }) => reward), [0.9, 0, null, null, 1, 1]);
  });

  it('refuse pass rates where only the effective rollouts are there', async () => {
    cpSync(fixtureRun('prime_rl_head'), directory.path(), { recursive: true });
    for (const step of [1, 2, 3, 4]) rmSync(path.join(directory.path(), `gsm8k-demo/rollouts/step_${step}/train/all`), { recursive: true });
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.completeness, summary.latest?.passRate, summary.latest?.competence], ['survivors', null, null]);
    assert.match(summary.health.flags.join(), /Keep the “all” directories/);
  });

  it('are the same where each step has one file for all of them, with annotations beside it', async () => {
    const [rollouts, traces] = [path.join(fixtureRun('prime_rl_head'), 'gsm8k-demo/rollouts'), path.join(directory.path(), 'gsm8k-demo/traces')];
    for (const step of [1, 2, 3, 4]) {
      const train = path.join(traces, `step_${step}/train`);
      mkdirSync(path.join(train, 'annotations'), { recursive: true });
      cpSync(path.join(rollouts, `step_${step}/train/all/traces.jsonl`), path.join(train, 'traces.jsonl'));
      writeFileSync(path.join(train, 'annotations/orchestrator.jsonl'), `${JSON.stringify({ version: 1, trace_id: 'a', info: { train: { effective: true } }, branches: [] })}\n`);
    }
    const run = await loadOnly(directory.path());
    assertHolds(run, readExpected('prime_rl_head'));
    assert.deepEqual([run.source.name, summaryOf(run).completeness], ['gsm8k-demo', 'complete']);
  });

  it('forget steps whose directories a resume deleted', async () => {
    cpSync(fixtureRun('prime_rl_head'), directory.path(), { recursive: true });
    const run = await loadOnly(directory.path());
    for (const step of [3, 4]) rmSync(path.join(directory.path(), `gsm8k-demo/rollouts/step_${step}`), { recursive: true });
    while (run.advance(1 << 20, Date.now()).more);
    assert.deepEqual(run.steps.map(({ step }) => step), [1, 2]);
  });

  const trace = { task: { type: 'T', data: { idx: 3, prompt: 'What is 2 + 2?', answer: '4' } }, nodes: [{ sampled: true, message: { role: 'assistant', content: [{ type: 'text', text: 'four' }] } }] };

  it('of 0.8 are a trace a line, known by its text', () => {
    const row = { ...trace, run: { type: 'train', id: 'r', step: 1 }, info: { group_id: 'g' }, rewards: { correct: { score: 1, weight: 0.5 } }, errors: [] };
    assert.equal(primeRlFormat.recogniseRow(row, ''), 'trace 0.8');
    const [read] = primeRlFormat.readRow(row, noNumbers);
    assert.deepEqual([read?.explicitId, read?.prompt, read?.reward, read?.groundTruth, read?.lengthChars, read?.scored], [null, 'What is 2 + 2?', 0.5, '4', 4, true]);
  });

  it('of 0.7 carry rewards that are weighted already, and say themselves when they are evaluation', () => {
    const row = { ...trace, kind: 'train', group_id: 'g', env_name: 'e', rewards: { correct: 0.25, format: null } };
    assert.equal(primeRlFormat.recogniseRow(row, ''), 'trace 0.7');
    assert.equal(primeRlFormat.readRow(row, noNumbers)[0]?.reward, 0.25);
    assert.equal(primeRlFormat.readRow({ ...row, kind: 'eval' }, noNumbers)[0]?.split, 'val');
  });

  it('of 0.6 lie in one file a step, with the example’s id', async () => {
    const row = (reward: number | null, error: string | null): string =>
      `${JSON.stringify({ example_id: 7, prompt: [{ role: 'user', content: 'Q' }], completion: [{ role: 'assistant', content: 'ab' }], answer: '1', reward, error })}\n`;
    mkdirSync(path.join(directory.path(), 'rollouts/step_5'), { recursive: true });
    writeFileSync(path.join(directory.path(), 'rollouts/step_5/train_rollouts.jsonl'), row(1, null) + row(0, null) + row(0, 'timeout'));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups[0]?.n, groups[0]?.scored, groups[0]?.correct]), [[5, 3, 2, 1]]);
    assert.deepEqual([run.source.variant, run.registry.problems[0]?.id], ['verifiers 0.6', '7']);
  });

  it('of 0.6 are problems of their environments, each of which counts its examples from 0', () => {
    const row = (environment: string): object => ({ example_id: 0, env_name: environment, prompt: [{ role: 'user', content: 'Q' }], completion: [], reward: 1, error: null });
    assert.deepEqual(['math', 'code'].map((environment) => primeRlFormat.readRow(row(environment), noNumbers)[0]?.explicitId), ['math#0', 'code#0']);
  });

  it('are evaluation where the file monitor stamped them so', () => {
    const row = (kind: string): object => ({ traces: [{ ...trace, info: { kind }, rewards: {} }], task: trace.task, ok: true });
    assert.deepEqual(['train', 'eval'].map((kind) => primeRlFormat.readRow(row(kind), noNumbers)[0]?.split), ['train', 'val']);
  });

  it('take a failed episode for no wrong answer', () => {
    const row = { traces: [{ ...trace, rewards: { correct: { score: 0, weight: 1 } } }], task: trace.task, ok: false, errors: ['sandbox died'] };
    assert.equal(primeRlFormat.readRow(row, noNumbers)[0]?.scored, false);
  });

  it('count an episode that came through after errors', () => {
    const tried = { ...trace, ok: true, errors: [{ type: 'ProviderError' }], rewards: { correct: { score: 1, weight: 1 } } };
    const row = { traces: [tried], task: trace.task, ok: true, errors: [{ type: 'EnvError' }] };
    const read = (changed: object): boolean | undefined => primeRlFormat.readRow({ ...row, ...changed }, noNumbers)[0]?.scored;
    assert.deepEqual([read({}), read({ traces: [{ ...tried, ok: false }] }), read({ ok: undefined })], [true, false, false]);
  });
});
