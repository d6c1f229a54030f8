import { idOf } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { booleanOf, stepOf } from '../../core/writtenValue';
import { filesLike, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';

const stepFile = /^(\d+)\.jsonl$/;
/** `{uuid}_{session}_{output}`: the uuid names the group, the session the rollout, the output a turn of it. */
const uidParts = /^(.+)_(\d+)_(\d+)$/;
/** What fills a batch up to a number that its workers can share; the default trainer of 0.9 logs it too. */
const paddingUid = /^pad[0-9a-f]{32}_/;

const verdictKeys = ['acc', 'correct', 'is_correct'] as const;

/** verl's rollout dumps, `{step}.jsonl`: v0.5-0.7 (G1), 0.8 and the older trainer of 0.9 (G2), 0.9's default (G3). */
export const verlFormat: LogFormat = {
  framework: 'verl',
  kind: 'lines',
  repeatedRollout: 'turn',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, stepFile),
  recogniseRow: (row) => {
    if (typeof row['input'] !== 'string' || typeof row['output'] !== 'string' || 'schema' in row) return null;
    // Datasets have inputs with outputs too, and scores of them, but no steps.
    if (!('step' in row)) return null;
    if (typeof row['uid'] === 'string') return 'G3';
    return typeof row['request_id'] === 'string' ? 'G2' : 'G1';
  },
  readRow: readVerlRow,
  fastFields: {
    marker: null,
    prompt: { key: 'input', messages: false },
    step: 'step',
    explicitId: 'problem_id',
    groundTruth: 'gts',
    reward: 'score',
    correct: verdictKeys,
    response: 'output',
    rolloutKey: { keys: ['uid'], of: (uid) => (isPadding(uid) ? undefined : rolloutKeyOf(uid)) },
    states: null,
  },
};

function readVerlRow(row: unknown, context: RowContext): readonly RolloutRow[] {
  if (!isRecord(row)) return [];
  const input = row['input'];
  if (typeof input !== 'string' || !('output' in row || 'score' in row) || isPadding(row['uid'])) return [];
  const field = verdictKeys.find((name) => booleanOf(row[name]) !== null);
  return [
    {
      step: stepOf(row['step']),
      explicitId: idOf(row['problem_id'], () => context.rawNumber(['problem_id'])),
      prompt: input,
      promptIsUserText: false,
      // The row was read by JSON.parse, so every value in it is JSON.
      groundTruth: row['gts'] as JsonValue | undefined,
      reward: rewardOf(row['score']),
      explicitCorrect: field === undefined ? null : booleanOf(row[field]),
      explicitField: field ?? null,
      lengthChars: lengthOf(row['output']),
      rolloutKey: rolloutKeyOf(row['uid']),
      split: 'train',
      scored: true,
    },
  ];
}

function isPadding(uid: unknown): boolean {
  return typeof uid === 'string' && paddingUid.test(uid);
}

function rolloutKeyOf(uid: unknown): string | null {
  const parts = typeof uid === 'string' ? uidParts.exec(uid) : null;
  return parts === null ? null : `${parts[1] ?? ''}_${parts[2] ?? ''}`;
}
