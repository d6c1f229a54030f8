import { isRecord } from '../../core/json';

const promptFields = ['prompt', 'question', 'problem'] as const;
const answerFields = ['reward_model', 'answer', 'solution', 'ground_truth', 'expected_answer', 'label'] as const;
/** What only a line that reports a rollout carries. */
const rolloutFields = ['output', 'outputs', 'response', 'responses', 'completion', 'completions', 'rollout', 'score', 'scores', 'reward', 'rewards'];

/** How many lines from the top decide, and how long a line may be to be parsed for it. */
const sampledRows = 5;
const longestSampledLine = 1_000_000;

/** What a line is for the annotations. */
export type LineKind = 'dataset' | 'other' | 'blank';

/** Whether a line is a dataset row: an object with a prompt and an answer, and neither a rollout nor one of our own records. */
export function lineKind(text: string): LineKind {
  if (text.trim() === '') return 'blank';
  if (text.length > longestSampledLine || !text.trimStart().startsWith('{')) return 'other';
  const row = parse(text);
  if (!isRecord(row)) return 'other';
  const own = typeof row['schema'] === 'string' && row['schema'].startsWith('cdas-');
  const isRow = !own && has(row, promptFields) && has(row, answerFields) && !has(row, rolloutFields);
  return isRow ? 'dataset' : 'other';
}

/**
 * Whether a file is a JSON-lines dataset, by its first rows that are not blank: most of them must be dataset rows, so
 * that a damaged line at the top does not hide a whole file.
 */
export function isDataset(lines: Iterable<string>): boolean {
  let dataset = 0;
  let other = 0;
  for (const line of lines) {
    const kind = lineKind(line);
    if (kind === 'dataset') dataset += 1;
    if (kind === 'other') other += 1;
    if (dataset + other >= sampledRows) break;
  }
  return dataset > other;
}

function has(row: Record<string, unknown>, fields: readonly string[]): boolean {
  return fields.some((field) => Object.hasOwn(row, field));
}

function parse(text: string): unknown {
  try {
    // JSON.parse returns any.
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    return null;
  }
}
