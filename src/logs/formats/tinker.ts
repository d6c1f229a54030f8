import { userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { booleanOf, stepOf } from '../../core/writtenValue';
import { filesLike, foldersLike, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { readTinkerConfig } from '../discovery/tinkerConfig';
import { rewardOf } from './fieldValues';
import { assistantLength, assistantText, responseIn } from './messageText';

const iterationFolder = /^iteration_(\d+)$/;
const withTexts = 'summaries with texts';

/**
 * tinker-cookbook's `iteration_N/train_rollout_summaries.jsonl`, in its first releases
 * `train_iteration_N_rollout_summaries.jsonl`: rewards by group. Only environments that trace their steps leave the
 * prompt in them.
 */
export const tinkerFormat: LogFormat = {
  framework: 'tinker',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  ownsFolder: iterationFolder,
  logFiles: summaryFiles,
  recogniseRow: (row) => {
    if (!('group_idx' in row) || !('total_reward' in row)) return null;
    return promptOf(row) === null ? 'summaries' : withTexts;
  },
  readRow: (row) => (isRecord(row) && 'total_reward' in row ? readRollout(row) : []),
  claims: (variant) => (variant === withTexts ? null : statistics),
  readConfig: readTinkerConfig,
};

const statistics: LogClaims = {
  passRates: true,
  identity: false,
  survivors: false,
  why: 'tinker’s summaries do not say which problem a group belongs to: pass rates and group shares are shown, but no problem can be followed from step to step, so there is no difficulty or competence. Have the environment write neutral rollouts (cdas_lens.rollouts) with a problem_id.',
};

function* summaryFiles(folder: Folder): Generator<LogFileName> {
  yield* filesLike(folder, /^train_iteration_(\d+)_rollout_summaries\.jsonl$/);
  for (const { name, number, folder: iteration } of foldersLike(folder, iterationFolder)) {
    for (const file of filesLike(iteration, /^train_rollout_summaries\.jsonl$/)) yield { name: `${name}/${file.name}`, step: number, launch: 0 };
  }
}

function readRollout(row: Record<string, unknown>): readonly RolloutRow[] {
  const { group_idx: group, traj_idx: trajectory } = row;
  const iteration = stepOf(row['iteration']);
  if (typeof group !== 'number') return [];
  const prompt = promptOf(row);
  const correct = verdictOf(row);
  const response = messagesIn(traceOf(row)['policy_response']);
  return [
    {
      step: iteration,
      explicitId: prompt === null ? `iteration ${iteration ?? '?'} group ${group}` : null,
      prompt: prompt ?? '',
      promptIsUserText: true,
      groundTruth: answerOf(row),
      reward: rewardOf(row['total_reward']),
      explicitCorrect: correct,
      explicitField: correct === null ? null : 'correct',
      lengthChars: assistantLength(response),
      ...responseIn(assistantText(response)),
      rolloutKey: typeof trajectory === 'number' ? `${group} ${trajectory}` : null,
      split: row['split'] === undefined || row['split'] === 'train' ? 'train' : 'val',
      scored: true,
    },
  ];
}

/** What a problem's environment says of the answer itself; the reward has its word on the form in it. */
function verdictOf(row: Record<string, unknown>): boolean | null {
  const metrics = stepsOf(row).at(-1)?.['metrics'];
  return isRecord(metrics) ? booleanOf(metrics['correct']) : null;
}

function promptOf(row: Record<string, unknown>): string | null {
  return userMessage(messagesIn(traceOf(row)['prompt']));
}

function answerOf(row: Record<string, unknown>): JsonValue | undefined {
  const { reward } = traceOf(row);
  // The row was read by JSON.parse, so every value in it is JSON.
  return isRecord(reward) ? (reward['reference_answer'] as JsonValue | undefined) : undefined;
}

function traceOf(row: Record<string, unknown>): Record<string, unknown> {
  const trace = stepsOf(row)[0]?.['trace'];
  return isRecord(trace) ? trace : {};
}

function stepsOf(row: Record<string, unknown>): readonly Record<string, unknown>[] {
  return Array.isArray(row['steps']) ? row['steps'].filter(isRecord) : [];
}

function messagesIn(conversation: unknown): readonly unknown[] {
  return isRecord(conversation) && Array.isArray(conversation['messages']) ? conversation['messages'] : [];
}
