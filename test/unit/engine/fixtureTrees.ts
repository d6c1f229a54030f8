import { readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fixtures } from './fixtureRuns';
import { contentsOf } from './writtenTree';

type Contents = ReadonlyMap<string, Buffer>;

/** How the rows of the tree with a field mapping are read. */
export const fieldMapping = { glob: '**/mine*.jsonl', fields: { prompt: 'q.text', response: 'out', reward: 'r.total', correct: 'r.ok', groundTruth: 'q.gold', step: 'at', id: 'q.id' } } as const;

const steps = [1, 2, 3];
const problems = [0, 1, 2];

/** Whether a rollout is correct, differing by step and problem. */
function isCorrect(step: number, problem: number, rollout: number): boolean {
  return rollout <= (step + 2 * problem) % 4;
}

function lines(rowOf: (step: number, problem: number, rollout: number) => object, stepsOf: readonly number[] = steps): string {
  const rows = stepsOf.flatMap((step) => problems.flatMap((problem) => [0, 1, 2].map((rollout) => rowOf(step, problem, rollout))));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function filesOf(files: Readonly<Record<string, string | Buffer>>): Contents {
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

function neutral(step: number, problem: number, rollout: number): object {
  const correct = isCorrect(step, problem, rollout);
  return { schema: 'cdas-rollout/1', step, split: 'train', problem_id: `p${problem}`, group_id: `${step}-${problem}`, sample_index: rollout, reward: Number(correct), correct, prompt: `Question ${problem}`, response: 'r', ground_truth: String(problem) };
}

function groups(step: number, problem: number, rollout: number): object {
  return { schema: 'cdas-groups/1', step, split: 'train', problem_id: `p${problem}${rollout}`, n: 4, correct: (step + problem) % 5, reward_sum: (step + problem) % 5, length_sum: 40 };
}

function episode(step: number, problem: number, rollout: number): string {
  const correct = isCorrect(step, problem, rollout);
  const steps = [{ reward: Number(correct), done: true, chat_completions: [{ role: 'user', content: `Question ${problem}` }, { role: 'assistant', content: 'r' }] }];
  return JSON.stringify({ training_step: step, epoch: 0, episode_id: `q${problem}:${rollout}`, task: { question: `Question ${problem}`, ground_truth: '4' }, is_correct: correct, termination_reason: 'env_done', trajectories: [{ reward: Number(correct), steps }] });
}

function episodes(): Contents {
  const files = steps.flatMap((step) => problems.flatMap((problem) => [0, 1, 2].map((rollout) => [`run/episodes/train_step_${step}_epoch_0/episode_hash${problem}_q${problem}_${rollout}.json`, episode(step, problem, rollout)] as const)));
  return filesOf(Object.fromEntries(files));
}

function tinker(step: number, problem: number, rollout: number): object {
  return { split: 'train', iteration: step, group_idx: problem, traj_idx: rollout, total_reward: Number(isCorrect(step, problem, rollout)), steps: [] };
}

function mapped(step: number, problem: number, rollout: number): object {
  const ok = isCorrect(step, problem, rollout);
  return { q: { text: `Question ${problem}`, gold: problem, id: `m${problem}` }, out: 'abc', r: { total: ok ? 0.9 : 0.3, ok }, at: step };
}

function openInstruct(step: number, problem: number, rollout: number): object {
  return { step, sample_idx: rollout, prompt_tokens: [1, problem, 2], response_tokens: [3], reward: Number(isCorrect(step, problem, rollout)), ground_truth: String(problem) };
}

/** The fixture's episodes as prime-rl's stream has them. */
function primeRlStream(kept: readonly (readonly number[])[]): Contents {
  const from = contentsOf(path.join(fixtures, 'runs/prime_rl_head/gsm8k-demo/rollouts'));
  const stamped = (step: number): string =>
    (from.get(`step_${step}/train/all/traces.jsonl`)?.toString() ?? '').replace(/^.+$/gm, (line) => {
      // The file is a fixture of this repository.
      const row = JSON.parse(line) as { readonly traces: readonly { readonly info?: object }[] };
      return JSON.stringify({ ...row, traces: row.traces.map((trace) => ({ ...trace, info: { ...trace.info, kind: 'train', dispatch: { step, time: 1 }, arrival: { step, time: 2 } } })) });
    });
  return filesOf(Object.fromEntries(kept.map((chunk, i) => [`demo/monitors/file/traces/stream/0000${i}.jsonl`, chunk.map(stamped).join('')])));
}

function compressed(name: string): Contents {
  return new Map(Array.from(contentsOf(path.join(fixtures, name)), ([file, content]) => (file.endsWith('.jsonl') ? [`${file}.gz`, gzipSync(content)] : [file, content])));
}

function together(names: readonly string[]): Contents {
  return new Map(names.flatMap((name) => Array.from(contentsOf(path.join(fixtures, name)), ([file, content]) => [`${path.basename(name)}/${file}`, content] as const)));
}

/** Every run of the fixtures, those that have to be read with care among them, and small ones in the formats that no fixture has. */
export const fixtureTrees: ReadonlyMap<string, () => Contents> = new Map([
  ...['runs', 'hostile', 'silent'].flatMap((kind) =>
    readdirSync(path.join(fixtures, kind), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [`${kind}/${name}`, () => contentsOf(path.join(fixtures, kind, name))] as const),
  ),
  ['neutral rollouts of two launches', () => filesOf({ 'run/rollouts-launch1-a.jsonl': lines(neutral), 'run/rollouts-launch2-b.jsonl': lines((step, problem, rollout) => neutral(step, problem + 2, rollout), [1, 2, 3, 4]) })],
  ['neutral groups', () => filesOf({ 'run/groups-launch1-a.jsonl': lines(groups) })],
  ['rLLM', episodes],
  ['tinker', () => filesOf(Object.fromEntries(steps.map((step) => [`run/iteration_00000${step}/train_rollout_summaries.jsonl`, lines(tinker, [step])])))],
  ['a field mapping', () => filesOf({ 'run/mine-a.jsonl': lines(mapped), 'run/mine-b.jsonl': lines(mapped, [4]) })],
  ['open-instruct', () => filesOf({ 'run/exp__1__100_rollouts_000000.jsonl': lines(openInstruct), 'run/exp__1__200_rollouts_000000.jsonl': lines(openInstruct, [3, 4]) })],
  ['prime-rl’s stream', () => primeRlStream([[1, 2], [2, 3, 4]])],
  ['a compressed log', () => compressed('runs/verl_v07')],
  ['several runs in one directory', () => together(['runs/verl_v07', 'runs/roll_rlvr', 'runs/trl_grpo', 'hostile/21_same_text_other_answer', 'runs/nemo_rl_tokens'])],
]);
