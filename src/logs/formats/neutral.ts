import { idOf, userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { booleanOf, stepOf } from '../../core/writtenValue';
import { filesLike, type Folder, type LogFileName, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';

const schema = 'cdas-rollout/1';
const launchMark = '-launch';
const launchFile = /^(?:rollouts|groups)-launch(\d+)-/;

/** The neutral rollout log that the trainer adapters write: one object a line, in any number of files side by side. */
export const neutralFormat: LogFormat = {
  framework: 'neutral',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: true,
  logFiles: neutralFiles,
  recogniseRow: (row) => (row['schema'] === schema ? schema : null),
  readRow: readNeutralRow,
  fastFields: {
    marker: { key: 'schema', text: schema },
    prompt: { key: 'prompt', messages: true },
    step: 'step',
    explicitId: 'problem_id',
    groundTruth: 'ground_truth',
    reward: 'reward',
    correct: ['correct'],
    response: 'response',
    rolloutKey: { keys: ['group_id', 'sample_index'], of: rolloutKeyOf },
    states: { split: 'split', status: 'status' },
  },
};

/**
 * The files of a log that the trainer adapters write. They number their launches: a resumed job trains steps again, and
 * after other decisions other problems in them.
 */
export function neutralFiles(folder: Folder): readonly LogFileName[] {
  const files = filesLike(folder, /^(?!\d+\.jsonl$).*\.jsonl$/);
  if (!files.some(({ name }) => name.includes(launchMark))) return files;
  return files.map((file) => ({ ...file, launch: Number(launchFile.exec(file.name)?.[1] ?? 0) }));
}

function readNeutralRow(row: unknown, context: RowContext): readonly RolloutRow[] {
  if (!isRecord(row) || row['schema'] !== schema) return [];
  const reward = rewardOf(row['reward']);
  const correct = booleanOf(row['correct']);
  return [
    {
      step: stepOf(row['step']),
      explicitId: idOf(row['problem_id'], () => context.rawNumber(['problem_id'])),
      prompt: userMessage(row['prompt']) ?? '',
      promptIsUserText: Array.isArray(row['prompt']),
      // The row was read by JSON.parse, so every value in it is JSON.
      groundTruth: row['ground_truth'] as JsonValue | undefined,
      reward,
      explicitCorrect: correct,
      explicitField: correct === null ? null : 'correct',
      lengthChars: lengthOf(row['response']),
      rolloutKey: rolloutKeyOf(row['group_id'], row['sample_index']),
      split: row['split'] === 'val' ? 'val' : 'train',
      scored: (reward !== null || correct !== null) && (row['status'] === undefined || row['status'] === 'ok'),
    },
  ];
}

function rolloutKeyOf(group: unknown, sample: unknown): string | null {
  if (typeof group !== 'string' || group === '' || typeof sample !== 'number') return null;
  return `${group} ${sample}`;
}
