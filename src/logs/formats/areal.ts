import { isRecord } from '../../core/json';
import { filesLike, foldersLike, type Folder, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';
import { responseIn } from './messageText';

const versionFolder = /^(\d+)$/;
const taskFile = /^\d+\.jsonl$/;

/**
 * AReaL's `rollout/{version}/{task}.jsonl`: a file a prompt group, filed under the highest policy version in it, which
 * stands for the step. A relaunch appends to the files of the first launch, counting its tasks from 0 again.
 */
export const arealFormat: LogFormat = {
  framework: 'areal',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  emptySteps: true,
  gapAdvice: 'A policy version under which no group ended has no directory, which is nothing to mend. Where many lack one, see whether somebody removed them.',
  ownsFolder: versionFolder,
  logFiles: taskFiles,
  recogniseRow: (row) => ('task_id' in row && 'sample_idx' in row && 'completion' in row ? 'dump_to_file' : null),
  readRow: (row) => (isRecord(row) && typeof row['prompt'] === 'string' ? [readRollout(row, row['prompt'])] : []),
  slim: { leftOut: [], measured: ['completion', 'segments[1+].text'] },
};

function* taskFiles(folder: Folder): Generator<LogFileName> {
  for (const { name, number, folder: version } of foldersLike(folder, versionFolder)) {
    for (const file of filesLike(version, taskFile)) yield { name: `${name}/${file.name}`, step: number, launch: 0 };
  }
}

function readRollout(row: Record<string, unknown>, text: string): RolloutRow {
  const [prompt, generated] = partsOf(row['segments']) ?? [text, lengthOf(row['completion'])];
  const { task_id: task, sample_idx: sample } = row;
  return {
    step: null,
    explicitId: null,
    prompt,
    promptIsUserText: false,
    groundTruth: undefined,
    // Where the workflow normalises rewards, the original one is what the answer earned.
    reward: rewardOf(row['original_reward'] ?? row['reward']),
    explicitCorrect: null,
    explicitField: null,
    lengthChars: generated,
    ...responseIn(row['completion']),
    // Processes that share a file count their tasks alike: the prompt tells them apart.
    rolloutKey: typeof sample === 'number' ? JSON.stringify([task, sample, text]) : null,
    split: 'train',
    scored: true,
  };
}

/** The prompt and the generated length of a rollout of several turns. */
function partsOf(segments: unknown): readonly [string, number] | null {
  const parts = Array.isArray(segments) ? segments.filter(isRecord) : [];
  const prompt = parts.find(({ role }) => role === 'prompt')?.['text'];
  if (typeof prompt !== 'string') return null;
  const generated = parts.filter(({ role }) => role === 'gen').map(({ text }) => lengthOf(text) ?? 0);
  return [prompt, generated.reduce((sum, length) => sum + length, 0)];
}
