import { isRecord, type JsonValue } from './json';

/** One row of a dataset, as far as problems are told apart by it. */
export interface DatasetRow {
  /** The id that the dataset gives the row; null when it gives none. */
  readonly explicitId: string | null;
  /** The last user message. */
  readonly text: string;
  /** The expected answer; undefined when the row has none. */
  readonly groundTruth: JsonValue | undefined;
  /** The difficulty that the dataset gives the row, on a scale of its own; null when it gives none. */
  readonly difficulty?: number | null;
}

/** Finds the rows of a dataset by id and by text. */
export interface DatasetIndex {
  /** How many rows there are. */
  readonly length: number;
  /** The hash of a row's text. */
  hashOf(row: number): string;
  /** Whether this is the canonical JSON of a row's ground truth. */
  hasAnswer(row: number, answer: string): boolean;
  rowsWithId(id: string): readonly number[];
  rowsWithHash(hash: string): readonly number[];
  /** Whether rows of this text differ in ground truth, so that the text alone is no identity. */
  sharesText(hash: string): boolean;
  /** The problem id of a row: its own id when the log speaks in those and no different row has it too, else the one of its text. */
  problemId(row: number, useExplicitIds: boolean): string;
  /** The hash of the longest dataset text (of 24 characters or more) inside a normalised text; null when none is. */
  containedText(normalised: string): string | null;
}

/** Characters of a problem's text that lists show. */
const previewLength = 240;

/** The start of a text as lists show it. */
export function previewOf(text: string): string {
  return text.length > previewLength ? `${text.slice(0, previewLength - 1)}…` : text;
}

/** Where a dataset row may hold what it is read for: `datasetPaths` has the way to each. */
export const datasetField = {
  prompt: 0, question: 1, problem: 2, messages: 3, id: 4, problemId: 5, index: 6,
  rewardedAnswer: 7, answer: 8, solution: 9, groundTruth: 10, difficulty: 11, extraDifficulty: 12,
} as const;

/** The names that lead to each of `datasetField`. */
export const datasetPaths: readonly (readonly string[])[] = [
  ['prompt'], ['question'], ['problem'], ['messages'], ['id'], ['problem_id'], ['extra_info', 'index'],
  ['reward_model', 'ground_truth'], ['answer'], ['solution'], ['ground_truth'], ['difficulty'], ['extra_info', 'difficulty'],
];

/** A dataset row that is asked for one field after another. */
export interface DatasetFields {
  /** The value of one of `datasetField` as JSON.parse gives it; undefined when the row has none. */
  value(field: number): unknown;
  /** The text of a number as it was written; null when there is none. */
  rawNumber(field: number): string | null;
}

/** Reads one row of a dataset; null when it has no prompt. `idText` gives ids that are numbers as their raw text. */
export function readDatasetRow(row: unknown, idText: (path: readonly string[]) => string | null): DatasetRow | null {
  if (!isRecord(row)) return null;
  const pathOf = (field: number): readonly string[] => datasetPaths[field] ?? [];
  return readDatasetFields({ value: (field) => valueAt(row, pathOf(field)), rawNumber: (field) => idText(pathOf(field)) });
}

function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row;
  for (const name of path) value = isRecord(value) ? value[name] : undefined;
  return value;
}

/** The same for a row that is asked for its fields; asks for those only that matter. */
export function readDatasetFields(fields: DatasetFields): DatasetRow | null {
  const text = firstText(fields);
  if (text === null) return null;
  return { explicitId: explicitIdOf(fields), text, groundTruth: groundTruthOf(fields), difficulty: difficultyOf(fields) };
}

function firstText(fields: DatasetFields): string | null {
  for (const field of [datasetField.prompt, datasetField.question, datasetField.problem, datasetField.messages]) {
    const text = userMessage(fields.value(field));
    if (text !== null) return text;
  }
  return null;
}

/** The last user message of a prompt: a plain string, or a list of messages; null when it is neither. */
export function userMessage(prompt: unknown): string | null {
  if (typeof prompt === 'string') return prompt;
  if (!Array.isArray(prompt)) return null;
  const messages = prompt.filter(isRecord);
  const last = messages.filter((message) => message['role'] === 'user').at(-1) ?? messages.at(-1);
  return last === undefined ? null : contentText(last['content']);
}

/** The text of a message's content: a string, or the text parts of a list of parts. */
export function contentText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.filter(isRecord).map((part) => part['text']);
  return texts.filter((text) => typeof text === 'string').join('');
}

function groundTruthOf(fields: DatasetFields): JsonValue | undefined {
  const { rewardedAnswer, answer, solution, groundTruth } = datasetField;
  const value = fields.value(rewardedAnswer) ?? fields.value(answer) ?? fields.value(solution) ?? fields.value(groundTruth);
  // The row was read as JSON, so every value in it is JSON.
  return value as JsonValue | undefined;
}

/** As the trainer package reads it: `difficulty`, else `extra_info.difficulty`, if that is a number. */
function difficultyOf(fields: DatasetFields): number | null {
  for (const field of [datasetField.difficulty, datasetField.extraDifficulty]) {
    const value = fields.value(field);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return null;
}

function explicitIdOf(fields: DatasetFields): string | null {
  for (const field of [datasetField.id, datasetField.problemId, datasetField.index]) {
    const id = idOf(fields.value(field), () => fields.rawNumber(field));
    if (id !== null) return id;
  }
  return null;
}

/** An id as text: numbers as they were written, since those above 2^53 collapse when parsed; empty strings are no ids. */
export function idOf(value: unknown, rawNumber: () => string | null): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value !== 'number') return null;
  return Number.isSafeInteger(value) ? String(value) : rawNumber();
}
