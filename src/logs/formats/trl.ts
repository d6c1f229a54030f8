import { userMessage } from '../../core/datasetIndex';
import { isRecord, type JsonValue } from '../../core/json';
import { ParquetTable } from '../parquetTable';
import { filesLike, type LogFormat, type RolloutRow } from '../logFormat';
import { hashOfName } from '../rolloutTable';
import type { TextDigest } from '../textDigest';
import { assistantText } from './messageText';
import { combineRewards, isRewardName } from './rewardColumns';

/** Where users log the row of the dataset, by `log_extra`, and its answer. */
const idColumns = ['problem_id', 'example_id', 'id', 'index', 'idx'];
/** Where users log which split a row is of; TRL itself writes evaluation under the same names. */
const splitColumns = ['split'];
const validation = /^(?:val|valid|validation|eval|evaluation|test)$/i;
const answerColumns = ['ground_truth', 'solution', 'answer'];
const rewardWord = /reward|accura|correct|score|format|(?:^|_)acc(?:_|$)/i;

/** Those that were read to show some of them, as long as the file's bytes are held. */
const completionsOf = new WeakMap<Uint8Array, readonly unknown[]>();

/**
 * TRL's `completions/completions_{step}.parquet` (also axolotl's and unsloth's, whose trainers are TRL's): prompts and
 * completions as text, since 1.16 those of conversations as messages. Rollouts are not named in it, and a file repeats
 * those of the file before as long as no new ones were generated.
 */
export const trlFormat: LogFormat = {
  framework: 'trl',
  kind: 'binary',
  repeatedRollout: 'window',
  namesAreVague: false,
  logFiles: (folder) => filesLike(folder, /^completions_(\d+)\.parquet$/),
  recogniseRow: () => 'completions',
  readRow: (bytes) => (bytes instanceof Uint8Array && bytes.byteLength > 0 ? readFile(new ParquetTable(bytes)) : []),
  readResponse: (bytes, index) => {
    const completions = completionsOf.get(bytes) ?? new ParquetTable(bytes).values('completion');
    completionsOf.set(bytes, completions);
    const completion = completions[index];
    if (Array.isArray(completion)) return assistantText(completion) ?? null;
    return typeof completion === 'string' ? completion : null;
  },
  evaluationMixedIn: true,
  gapAdvice: 'TRL logs completions every logging_steps steps: set logging_steps=1 so that every step is there.',
};

function readFile(table: ParquetTable): readonly RolloutRow[] {
  const column = (names: readonly string[]): readonly unknown[] => {
    const name = names.find((each) => table.columns.includes(each));
    return name === undefined ? [] : table.values(name);
  };
  const [steps, prompts, ids] = [column(['step']), column(['prompt']), column(idColumns)];
  const [answers, advantages, splits] = [column(answerColumns), column(['advantage', 'advantages']), column(splitColumns)];
  const completions = table.columns.includes('completion') ? table.digests('completion') : [];
  const rewards = rewardColumns(table).map((name) => [name, table.values(name)] as const);
  // Of the rollouts of a group the prompts are one object, whose hash is made once.
  const hashes = new Map<string, number>();
  const hashOfPrompt = (prompt: string): number => {
    const hash = hashes.get(prompt) ?? hashOfName(prompt);
    hashes.set(prompt, hash);
    return hash;
  };
  return prompts.map((text, row) => {
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
      rolloutKey: `${hashOfPrompt(prompt)} ${completion?.hash ?? ''} ${numberOf(advantages[row]) ?? ''}`,
      split: validation.test(String(splits[row])) ? 'val' : 'train',
      scored: true,
      ...(note !== null && { note }),
    };
  });
}

/** The reward functions' columns: those whose names sound like it, else every column of numbers that may be one. */
function rewardColumns(table: ParquetTable): readonly string[] {
  const numeric = table.columns.filter((name) => table.isNumeric(name) && isRewardName(name) && !idColumns.includes(name));
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
