import { userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import type { ColumnKind, ParquetTable, RowBatch } from '../parquet/parquetTable';
import { filesLike, type LogFormat, type RolloutRow } from '../logFormat';
import { hashOfName } from '../columns/rolloutTable';
import type { TextDigest } from '../columns/textDigest';
import { assistantText } from './messageText';
import { combineRewards, isRewardName, rewardWord } from './rewardColumns';
import { explainedRewards } from './trlRewards';

/** Where users log the row of the dataset, by `log_extra`, and its answer. */
const idColumns = ['problem_id', 'example_id', 'id', 'index', 'idx'];
/** Where users log which split a row is of; TRL itself writes evaluation under the same names. */
const splitColumns = ['split'];
const validation = /^(?:val|valid|validation|eval|evaluation|test)$/i;
const answerColumns = ['ground_truth', 'solution', 'answer'];
const advantageColumns = ['advantage', 'advantages'];

/** The names of the columns that a table has; empty where it has none of that kind. */
interface RowColumns {
  readonly id: string;
  readonly answer: string;
  readonly advantage: string;
  readonly split: string;
  readonly rewards: readonly string[];
}

/**
 * TRL's `completions/completions_{step}.parquet` (also axolotl's and unsloth's, whose trainers are TRL's): prompts and
 * completions as text, since 1.16 those of conversations as messages. Rollouts are not named in it, and a file repeats
 * those of the file before as long as no new ones were generated.
 */
export const trlFormat: LogFormat = {
  framework: 'trl',
  kind: 'table',
  repeatedRollout: 'window',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /^completions_(\d+)\.parquet$/),
  recogniseRow: (columns) => (Object.keys(columns).length === 0 || isRewarded(columns) ? 'completions' : null),
  readRow: () => [],
  table: {
    rows: (table) => readRows(table, 0, ['completion']),
    rowsFrom: (table, from) => readRows(table, from, []),
    responsesFrom: readResponses,
  },
  evaluationMixedIn: true,
  gapAdvice: 'TRL logs completions every logging_steps steps: set logging_steps=1 to log every step.',
};

/** TRL's trainer of distillation writes files of the same name, in which nothing is judged. */
function isRewarded(columns: Record<string, unknown>): boolean {
  return ['step', 'prompt', 'completion'].every((name) => name in columns) && advantageColumns.some((name) => name in columns);
}

function* readRows(table: ParquetTable, from: number, digested: readonly string[]): Generator<readonly RolloutRow[]> {
  const first = (names: readonly string[]): string => names.find((each) => table.columns.includes(each)) ?? '';
  if (!table.columns.includes('prompt')) return;
  const advantage = first(advantageColumns);
  const columns: RowColumns = { id: first(idColumns), answer: first(answerColumns), advantage, split: first(splitColumns), rewards: rewardColumns(table, advantage) };
  const names = ['step', 'prompt', columns.id, columns.answer, columns.advantage, columns.split, ...columns.rewards];
  const wanted = new Map<string, ColumnKind>([...names.map((name) => [name, 'values'] as const), ...digested.map((name) => [name, 'digests'] as const)]);
  const hashOfPrompt = new LastHash();
  for (const batch of table.batches(wanted, from)) yield rowsOf(batch, columns, hashOfPrompt);
}

function rowsOf({ column }: RowBatch, names: RowColumns, hashOfPrompt: LastHash): readonly RolloutRow[] {
  const [steps, ids, answers, advantages, splits] = [column('step'), column(names.id), column(names.answer), column(names.advantage), column(names.split)];
  const completions = column('completion');
  const rewards = names.rewards.map((name) => [name, column(name)] as const);
  return column('prompt').map((text, row) => {
    const { note, ...reward } = combineRewards(new Map(rewards.map(([name, values]) => [name, numberOf(values[row])])));
    const prompt = userMessage(text) ?? '';
    const completion = writtenIn(completions[row]);
    return {
      step: numberOf(steps[row]),
      explicitId: idText(ids[row]),
      prompt,
      promptIsUserText: Array.isArray(text),
      groundTruth: answerOf(answers[row]),
      ...reward,
      lengthChars: completion?.length ?? null,
      rolloutKey: `${hashOfPrompt.of(prompt)} ${completion?.hash ?? ''} ${numberOf(advantages[row]) ?? ''}`,
      split: validation.test(String(splits[row])) ? 'val' : 'train',
      scored: true,
      ...(note !== null && { note }),
    };
  });
}

/** The rollouts of a group have one prompt, whose hash is made once. */
class LastHash {
  private prompt = '';
  private hash = hashOfName('');

  of(prompt: string): number {
    if (prompt !== this.prompt) [this.prompt, this.hash] = [prompt, hashOfName(prompt)];
    return this.hash;
  }
}

function* readResponses(table: ParquetTable, from: number): Generator<readonly (string | null)[]> {
  for (const { column } of table.batches(new Map([['completion', 'values']]), from)) {
    yield column('completion').map((completion) => {
      if (Array.isArray(completion)) return assistantText(completion) ?? null;
      return typeof completion === 'string' ? completion : null;
    });
  }
}

/**
 * The reward functions' columns. TRL writes them right after the completions, as floating-point numbers whatever they are
 * named, and what users log besides after those. Where a table is in another order their names have to tell.
 */
function rewardColumns(table: ParquetTable, advantage: string): readonly string[] {
  const isReward = (name: string): boolean => isRewardName(name) && !idColumns.includes(name);
  const after = table.columns.slice(table.columns.indexOf('completion') + 1);
  const end = after.findIndex((name) => !table.isFloat(name) || advantageColumns.includes(name));
  const rewards = after.slice(0, Math.max(0, end)).filter(isReward);
  if (rewards.length > 1) return explainedRewards(table, advantage, rewards);
  if (rewards.length > 0) return rewards;
  const numeric = table.columns.filter((name) => table.isNumeric(name) && isReward(name));
  const named = numeric.filter((name) => rewardWord.test(name));
  return named.length > 0 ? named : numeric;
}

/** The digest of what the model wrote: of the text, or of all its messages. */
function writtenIn(completion: unknown): TextDigest | null {
  if (isDigest(completion)) return completion;
  if (!Array.isArray(completion)) return null;
  const written = completion.filter(isRecord).filter(({ role }) => role === 'assistant');
  const parts = written.flatMap(({ content }) => (Array.isArray(content) ? content.map((part) => (isRecord(part) ? part['text'] : null)) : [content])).filter(isDigest);
  return parts.reduce((whole, part) => ({ length: whole.length + part.length, hash: Math.imul(whole.hash, 31) ^ part.hash }), { length: 0, hash: 0 });
}

function isDigest(value: unknown): value is TextDigest {
  return isRecord(value) && typeof value['hash'] === 'number' && typeof value['length'] === 'number';
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function idText(value: unknown): string | null {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value.toString();
  return typeof value === 'string' && value !== '' ? value : null;
}

function answerOf(value: unknown): JsonValue | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
