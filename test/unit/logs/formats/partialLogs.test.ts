import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { examineLog } from '../../../../src/engine/doctor/doctor';
import { gatherEvidence } from '../../../../src/engine/doctor/doctorEvidence';
import { findFacts } from '../../../../src/engine/doctor/logFindings';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { fixtures, loadOnly } from '../../engine/fixtureRuns';
import { contextOf, fixtureRun, rolloutsOf, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

describe('logs that support less than a training record', () => {
  const directory = temporaryDirectory();

  it('of SkyRL are evaluation: its groups are there, and no figure of training is drawn from them', async () => {
    const run = await loadOnly(fixtureRun('skyrl_eval'));
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.variant, summary.name, summary.rollouts, summary.groupSize], ['skyrl', 'evaluation', 'skyrl_eval', 8, 2]);
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[2, [[2, 1], [2, 1]]], [4, [[2, 2], [2, 1]]]]);
    assert.deepEqual([summary.latest?.passRate, summary.latest?.competence, summary.latest?.mixed], [null, null, null]);
    assert.match(summary.health.flags.join(), /SkyRL logs evaluation only/);
  });

  it('of SkyRL without training lie in a directory of their own', async () => {
    const evaluation = path.join(directory.path(), 'dumped_evals/eval_only');
    mkdirSync(evaluation, { recursive: true });
    writeFileSync(path.join(evaluation, 'a.jsonl'), `${JSON.stringify({ input_prompt: 'q', output_response: '2', score: 1, env_extras: {}, data_source: 'a' })}\n`);
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, rollouts }) => [step, rollouts]), [[0, 1]]);
  });

  it('of the CDAS authors show a question whose counts are damaged, and say that it is not judged', async () => {
    writeFileSync(path.join(directory.path(), 'x_sampling.json'), JSON.stringify([{ step: 1, result: { a: [1, 1, 0.5], b: [-1, 2, 0], c: 'none' } }]));
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ groups }) => groups.map(({ n, scored }) => [n, scored])), [[[2, 2], [1, 0], [1, 0]]]);
    assert.match(summaryOf(run).health.flags.join(), /counts of some questions are no whole numbers/);
  });

  it('of SkyRL say where the turns of a rollout may be rows of their own', async () => {
    const evaluation = path.join(directory.path(), 'dumped_evals/global_step_1_evals');
    mkdirSync(evaluation, { recursive: true });
    const first = '<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n';
    const write = (prompts: readonly string[]): void =>
      writeFileSync(path.join(evaluation, 'a.jsonl'), prompts.map((prompt) => `${JSON.stringify({ input_prompt: prompt, output_response: '2', score: [0, 0], env_extras: { extra_info: { index: 0 } }, data_source: 'a' })}\n`).join(''));
    write([first, first]);
    assert.doesNotMatch(summaryOf(await loadOnly(directory.path())).health.flags.join(), /for each turn/);
    write([first, `${first}2<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\n`]);
    assert.match(summaryOf(await loadOnly(directory.path())).health.flags.join(), /groups shown then count turns/);
  });

  it('of open-instruct lose only the lines that two writers tore (hostile 27), and refuse pass rates', async () => {
    const run = await loadOnly(path.join(fixtures, 'hostile/27_interleaved'));
    const summary = summaryOf(run);
    assert.deepEqual([summary.rollouts, summary.health.badLines, summary.completeness, summary.latest?.passRate], [2, 2, 'survivors', null]);
    assert.match(summary.health.flags.join(), /filter_zero_std_samples/);
  });

  it('of open-instruct tell problems apart by prompt tokens, and the later launch of a step counts', async () => {
    // As open_instruct/rl_utils.py of August 2026 writes its RolloutRecord.
    const row = (step: number, tokens: number[], reward: number): string => {
      const info = { num_calls: 0, timeouts: 0, tool_errors: '', tool_outputs: '', tool_runtimes: 0, tool_calleds: false, tool_call_stats: [], rollout_state: {} };
      const record = { step, sample_idx: 0, prompt_idx: 0, prompt_tokens: tokens, response_tokens: [1], reward, advantage: 0.5, finish_reason: 'stop', dataset: ['math'], ground_truth: ['4'], request_info: info };
      return `${JSON.stringify(record).slice(0, -1)}, "logprobs": [NaN, -0.5]}\n`;
    };
    writeFileSync(path.join(directory.path(), 'grpo__1__100_rollouts_000000.jsonl'), row(1, [1, 2], 10) + row(1, [1, 2], 0) + row(1, [1, 3], 0) + row(2, [1, 2], 0));
    writeFileSync(path.join(directory.path(), 'grpo__1__200_rollouts_000000.jsonl'), row(2, [1, 3], 10));
    writeFileSync(path.join(directory.path(), 'grpo__1__200_metadata.jsonl'), '{"run_name": "grpo"}\n');
    const run = await loadOnly(directory.path());
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n }) => n)]), [[1, [2, 1]], [2, [1]]]);
    assert.equal(summaryOf(run).health.superseded, 1);
    assert.deepEqual(rolloutsOf(run, 2).map(({ reward }) => reward), [10]);
    assert.deepEqual(summaryOf(run).identity, { explicit: 0, matched: 0, ambiguous: 0, unmatched: 2 });
  });

  it('of open-instruct give pass rates where groups with uniform reward show that they were not dropped', async () => {
    const group = (step: number, prompt: number, rewards: readonly number[]): string =>
      rewards.map((reward) => `${JSON.stringify({ step, prompt_tokens: [prompt], reward })}\n`).join('');
    const file = path.join(directory.path(), 'grpo__1__100_rollouts_000000.jsonl');
    const log = (uniformSteps: readonly number[]): string =>
      [1, 2, 3].map((step) => group(step, 1, [10, 0, 10, 0]) + group(step, 2, [0, 0]) + (uniformSteps.includes(step) ? group(step, 3, [0, 0, 0, 0]) : '')).join('');
    writeFileSync(file, log([1, 3]));
    assert.equal(summaryOf(await loadOnly(directory.path())).completeness, 'survivors');
    writeFileSync(file, log([1, 2, 3]));
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.completeness, summary.latest?.passRate], ['complete', 0.2]);
  });

  it('of open-instruct hold survivors where a threshold only makes their groups look uniform', async () => {
    const rows = [1, 2, 3, 4].flatMap((step) => [7, 8, 9].map((reward) => `${JSON.stringify({ step, prompt_tokens: [1], reward })}\n`));
    writeFileSync(path.join(directory.path(), 'grpo__1__100_rollouts_000000.jsonl'), rows.join(''));
    assert.equal(summaryOf(await loadOnly(directory.path(), { correctThreshold: 5 })).completeness, 'survivors');
  });

  it('of open-instruct are a run for each experiment whose shards lie in one directory', async () => {
    for (const name of ['grpo__1__100', 'grpo__1__200', 'other__1__150']) writeFileSync(path.join(directory.path(), `${name}_rollouts_000000.jsonl`), '{"step": 1, "prompt_tokens": [1], "reward": 0}\n');
    const { runs } = await openRuns(directory.path());
    assert.deepEqual(runs.map(({ name }) => name), ['grpo__1', 'other__1']);
  });

  /** A rollout as tinker-cookbook 0.6.1 writes it for its ProblemEnv (rl/rollout_logging.py); `step` adds what later ones trace. */
  function tinkerRow(iteration: number, [group, trajectory]: readonly [number, number], correct: number, step: object = {}): string {
    const reward = correct - 0.1 * Number(trajectory === 1);
    const steps = [{ step_idx: 0, ob_len: 40, ac_len: 12, reward, episode_done: true, metrics: { format: Number(trajectory !== 1), correct }, logs: {}, ...step }];
    const row = { schema_version: 1, split: 'train', iteration, group_idx: group, traj_idx: trajectory, tags: ['math'], sampling_client_step: iteration, total_reward: reward, final_reward: 0, trajectory_metrics: {}, steps, final_ob_len: 0 };
    return `${JSON.stringify(row)}\n`;
  }

  const places = [[0, 0, 1], [0, 1, 0], [1, 0, 1], [1, 1, 1]] as const;

  function writeTinker(nameOf: (iteration: number) => string, textOf: (group: number) => object = () => ({})): void {
    for (const iteration of [0, 1]) {
      const file = path.join(directory.path(), nameOf(iteration));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, places.map(([group, trajectory, correct]) => tinkerRow(iteration, [group, trajectory], correct, textOf(group))).join(''));
      writeFileSync(file.replace('train_', 'eval_math_'), tinkerRow(iteration, [0, 0], 0).replace('"train"', '"eval/math"'));
    }
  }

  const inFolders = (iteration: number): string => `iteration_${String(iteration).padStart(6, '0')}/train_rollout_summaries.jsonl`;

  it('of tinker have pass rates and group shares, and no difficulty, since no problem is named', async () => {
    writeTinker(inFolders);
    const run = await loadOnly(directory.path());
    const summary = summaryOf(run);
    assert.deepEqual([summary.framework, summary.rollouts, summary.groupSize, summary.firstStep], ['tinker', 8, 2, 0]);
    const { passRate, mixed, allPass, competence } = summary.latest!;
    assert.deepEqual([passRate, mixed, allPass, competence], [0.75, 1, 1, null]);
    assert.deepEqual([findFacts(run).supportsPassRates, findFacts(run).supportsDifficulty], [true, false]);
    assert.match(summary.health.flags.join(), /do not say which problem/);
    assert.deepEqual(summary.identity, { explicit: 0, matched: 0, ambiguous: 0, unmatched: 0 });
    const { claims, joins } = examineLog(run, findFacts(run), gatherEvidence(run));
    assert.deepEqual([claims.find(({ claim }) => claim === 'identity')?.supported, joins.map(({ problems }) => problems)], ['no', [0, 0, 0, 0]]);
  });

  it('of tinker hold survivors only where groups come in one by one and its configuration drops those of one reward', async () => {
    writeTinker(inFolders);
    const completenessWith = async (config: object): Promise<string> => {
      writeFileSync(path.join(directory.path(), 'config.json'), JSON.stringify(config));
      return summaryOf(await loadOnly(directory.path())).completeness;
    };
    const dropping = { remove_constant_reward_groups: true, dataset_builder: { group_size: 2 } };
    assert.equal(await completenessWith({ ...dropping, async_config: { max_steps_off_policy: 2 } }), 'survivors');
    assert.equal(await completenessWith({ ...dropping, stream_minibatch_config: { groups_per_batch: 2 } }), 'survivors');
    assert.equal(await completenessWith({ ...dropping, async_config: null }), 'complete');
    assert.equal(await completenessWith({ ...dropping, remove_constant_reward_groups: false, async_config: {} }), 'complete');
  });

  it('of tinker are correct by the word of their environment, since rewards count the form too', async () => {
    writeTinker(inFolders);
    assert.equal(summaryOf(await loadOnly(directory.path())).correctRule, 'the rows’ own field “correct”');
  });

  it('of tinker lie side by side in its first releases', async () => {
    writeTinker((iteration) => `train_iteration_${String(iteration).padStart(6, '0')}_rollout_summaries.jsonl`);
    const summary = summaryOf(await loadOnly(directory.path()));
    assert.deepEqual([summary.rollouts, summary.firstStep, summary.steps], [8, 0, 2]);
  });

  it('of tinker name their problems where the environment traces its steps', async () => {
    const conversation = (role: string, content: unknown): object => ({ type: 'conversation', messages: [{ role, content }] });
    writeTinker(inFolders, (group) => ({
      trace: { prompt: conversation('user', `Question ${group}`), policy_response: conversation('assistant', [{ type: 'text', text: 'It is 4.' }]), reward: { reference_answer: '4', correct: true } },
    }));
    const run = await loadOnly(directory.path());
    assert.deepEqual([summaryOf(run).variant, findFacts(run).supportsDifficulty], ['summaries with texts', true]);
    assert.deepEqual(run.registry.problems.map(({ preview, answer }) => [preview, answer]), [['Question 0', '"4"'], ['Question 1', '"4"']]);
    const group = groupTexts(contextOf(run), run.registry.problems[0]!.id, 1);
    assert.deepEqual(group.rollouts.map(({ response }) => response), ['It is 4.', 'It is 4.']);
  });
});
