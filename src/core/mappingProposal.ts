import { mappableFields, type FieldMapping, type MappableField } from './fieldMapping';
import { isRecord } from './json';
import { booleanOf, isMessage, numberFromRepr, stepOf } from './writtenValue';

/** The names that fields usually go by, the likeliest first. */
const usualNames: Readonly<Record<MappableField, readonly string[]>> = {
  prompt: ['prompt', 'question', 'problem', 'input_prompt', 'query', 'instruction', 'input', 'messages', 'conversations', 'conversation', 'prompt_text'],
  response: ['response', 'completion', 'output', 'generation', 'output_response', 'model_output', 'answer_text', 'text'],
  reward: ['reward', 'score', 'total_reward', 'rewards', 'final_reward', 'reward_score', 'return'],
  correct: ['is_correct', 'correct', 'acc', 'accuracy', 'passed', 'success', 'verified', 'verdict'],
  groundTruth: ['ground_truth', 'groundtruth', 'gts', 'gold', 'reference', 'expected_answer', 'expected', 'solution', 'target', 'label', 'answer'],
  step: ['global_step', 'step', 'training_step', 'train_step', 'iteration', 'iter', 'epoch_step'],
  id: ['problem_id', 'question_id', 'task_id', 'example_id', 'prompt_id', 'instance_id', 'id', 'index', 'idx'],
};
/** Names of a text that say less of it than the name of what it lies in does. */
const plainNames: ReadonlySet<string> = new Set(['text', 'content', 'value', 'string']);
const maxDepth = 3;

/** Whether a value can be what a field is for. */
const fits: Readonly<Record<MappableField, (value: unknown) => boolean>> = {
  prompt: (value) => typeof value === 'string' || isMessages(value),
  response: (value) => typeof value === 'string' || isMessages(value),
  reward: (value) => typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && numberFromRepr(value) !== null),
  correct: (value) => booleanOf(value) !== null,
  groundTruth: (value) => value !== null && value !== undefined,
  step: (value) => stepOf(value) !== null,
  id: (value) => (typeof value === 'string' && value !== '') || Number.isInteger(value),
};

/**
 * Proposes how rows of an unknown log may be read, by the usual names of fields and what the sample has in them; null
 * where the sample shows no prompt or id, or nothing to judge by.
 */
export function proposeMapping(rows: readonly unknown[], glob: string): FieldMapping | null {
  const sample = rows.map((row) => leavesOf(row));
  const taken = new Set<string>();
  const fields: Partial<Record<MappableField, string>> = {};
  for (const field of mappableFields) {
    const path = bestPath(field, sample, taken);
    if (path === undefined) continue;
    fields[field] = path;
    taken.add(path);
  }
  const identified = fields.prompt !== undefined || fields.id !== undefined;
  const judged = fields.reward !== undefined || fields.correct !== undefined;
  return identified && judged ? { glob, fields } : null;
}

/** The path whose telling name is the likeliest, the shallowest first, with a fitting value in most rows. */
function bestPath(field: MappableField, sample: readonly ReadonlyMap<string, unknown>[], taken: ReadonlySet<string>): string | undefined {
  const names = usualNames[field];
  const paths = new Set(sample.flatMap((leaves) => [...leaves.keys()]));
  const rank = (path: string): number => names.indexOf(tellingName(path)) + names.length * (path.split('.').length - 1);
  return [...paths]
    .filter((path) => !taken.has(path) && names.includes(tellingName(path)) && isInMost(path, field, sample))
    .sort((a, b) => rank(a) - rank(b))[0];
}

function isInMost(path: string, field: MappableField, sample: readonly ReadonlyMap<string, unknown>[]): boolean {
  return sample.filter((leaves) => fits[field](leaves.get(path))).length * 2 > sample.length;
}

/** The last name of a path, or in `input.text` the one before it. */
function tellingName(path: string): string {
  const [last = '', above] = path.toLowerCase().split('.').reverse();
  return above !== undefined && plainNames.has(last) ? above : last;
}

/** Every value of a row by its dotted path; lists are values. */
function leavesOf(row: unknown, prefix = '', depth = 0): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  if (!isRecord(row)) return leaves;
  for (const [name, value] of Object.entries(row)) {
    leaves.set(prefix + name, value);
    if (depth + 1 >= maxDepth) continue;
    for (const [path, leaf] of leavesOf(value, `${prefix}${name}.`, depth + 1)) leaves.set(path, leaf);
  }
  return leaves;
}

function isMessages(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage);
}

/** A pattern for files like this one in directories of the same name: numbers in a name usually count steps or launches. */
export function filesLike(file: string): string {
  const [name = '', directory = ''] = file.split(/[\\/]/).reverse();
  return `${directory}/${name.replace(/\d+/g, '*')}`;
}
