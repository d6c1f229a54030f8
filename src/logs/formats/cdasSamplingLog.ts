import { isRecord } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import { filesLike, type LogFormat, type RolloutRow } from '../logFormat';

/** A group larger than this is no group but a damaged count. */
const maxGroup = 100_000;
const badCounts = 'The counts of some questions are no whole numbers [correct, wrong]: their groups are shown and not judged.';

/** The sampling log of the CDAS authors: one JSON array of `{step, result: {question: [correct, wrong, rate]}}`. */
export const cdasSamplingFormat: LogFormat = {
  framework: 'cdas',
  kind: 'array',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /_sampling\.json$/),
  experimentOf: (name) => name.replace(/_sampling\.json.*$/, ''),
  recogniseRow: (row) => (Object.keys(row).length === 0 || 'step' in row || 'result' in row ? 'sampling log' : null),
  // A resumed training appends the steps that it runs again: the later entry of a step is the one that stands.
  keyOfRow: (entry) => (isRecord(entry) ? stepOf(entry['step']) : null),
  readRow: readStep,
};

function readStep(entry: unknown): RolloutRow[] {
  if (!isRecord(entry) || !isRecord(entry['result'])) return [];
  const step = stepOf(entry['step']);
  return Object.entries(entry['result']).flatMap(([question, counts]) => readGroup(step, question, counts));
}

function readGroup(step: number | null, question: string, counts: unknown): RolloutRow[] {
  const [correct, wrong] = Array.isArray(counts) ? counts.map((count: unknown) => (typeof count === 'number' ? count : Number.NaN)) : [];
  const rollout = (reward: number | null): RolloutRow => ({
    step,
    explicitId: null,
    prompt: question,
    promptIsUserText: true,
    groundTruth: undefined,
    reward,
    explicitCorrect: null,
    explicitField: null,
    lengthChars: null,
    rolloutKey: null,
    split: 'train',
    scored: reward !== null,
  });
  if (!isCount(correct) || !isCount(wrong)) return [{ ...rollout(null), note: badCounts }];
  return [...Array<RolloutRow>(correct).fill(rollout(1)), ...Array<RolloutRow>(wrong).fill(rollout(0))];
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= maxGroup;
}
