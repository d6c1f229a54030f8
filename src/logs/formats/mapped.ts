import path from 'node:path';
import { contentText, idOf, userMessage } from '../../core/datasetIndex';
import { globFits, keysAt, valueAt, type FieldMapping, type MappableField } from '../../core/fieldMapping';
import { isRecord, type JsonValue } from '../../core/json';
import { booleanOf, isMessage, stepOf } from '../../core/writtenValue';
import { compressedEnd, filesLike, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import { lengthOf, rewardOf } from './fieldValues';
import { assistantLength, assistantText, responseIn } from './messageText';

/** The step where the rows have none: a name that is a number, or ends in `step` or `iteration` and one. */
const stepInName = /^(?:(?:.*(?:step|iter|iteration)[_-]?)?(\d+)|.*)\.jsonl$/i;
const shareGptRoles: ReadonlyMap<string, string> = new Map([['human', 'user'], ['gpt', 'assistant'], ['model', 'assistant']]);
const anyName = /^.*\.jsonl$/i;

/** A log that a person's own field mapping describes: JSONL files of a directory that fit the mapping's pattern. */
export function mappedFormat(mapping: FieldMapping, directory: string): LogFormat {
  const { glob, fields } = mapping;
  const read = (row: Record<string, unknown>, field: MappableField): unknown => {
    const at = fields[field];
    return at === undefined ? undefined : valueAt(row, at);
  };
  return {
    framework: 'mapped',
    mapping,
    kind: 'lines',
    repeatedRollout: 'rerun',
    namesAreVague: true,
    logFiles: (folder) => filesLike(folder, fields.step === undefined ? stepInName : anyName).filter(({ name }) => isMapped(mapping, path.join(directory, name))),
    recogniseRow: (row) => (isRollout(row, read) ? glob : null),
    readRow: (row, context) => (isRecord(row) && isRollout(row, read) ? [readMapped(row, { read, context, idKeys: keysAt(row, fields.id ?? '') ?? [], verdictField: fields.correct ?? null })] : []),
    ...(isMeasuredOnly(fields) && { slim: { leftOut: [], measured: [fields.response, `${fields.response}[].content`] } }),
  };
}

/** Whether a mapping is for a file: a pattern that fits its name also fits it compressed. */
export function isMapped({ glob }: FieldMapping, file: string): boolean {
  return globFits(glob, file) || (compressedEnd.test(file) && globFits(glob, file.replace(compressedEnd, '')));
}

/** Whether the response lies where nothing else of a rollout is read from. */
function isMeasuredOnly(fields: FieldMapping['fields']): fields is FieldMapping['fields'] & { readonly response: string } {
  const { response, ...others } = fields;
  if (response === undefined || !/^[\w-]+(?:\.[\w-]+)*$/.test(response)) return false;
  return !Object.values(others).some((path) => `${path}.`.startsWith(`${response}.`) || `${response}.`.startsWith(`${path}.`));
}

type Read = (row: Record<string, unknown>, field: MappableField) => unknown;

function isRollout(row: Record<string, unknown>, read: Read): boolean {
  const has = (field: MappableField): boolean => read(row, field) !== undefined;
  return (has('prompt') || has('id')) && (has('reward') || has('correct'));
}

interface Reading {
  readonly read: Read;
  readonly context: RowContext;
  /** Where the id lies in this row. */
  readonly idKeys: readonly string[];
  readonly verdictField: string | null;
}

function readMapped(row: Record<string, unknown>, { read, context, idKeys, verdictField }: Reading): RolloutRow {
  const [prompt, response] = [read(row, 'prompt'), read(row, 'response')];
  const reward = rewardOf(read(row, 'reward'));
  const correct = booleanOf(read(row, 'correct'));
  const written = responseText(response);
  return {
    step: stepOf(read(row, 'step')),
    explicitId: idOf(read(row, 'id'), () => context.rawNumber(idKeys)),
    prompt: promptText(prompt),
    promptIsUserText: typeof prompt !== 'string',
    // The row was read by JSON.parse, so every value in it is JSON.
    groundTruth: read(row, 'groundTruth') as JsonValue | undefined,
    reward,
    explicitCorrect: correct,
    explicitField: correct === null ? null : verdictField,
    lengthChars: isMessages(response) ? assistantLength(response.map(withRole)) : lengthOf(written),
    ...responseIn(written),
    rolloutKey: null,
    split: 'train',
    scored: reward !== null || correct !== null,
  };
}

/** The prompt in a text, in a list of messages, in one message, or in the parts of one. */
function promptText(prompt: unknown): string {
  if (isMessages(prompt)) return userMessage(prompt.map(withRole)) ?? '';
  return textIn(prompt) ?? '';
}

function responseText(response: unknown): string | null {
  if (isMessages(response)) return assistantText(response.map(withRole)) ?? null;
  return textIn(response);
}

function textIn(value: unknown): string | null {
  if (isRecord(value)) return textIn(value['content'] ?? value['text']);
  // A list may also hold token ids, which are no text.
  return typeof value === 'string' || isParts(value) ? contentText(value) : null;
}

function isParts(value: unknown): boolean {
  return Array.isArray(value) && value.some((part) => isRecord(part) && typeof part['text'] === 'string');
}

function isMessages(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some(isMessage);
}

/** A message of ShareGPT with the names that all others use. */
function withRole(message: unknown): unknown {
  if (!isRecord(message) || 'content' in message || typeof message['from'] !== 'string') return message;
  const { from, value: content } = message;
  return { role: shareGptRoles.get(from) ?? from, content };
}
