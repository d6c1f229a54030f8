import { isRecord } from '../../core/json';
import { filesLike, foldersLike, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { rewardOf, stepOf } from './fieldValues';

const iterationFolder = /^iteration_(\d+)$/;

/** tinker-cookbook's `iteration_N/train_rollout_summaries.jsonl`: rewards by group, without prompts or problem ids. */
export const tinkerFormat: LogFormat = {
  framework: 'tinker',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  ownsFolder: iterationFolder,
  logFiles: summaryFiles,
  recogniseRow: (row) => ('group_idx' in row && 'total_reward' in row ? 'summaries' : null),
  readRow: (row) => (isRecord(row) && 'total_reward' in row ? readRollout(row) : []),
  claims: () => statistics,
};

const statistics: LogClaims = {
  passRates: true,
  identity: false,
  survivors: false,
  why: 'tinker’s summaries do not say which problem a group belongs to: pass rates and group shares are shown, but no problem can be followed from step to step, so there is no difficulty and no competence. Let the environment write neutral rollouts (cdas_lens.rollouts) with a problem_id.',
};

function* summaryFiles(folder: Folder): Generator<LogFileName> {
  for (const { name, number, folder: iteration } of foldersLike(folder, iterationFolder)) {
    for (const file of filesLike(iteration, /^train_rollout_summaries\.jsonl$/)) yield { name: `${name}/${file.name}`, step: number, launch: 0 };
  }
}

function readRollout(row: Record<string, unknown>): readonly RolloutRow[] {
  const { group_idx: group, traj_idx: trajectory } = row;
  const iteration = stepOf(row['iteration']);
  if (typeof group !== 'number') return [];
  return [
    {
      step: iteration,
      explicitId: `iteration ${iteration ?? '?'} group ${group}`,
      prompt: '',
      promptIsUserText: true,
      groundTruth: undefined,
      reward: rewardOf(row['total_reward']),
      explicitCorrect: null,
      explicitField: null,
      lengthChars: null,
      rolloutKey: typeof trajectory === 'number' ? `${group} ${trajectory}` : null,
      split: row['split'] === undefined || row['split'] === 'train' ? 'train' : 'val',
      scored: true,
    },
  ];
}
