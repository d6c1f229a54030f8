import { hashOfNormalised, normaliseText, sharedTextProblemId, textProblemId } from './identity';
import { canonicalJson, isRecord, type JsonValue } from './json';

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

/** What the index keeps of a row. */
export interface IndexedRow {
  readonly explicitId: string | null;
  readonly hash: string;
  /** Canonical JSON of the ground truth. */
  readonly answer: string;
  readonly preview: string;
  readonly difficulty: number | null;
}

/** Texts shorter than this are not searched for inside other texts. */
const minContained = 24;
/** Characters of a problem's text that are kept for lists. */
const previewLength = 240;

/** The start of a text as lists show it. */
export function previewOf(text: string): string {
  return text.length > previewLength ? `${text.slice(0, previewLength - 1)}…` : text;
}

/** Finds the rows of a dataset by id and by text. Holds hashes and previews, not the texts. */
export class DatasetIndex {
  readonly rows: IndexedRow[] = [];
  private readonly byExplicitId = new Map<string, number[]>();
  /** Ids of rows that differ in text or answer, so that the id alone is no identity. */
  private readonly sharedIds = new Set<string>();
  private readonly byHash = new Map<string, number[]>();
  private readonly byStart = new Map<string, { hash: string; length: number }[]>();

  add(row: DatasetRow): void {
    const text = normaliseText(row.text);
    const hash = hashOfNormalised(text);
    const index = this.rows.length;
    const answer = canonicalJson(row.groundTruth ?? null);
    this.rows.push({ explicitId: row.explicitId, hash, answer, preview: previewOf(text), difficulty: row.difficulty ?? null });
    if (row.explicitId !== null) this.addId(row.explicitId, index);
    const sameText = append(this.byHash, hash, index);
    if (sameText.length === 1 && text.length >= minContained) {
      append(this.byStart, text.slice(0, minContained), { hash, length: text.length });
    }
  }

  private addId(id: string, index: number): void {
    const [first] = append(this.byExplicitId, id, index);
    const [one, other] = [this.rows[first ?? index], this.rows[index]];
    if (one?.hash !== other?.hash || one?.answer !== other?.answer) this.sharedIds.add(id);
  }

  rowsWithId(id: string): readonly number[] {
    return this.byExplicitId.get(id) ?? [];
  }

  rowsWithHash(hash: string): readonly number[] {
    return this.byHash.get(hash) ?? [];
  }

  /** Whether rows of this text differ in ground truth, so that the text alone is no identity. */
  sharesText(hash: string): boolean {
    const rows = this.rowsWithHash(hash);
    const first = rows[0] === undefined ? undefined : this.rows[rows[0]]?.answer;
    return rows.some((row) => this.rows[row]?.answer !== first);
  }

  /** The problem id of a row: its own id when the log speaks in those and no different row has it too, else the one of its text. */
  problemId(row: number, useExplicitIds: boolean): string {
    const indexed = this.rows[row];
    if (!indexed) throw new RangeError(`no dataset row ${row}`);
    if (useExplicitIds && indexed.explicitId !== null && !this.sharedIds.has(indexed.explicitId)) return indexed.explicitId;
    if (!this.sharesText(indexed.hash)) return textProblemId(indexed.hash);
    return sharedTextProblemId(indexed.hash, JSON.parse(indexed.answer));
  }

  /** The hash of the longest dataset text (of 24 characters or more) inside a normalised text; null when none is. */
  containedText(normalised: string): string | null {
    let best: { hash: string; length: number } | null = null;
    for (let at = 0; at + minContained <= normalised.length; at++) {
      for (const start of this.byStart.get(normalised.slice(at, at + minContained)) ?? []) {
        if (best !== null && start.length <= best.length) continue;
        if (hashOfNormalised(normaliseText(normalised.slice(at, at + start.length))) === start.hash) best = start;
      }
    }
    return best?.hash ?? null;
  }
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): Value[] {
  const list = map.get(key) ?? [];
  list.push(value);
  map.set(key, list);
  return list;
}

/** Reads one row of a dataset; null when it has no prompt. `idText` gives ids that are numbers as their raw text. */
export function readDatasetRow(row: unknown, idText: (path: readonly string[]) => string | null): DatasetRow | null {
  if (!isRecord(row)) return null;
  const text = firstText(row, ['prompt', 'question', 'problem', 'messages']);
  if (text === null) return null;
  return { explicitId: explicitIdOf(row, idText), text, groundTruth: groundTruthOf(row), difficulty: difficultyOf(row) };
}

function firstText(row: Record<string, unknown>, fields: readonly string[]): string | null {
  for (const field of fields) {
    const text = userMessage(row[field]);
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

function groundTruthOf(row: Record<string, unknown>): JsonValue | undefined {
  const rewardModel = row['reward_model'];
  const nested = isRecord(rewardModel) ? rewardModel['ground_truth'] : undefined;
  const value = nested ?? row['answer'] ?? row['solution'] ?? row['ground_truth'];
  // The row was read by JSON.parse, so every value in it is JSON.
  return value as JsonValue | undefined;
}

/** As the trainer package reads it: `difficulty`, else `extra_info.difficulty`, if that is a number. */
function difficultyOf(row: Record<string, unknown>): number | null {
  const extra = row['extra_info'];
  const stated = [row['difficulty'], isRecord(extra) ? extra['difficulty'] : null];
  return stated.find((value): value is number => typeof value === 'number' && Number.isFinite(value)) ?? null;
}

function explicitIdOf(row: Record<string, unknown>, idText: (path: readonly string[]) => string | null): string | null {
  const extra = row['extra_info'];
  for (const field of ['id', 'problem_id']) {
    const id = idOf(row[field], () => idText([field]));
    if (id !== null) return id;
  }
  return isRecord(extra) ? idOf(extra['index'], () => idText(['extra_info', 'index'])) : null;
}

/** An id as text: numbers as they were written, since those above 2^53 collapse when parsed; empty strings are no ids. */
export function idOf(value: unknown, rawNumber: () => string | null): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value !== 'number') return null;
  return Number.isSafeInteger(value) ? String(value) : rawNumber();
}
