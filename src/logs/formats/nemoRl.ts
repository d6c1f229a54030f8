import { contentText } from '../../core/datasetIndex';
import { isRecord } from '../../core/json';
import { userTextCandidates } from '../../core/promptText';
import { stepOf } from '../../core/writtenValue';
import { filesLike, foldersLike, type Folder, type LogClaims, type LogFileName, type LogFormat, type RolloutRow } from '../logFormat';
import { lengthOf, promptOfTokens, rewardOf } from './fieldValues';

const launchFolder = /^exp_(\d+)$/;
const trainFile = /^train_data_step(\d+)\.jsonl$/;
const dynamicSampling = 'dynamic sampling';
const tokens = 'train_data_step, token ids';
const tokensNote =
  'NeMo-RL’s single controller logs token ids but no text: problems are told apart by their prompt tokens and cannot be matched to dataset rows. Have the environment write neutral rollouts (cdas_lens.rollouts), which include the text.';
const imagesNote =
  'The prompts have images besides their text. Problems are told apart by the text alone: several images that are asked about in the same words count as one problem. Have the environment write neutral rollouts (cdas_lens.rollouts) with the id of the dataset row.';

/**
 * NeMo-RL's `exp_NNN/train_data_stepK.jsonl`, one rollout a line, every value in a list of one. Each launch writes to
 * the next `exp_NNN`; of a step that several wrote the last one counts. Validation lies in files of another name. The
 * single controller (since September 2026) writes token ids and no text.
 */
export const nemoRlFormat: LogFormat = {
  framework: 'nemo-rl',
  kind: 'lines',
  repeatedRollout: 'rerun',
  namesAreVague: false,
  ownsFolder: launchFolder,
  logFiles: trainFiles,
  recogniseRow: (row) => {
    if (!('rewards' in row || 'filtered_rewards' in row)) return null;
    if (!Array.isArray(row['content'])) return isOfTokens(row) ? tokens : null;
    return 'filtered_rewards' in row ? dynamicSampling : 'train_data_step';
  },
  readRow: (row) => {
    if (!isRecord(row)) return [];
    if (Array.isArray(row['content'])) return readRollout(row);
    return isOfTokens(row) ? readTokens(row) : [];
  },
  slim: {
    leftOut: ['token_ids', 'token_loss_mask', 'advantages', 'generation_logprobs', 'prev_logprobs', 'teacher_logprobs', 'metadata'],
    measured: ['content[][1+]', 'content[][1+].content'],
  },
  claims: (variant) => (variant === dynamicSampling ? survivors : null),
};

const survivors: LogClaims = {
  passRates: false,
  identity: true,
  survivors: true,
  why: 'The run uses grpo.use_dynamic_sampling, which drops groups with uniform reward before the log is written: the log holds survivors only. It supports no pass rates, difficulty, competence or zero-gradient share. Switch dynamic sampling off, or have the environment write neutral rollouts.',
};

function trainFiles(folder: Folder): readonly LogFileName[] {
  const launches = [...foldersLike(folder, launchFolder)].map(({ name, number, folder: launch }) =>
    filesLike(launch, trainFile).map((file) => ({ ...file, name: `${name}/${file.name}`, launch: number })),
  );
  return [...filesLike(folder, trainFile), ...launches.flatMap((files, i) => files.filter((file) => !isAbandoned(file, launches.slice(i + 1))))];
}

/** A later launch that starts at or before a step leaves what came after it behind, also where it has not got there yet. */
function isAbandoned({ step }: LogFileName, later: readonly (readonly LogFileName[])[]): boolean {
  return later.some((files) => (files[0]?.step ?? Infinity) < (step ?? 0) && !files.some((file) => file.step === step));
}

function readRollout(row: Record<string, unknown>): readonly RolloutRow[] {
  const messages = only(row['content']);
  const contents = (Array.isArray(messages) ? messages : [messages]).map((message: unknown) => (isRecord(message) ? message['content'] : message));
  const turns = contents.map(contentText).filter((text) => text !== null);
  const firstAnswer = firstAnswerOf(turns);
  // With dynamic sampling `rewards` has the rewards of all rollouts, not those of these rows.
  const reward = rewardOf(only('filtered_rewards' in row ? row['filtered_rewards'] : row['rewards']));
  // Columns of different lengths end in rows of empty lists.
  if (turns.length === 0 && reward === null) return [];
  return [
    {
      step: null,
      explicitId: null,
      prompt: turns.slice(0, firstAnswer).join(''),
      promptIsUserText: false,
      groundTruth: undefined,
      reward,
      explicitCorrect: null,
      explicitField: null,
      lengthChars: turns.length > firstAnswer ? turns.slice(firstAnswer).reduce((sum, text) => sum + (lengthOf(text) ?? 0), 0) : null,
      ...(turns.length > firstAnswer && { response: turns.slice(firstAnswer).join('\n\n') }),
      rolloutKey: null,
      split: 'train',
      scored: only(row['sample_loss_mask']) !== 0,
      ...(contents.slice(0, firstAnswer).some(hasImage) && { note: imagesNote }),
    },
  ];
}

function hasImage(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => isRecord(part) && part['type'] !== 'text');
}

function isOfTokens(row: Record<string, unknown>): boolean {
  return Array.isArray(row['sample_id']) && Array.isArray(row['prompt_ids']);
}

function readTokens(row: Record<string, unknown>): readonly RolloutRow[] {
  // Rows whose probabilities were off are masked too, though their answers were judged like all others.
  const mask = row['pre_seq_error_sample_loss_mask'] ?? row['sample_loss_mask'];
  const prompt = only(row['prompt_ids']);
  return [
    {
      step: stepOf(row['step']),
      explicitId: null,
      prompt: promptOfTokens(Array.isArray(prompt) ? prompt : []),
      promptIsUserText: true,
      groundTruth: undefined,
      reward: rewardOf(only(row['rewards'])),
      explicitCorrect: null,
      explicitField: null,
      lengthChars: null,
      rolloutKey: null,
      split: 'train',
      scored: only(mask) !== 0,
      note: tokensNote,
    },
  ];
}

/** The messages have no roles: the prompt is the first one, and the second too where the first is only a system message. */
function firstAnswerOf(turns: readonly string[]): number {
  const first = turns[0] ?? '';
  const isSystemOnly = turns.length > 2 && /^\s*(?:<\|im_start\|>|<\|begin_of_text\|>)?(?:<\|start_header_id\|>)?system\b/.test(first) && userTextCandidates(first).length === 1;
  return isSystemOnly ? 2 : 1;
}

function only(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
