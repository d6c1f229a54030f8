import { idOf, userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import { filesLike, type LogFormat, type RolloutRow } from '../logFormat';
import { readSwiftArgs } from '../discovery/swiftArgs';
import { lengthOf, rewardOf } from './fieldValues';
import { responseIn } from './messageText';
import { combineRewards, isRewardName } from './rewardColumns';

/** Columns that are no reward, whatever is in them. */
const knownColumns = new Set(['prompt', 'completion', 'solution', 'ground_truth', 'answer', 'reward', 'messages', 'images', 'problem_id']);
const answerColumns = ['solution', 'ground_truth', 'answer'];

/**
 * ms-swift's `completions.jsonl`: tables of columns with the trainer's step as text (`hf`) or its generation step
 * (`megatron`), or a rollout a line (`ray`). `hf` writes its last rollouts again until there are new ones.
 */
export const msSwiftFormat: LogFormat = {
  framework: 'ms-swift',
  kind: 'lines',
  repeatedRollout: 'window',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /^completions\.jsonl$/),
  recogniseRow: (row) => {
    if (!('prompt' in row && 'completion' in row)) return null;
    // Distillation writes the same files, in which nothing is judged.
    if (!Array.isArray(row['prompt'])) return 'gen_step' in row && 'reward' in row ? 'ray' : null;
    if (!('advantages' in row) && rewardColumns(row).length === 0) return null;
    return 'gen_step' in row ? 'megatron' : 'step' in row ? 'hf' : null;
  },
  readRow: (row) => {
    if (!isRecord(row)) return [];
    return Array.isArray(row['prompt']) ? readTable(row) : readSingle(row);
  },
  readConfig: readSwiftArgs,
  evaluationMixedIn: true,
  gapAdvice: 'ms-swift logs completions every logging_steps steps: set --logging_steps 1 to log every step.',
};

function readTable(table: Record<string, unknown>): readonly RolloutRow[] {
  const column = (name: string): readonly unknown[] => listIn(table[name]);
  const [prompts, completions, advantages] = [column('prompt'), column('completion'), column('advantages')];
  const rewards = rewardColumns(table);
  const answers = column(answerColumns.find((name) => name in table) ?? '');
  const steps = 'gen_step' in table ? table['gen_step'] : table['step'];
  return prompts.slice(0, completions.length).map((prompt, row) => {
    const { note, ...reward } = combineRewards(new Map(rewards.map((name) => [name, rewardOf(column(name)[row])])));
    const text = userMessage(prompt) ?? '';
    return {
      step: stepOf(Array.isArray(steps) ? steps[row] : steps),
      explicitId: idOf(column('problem_id')[row], () => null),
      prompt: text,
      promptIsUserText: Array.isArray(prompt),
      // The line was read by JSON.parse, so every value in it is JSON.
      groundTruth: (answers[row] ?? undefined) as JsonValue | undefined,
      ...reward,
      lengthChars: lengthOf(completions[row]),
      ...responseIn(completions[row]),
      rolloutKey: 'gen_step' in table ? null : JSON.stringify([text, completions[row], advantages[row]]),
      split: 'train',
      scored: true,
      ...(note !== null && { note }),
    };
  });
}

/** ms-swift writes the rewards between the completions and the advantages; without those only names tell. */
function rewardColumns(table: Record<string, unknown>): readonly string[] {
  const numeric = Object.keys(table).filter((name) => name === 'completion' || isNumeric(table[name]));
  const [start, end] = [numeric.indexOf('completion') + 1, numeric.indexOf('advantages')];
  if (start > 0 && end >= start) return numeric.slice(start, end);
  return numeric.filter((name) => !knownColumns.has(name) && isRewardName(name));
}

function readSingle(row: Record<string, unknown>): readonly RolloutRow[] {
  if (typeof row['prompt'] !== 'string') return [];
  return [
    {
      step: stepOf(row['gen_step']),
      explicitId: idOf(row['problem_id'], () => null),
      prompt: row['prompt'],
      promptIsUserText: false,
      // The row was read by JSON.parse, so every value in it is JSON.
      groundTruth: (row['solution'] ?? undefined) as JsonValue | undefined,
      reward: rewardOf(row['reward']),
      explicitCorrect: null,
      explicitField: null,
      lengthChars: lengthOf(row['completion']),
      ...responseIn(row['completion']),
      rolloutKey: null,
      split: 'train',
      scored: true,
    },
  ];
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isNumeric(column: unknown): boolean {
  const values = listIn(column);
  return values.length > 0 && values.every((value) => value === null || typeof value === 'number');
}
