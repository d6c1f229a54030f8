import { idOf, userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { filesLike, foldersLike, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import type { SlimRow } from '../scan/slimRow';
import { lengthOf, rewardOf } from './fieldValues';
import { assistantLength, assistantText, responseIn } from './messageText';
import { accuracyAmong } from './rewardColumns';

const stepFolder = /^step_(\d+)$/;
/** Where a step has its traces, those of all rollouts before those that were trained on. */
const tracePaths = [['train', 'all'], ['train'], ['train', 'effective']];
const effectivePath = '/effective/';

const tokenLists = ['token_ids', 'mask', 'is_content', 'logprobs', 'advantages', 'reference_logprobs', 'loss_weights', 'trainer_logprobs', 'entropies'];

/** The lists of one value a token, and what the model wrote: in an episode, in a trace of 0.7 or 0.8, and in a row of 0.6. */
export const primeRlSlim: SlimRow = {
  leftOut: tokenLists.flatMap((key) => [`traces[].nodes[].${key}`, `nodes[].${key}`]),
  measured: ['traces[].nodes[].message.content', 'nodes[].message.content', 'completion', 'completion[].content'],
};

/**
 * prime-rl's rollouts, `step_N/train/all/traces.jsonl`: an episode a line (since 0.9; for a while `train/traces.jsonl`),
 * a trace a line (0.8, 0.7), or `step_N/train_rollouts.jsonl` (0.6). `effective` repeats the part of `all` that was
 * trained on and serves only where `all` is missing; evaluation lies apart and is not read.
 */
export const primeRlFormat: LogFormat = {
  framework: 'prime-rl',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  ownsFolder: stepFolder,
  logFiles: (folder) => {
    for (const path of tracePaths) {
      const files = stepFiles(folder, path);
      const first = files.next();
      if (first.done !== true) return chain(first.value, files);
    }
    return [];
  },
  recogniseRow: (row, name) => {
    const variant = variantOf(row);
    return variant !== null && name.includes(effectivePath) ? `${variant}, effective only` : variant;
  },
  readRow: (row, context) => {
    if (!isRecord(row)) return [];
    switch (variantOf(row)) {
      case 'episode':
        return readEpisode(row);
      case 'trace 0.8':
      case 'trace 0.7':
        return readTrace(row, row);
      case 'verifiers 0.6':
        return readLegacy(row, context);
      default:
        return [];
    }
  },
  slim: primeRlSlim,
  claims: (variant) => (variant.endsWith('effective only') ? effectiveClaims : null),
};

const effectiveClaims: LogClaims = {
  passRates: false,
  identity: true,
  survivors: true,
  why: 'This log has only prime-rl’s “effective” rollouts, those that were trained on: groups with uniform reward and failed episodes are missing, so it supports no pass rates or difficulty. Keep the “all” directories next to it.',
};

function* stepFiles(folder: Folder, path: readonly string[]): Generator<LogFileName> {
  for (const { name, number, folder: step } of foldersLike(folder, stepFolder)) {
    const inner = path.reduce<Folder | null>((at, part) => (at?.folders.includes(part) === true ? at.open(part) : null), step);
    const traces = inner === null ? [] : filesLike(inner, /^traces\.jsonl$/).map((entry) => `${name}/${path.join('/')}/${entry.name}`);
    const legacy = filesLike(step, /^train_rollouts\.jsonl$/).map((entry) => `${name}/${entry.name}`);
    for (const found of traces.length > 0 ? traces : legacy) yield { name: found, step: number, launch: 0 };
  }
}

function* chain<Item>(first: Item, rest: Iterable<Item>): Generator<Item> {
  yield first;
  yield* rest;
}

/** Which generation wrote a row; null when none did. */
export function variantOf(row: Record<string, unknown>): string | null {
  if (Array.isArray(row['traces']) && isRecord(row['task'])) return 'episode';
  if (Array.isArray(row['nodes'])) return 'group_id' in row ? 'trace 0.7' : 'trace 0.8';
  return 'example_id' in row && 'completion' in row ? 'verifiers 0.6' : null;
}

/** An episode is one rollout: that of its trainable agent. One without any trace failed before anything was generated. */
export function readEpisode(row: Record<string, unknown>): readonly RolloutRow[] {
  const traces = tracesOf(row);
  const trained = traces.find(({ agent }) => isRecord(agent) && agent['trainable'] === true) ?? traces[0];
  return trained === undefined ? [] : readTrace(row, trained);
}

function tracesOf(row: Record<string, unknown>): readonly Record<string, unknown>[] {
  return (Array.isArray(row['traces']) ? row['traces'] : []).filter(isRecord);
}

function readTrace(row: Record<string, unknown>, trace: Record<string, unknown>): readonly RolloutRow[] {
  const task = isRecord(row['task']) ? row['task'] : {};
  const data = isRecord(task['data']) ? task['data'] : {};
  const nodes = Array.isArray(trace['nodes']) ? trace['nodes'].filter(isRecord) : [];
  const prompt = userMessage(data['prompt']) ?? userMessage(nodes.filter((node) => node['sampled'] !== true).map(({ message }) => message));
  const sampled = nodes.filter((node) => node['sampled'] === true).map(({ message }) => message);
  const { reward, correct, field } = rewardOfTrace(trace['rewards']);
  return [
    {
      step: null,
      explicitId: idOf(task['key'], () => null),
      prompt: prompt ?? '',
      promptIsUserText: true,
      // The row was read by JSON.parse, so every value in it is JSON.
      groundTruth: data['answer'] as JsonValue | undefined,
      reward,
      explicitCorrect: correct,
      explicitField: field,
      lengthChars: assistantLength(sampled),
      ...responseIn(assistantText(sampled)),
      rolloutKey: null,
      split: isEvaluation(row) ? 'val' : 'train',
      scored: !failed(row) && !failed(trace),
    },
  ];
}

function isEvaluation(row: Record<string, unknown>): boolean {
  const run = isRecord(row['run']) ? row['run'] : {};
  const work = isRecord(run['work']) ? run['work'] : run;
  return work['type'] === 'eval' || row['kind'] === 'eval' || tracesOf(row).some(({ info }) => isRecord(info) && info['kind'] === 'eval');
}

/** What a retry overcame stays among the errors: where the record says how it ended, that counts. */
function failed(record: Record<string, unknown>): boolean {
  const { ok, errors, error } = record;
  if (typeof ok === 'boolean') return !ok;
  return (Array.isArray(errors) && errors.length > 0) || (error !== undefined && error !== null);
}

interface TraceReward {
  readonly reward: number | null;
  readonly correct: boolean | null;
  readonly field: string | null;
}

/** The weighted sum over the rewards that ran; 0.7 wrote them weighted already. Of several, one named for accuracy says what is correct. */
function rewardOfTrace(rewards: unknown): TraceReward {
  const counted = Object.entries(isRecord(rewards) ? rewards : {}).flatMap(([name, value]) => {
    const score = rewardOf(value);
    if (score === null) return [];
    const weight = isRecord(value) ? (rewardOf(value['weight']) ?? 1) : 1;
    return [{ name, score, weight, sum: score * weight }];
  });
  if (counted.length === 0) return { reward: null, correct: null, field: null };
  const reward = counted.reduce((total, { sum }) => total + sum, 0);
  const own = counted.length < 2 ? null : accuracyAmong(new Map(counted.filter(({ weight }) => weight > 0).map(({ name, score }) => [name, score])));
  return { reward, correct: own?.correct ?? null, field: own?.name ?? null };
}

function readLegacy(row: Record<string, unknown>, context: RowContext): readonly RolloutRow[] {
  const completion = row['completion'];
  const [example, environment] = [idOf(row['example_id'], () => context.rawNumber(['example_id'])), row['env_name']];
  return [
    {
      step: null,
      // Every environment counts its examples from 0.
      explicitId: example !== null && typeof environment === 'string' ? `${environment}#${example}` : example,
      prompt: userMessage(row['prompt']) ?? '',
      promptIsUserText: true,
      // The row was read by JSON.parse, so every value in it is JSON.
      groundTruth: row['answer'] as JsonValue | undefined,
      reward: rewardOf(row['reward']),
      explicitCorrect: null,
      explicitField: null,
      lengthChars: Array.isArray(completion) ? assistantLength(completion) : lengthOf(completion),
      ...responseIn(Array.isArray(completion) ? assistantText(completion) : completion),
      rolloutKey: null,
      split: 'train',
      scored: !failed(row),
    },
  ];
}
