import { isRecord, type JsonValue } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import { filesLike, naturalOrder, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { promptOfTokens, rewardOf } from './fieldValues';

const shardFile = /^.+_rollouts_\d+\.jsonl$/;
const shardEnd = /_rollouts_\d+\.jsonl.*$/;

/** open-instruct's `{run}_rollouts_{shard}.jsonl`: token ids and no text, so a problem is known by the ids of its prompt. */
export const openInstructFormat: LogFormat = {
  framework: 'open-instruct',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  logFiles: shardFiles,
  // A run name is that of its experiment with the seed and the time of the launch.
  experimentOf: (name) => name.replace(shardEnd, '').replace(/__\d+$/, ''),
  recogniseRow: (row) => (Array.isArray(row['prompt_tokens']) && 'reward' in row ? 'traces' : null),
  readRow: (row) => (isRecord(row) && Array.isArray(row['prompt_tokens']) ? [readRollout(row, row['prompt_tokens'])] : []),
  slim: { leftOut: ['response_tokens', 'logprobs'], measured: [] },
  claims: () => survivors,
};

const survivors: LogClaims = {
  passRates: false,
  identity: true,
  survivors: true,
  byDefault: true,
  why: 'open-instruct writes no groups with uniform reward (filter_zero_std_samples, on by default): the log holds survivors only. It supports no pass rates, difficulty, competence or zero-gradient share. Have the verifier write neutral rollouts (cdas_lens.rollouts), which also have the prompts’ text.',
};

/** Every launch has a run name of its own, ending in its time: the later launch of a step counts. */
function shardFiles(folder: Folder): readonly LogFileName[] {
  const files = filesLike(folder, shardFile);
  const runs = [...new Set(files.map(({ name }) => name.replace(shardEnd, '')))].sort(naturalOrder);
  return files.map(({ name }) => ({ name, step: null, launch: runs.indexOf(name.replace(shardEnd, '')) }));
}

function readRollout(row: Record<string, unknown>, tokens: readonly unknown[]): RolloutRow {
  return {
    step: stepOf(row['step']),
    explicitId: null,
    prompt: promptOfTokens(tokens),
    promptIsUserText: true,
    // The row was read by JSON.parse, so every value in it is JSON.
    groundTruth: (row['ground_truth'] ?? undefined) as JsonValue | undefined,
    reward: rewardOf(row['reward']),
    explicitCorrect: null,
    explicitField: null,
    lengthChars: null,
    rolloutKey: null,
    split: 'train',
    scored: true,
  };
}
