import { isRecord, nestsDeeper, type JsonValue } from './json';

/** What is read of one dataset row: what its problem is told apart by, and the difficulty that the dataset gives it. */
export interface DatasetRow {
  /** The id that the dataset gives the row; null when it gives none. */
  readonly explicitId: string | null;
  /** The prompt; of a list of messages the last one by the user. Not normalised. */
  readonly text: string;
  /** The expected answer; undefined when the row has none. */
  readonly groundTruth: JsonValue | undefined;
  /** The difficulty that the dataset gives the row, on a scale of its own; null when it gives none. */
  readonly difficulty?: number | null;
}

/**
 * The rows of a dataset, numbered from 0 in file order, to be found by id and by text. A hash is that of `textHash` (16
 * hex digits).
 */
export interface DatasetIndex {
  /** How many rows there are. */
  readonly length: number;
  /** The hash of a row's text. */
  hashOf(row: number): string;
  /** Whether `answer` is the canonical JSON of a row's ground truth; a row without one has `null`. */
  hasAnswer(row: number, answer: string): boolean;
  /** The rows whose own id this is; empty where there are none. */
  rowsWithId(id: string): readonly number[];
  /** The rows whose text has this hash; empty where there are none. */
  rowsWithHash(hash: string): readonly number[];
  /**
   * Whether the rows of this text differ in ground truth: then they are different problems, and the text alone names
   * none of them.
   */
  sharesText(hash: string): boolean;
  /**
   * The problem id of a row. With `useExplicitIds` (the log names problems by the dataset's own ids) its own id, unless it
   * has none or rows of other problems share it; in all other cases an id made from its text (`h:…`).
   */
  problemId(row: number, useExplicitIds: boolean): string;
  /**
   * The hash of the longest dataset text that occurs inside a normalised text; null where none of 24 characters or more
   * does.
   */
  containedText(normalised: string): string | null;
}

/** How many characters of a problem's text lists show. */
const previewLength = 240;

/** The start of a text as lists show it. */
export function previewOf(text: string): string {
  return text.length > previewLength ? `${text.slice(0, previewLength - 1)}…` : text;
}

/** Answers are walked recursively; no dataset comes near this. */
const maxAnswerDepth = 500;

/** The places at which a dataset row may hold what is read of it, as positions in `datasetPaths`. */
const datasetField = {
  prompt: 0, question: 1, problem: 2, messages: 3, id: 4, problemId: 5, index: 6,
  rewardedAnswer: 7, answer: 8, solution: 9, groundTruth: 10, difficulty: 11, extraDifficulty: 12, expectedAnswer: 13, label: 14,
} as const;

/** The key, or the keys from the outside in, of each place at which a dataset row may hold what is read of it. */
export const datasetPaths: readonly (readonly string[])[] = [
  ['prompt'], ['question'], ['problem'], ['messages'], ['id'], ['problem_id'], ['extra_info', 'index'],
  ['reward_model', 'ground_truth'], ['answer'], ['solution'], ['ground_truth'], ['difficulty'], ['extra_info', 'difficulty'], ['expected_answer'], ['label'],
];

/** A dataset row in any encoding. `field` is a position in `datasetPaths`. */
export interface DatasetFields {
  /** The value of a field as JSON.parse gives it; undefined where the row has none. */
  value(field: number): unknown;
  /** A number as it is written in the file; null where the field is no number, or the encoding keeps no text. */
  rawNumber(field: number): string | null;
}

/**
 * Reads a parsed row of a dataset; null where it is no object or has no prompt. `idText` gives the number at some keys
 * as it is written in the file, null where there is none.
 */
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

/** Reads a row of a dataset field by field, only as far as it has to; null where the row has no prompt, or its answer nests too deeply to be written as canonical JSON. */
export function readDatasetFields(fields: DatasetFields): DatasetRow | null {
  const text = firstText(fields);
  if (text === null) return null;
  const groundTruth = groundTruthOf(fields);
  if (nestsDeeper(groundTruth, maxAnswerDepth)) return null;
  return { explicitId: explicitIdOf(fields), text, groundTruth, difficulty: difficultyOf(fields) };
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
  const { rewardedAnswer, answer, solution, groundTruth, expectedAnswer, label } = datasetField;
  const value = fields.value(rewardedAnswer) ?? fields.value(answer) ?? fields.value(solution) ?? fields.value(groundTruth) ?? fields.value(expectedAnswer) ?? fields.value(label);
  // The row was read as JSON, so every value in it is JSON.
  return value as JsonValue | undefined;
}

/**
 * `difficulty`, else `extra_info.difficulty`, where that is a finite number; the same as in the trainer package
 * (`identity.py`).
 */
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

/**
 * An id as text; null where the value is none (an empty string, anything but text and numbers). A number that is no
 * whole number below 2^53 is taken as it is written in the file, since parsing may change it.
 */
export function idOf(value: unknown, rawNumber: () => string | null): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value !== 'number') return null;
  return Number.isSafeInteger(value) ? String(value) : rawNumber();
}
