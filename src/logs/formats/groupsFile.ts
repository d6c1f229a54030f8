import { idOf } from '../../core/datasetIndex';
import { isRecord } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import type { LogFormat, RolloutRow, RowContext } from '../logFormat';
import { neutralFiles } from './neutral';

const schema = 'cdas-groups/1';
const note = 'The log has one line per group and no rollouts: only the sums of their rewards and lengths are known.';
/** No group is larger; a damaged count must not fill the memory. */
const maxGroupSize = 65_536;

/**
 * The compact log of the trainer adapters: a line for each problem of a step, without texts. Its rollouts are told
 * apart by nothing but how many were correct: each has about the mean length of its group, and the correct ones a reward
 * that is one more than that of the others, which together give the sums. Rewards of 0 and 1 are given back exactly so.
 */
export const groupsFileFormat: LogFormat = {
  framework: 'neutral',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: true,
  logFiles: neutralFiles,
  recogniseRow: (row) => (row['schema'] === schema ? schema : null),
  readRow: readGroup,
};

function readGroup(row: unknown, context: RowContext): readonly RolloutRow[] {
  if (!isRecord(row) || row['schema'] !== schema) return [];
  const [n, correct, step] = [numberOf(row['n']), numberOf(row['correct']), stepOf(row['step'])];
  const id = idOf(row['problem_id'], () => context.rawNumber(['problem_id']));
  if (step === null || id === null || !isCount(n, maxGroupSize) || !isCount(correct, n)) return [];
  const [rewards, lengths] = [numberOf(row['reward_sum']), numberOf(row['length_sum'])];
  return Array.from({ length: n }, (_, index) => ({
    step,
    explicitId: id,
    prompt: '',
    promptIsUserText: true,
    groundTruth: undefined,
    reward: rewards === null ? null : (rewards - correct + (index < correct ? n : 0)) / n,
    explicitCorrect: index < correct,
    explicitField: 'correct',
    // Whole numbers that come to the sum.
    lengthChars: lengths === null ? null : Math.floor((lengths + index) / n),
    rolloutKey: `${id} ${index}`,
    split: row['split'] === 'val' ? 'val' : 'train',
    scored: true,
    note,
  }));
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function isCount(value: number | null, most: number | null): value is number {
  return value !== null && Number.isSafeInteger(value) && value >= 0 && value <= (most ?? 0);
}
