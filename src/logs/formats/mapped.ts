import path from 'node:path';
import { idOf, userMessage } from '../../core/datasetIndex';
import { globFits, valueAt, type FieldMapping, type MappableField } from '../../core/fieldMapping';
import { isRecord, type JsonValue } from '../../core/json';
import { compressedEnd, filesLike, type LogFormat, type RolloutRow, type RowContext } from '../logFormat';
import { booleanOf, lengthOf, rewardOf, stepOf } from './fieldValues';
import { assistantLength, assistantText, responseIn } from './messageText';

/** The step where the rows have none: a name that is a number, or ends in `step` or `iteration` and one. */
const stepInName = /^(?:(?:.*(?:step|iter|iteration)[_-]?)?(\d+)|.*)\.jsonl$/i;
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
    readRow: (row, context) => (isRecord(row) && isRollout(row, read) ? [readMapped(row, { read, fields, context })] : []),
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

function readMapped(row: Record<string, unknown>, { read, fields, context }: { readonly read: Read; readonly fields: FieldMapping['fields']; readonly context: RowContext }): RolloutRow {
  const [prompt, response] = [read(row, 'prompt'), read(row, 'response')];
  const reward = rewardOf(read(row, 'reward'));
  const correct = booleanOf(read(row, 'correct'));
  return {
    step: stepOf(read(row, 'step')),
    explicitId: idOf(read(row, 'id'), () => context.rawNumber((fields.id ?? '').split('.'))),
    prompt: userMessage(prompt) ?? '',
    promptIsUserText: Array.isArray(prompt),
    // The row was read by JSON.parse, so every value in it is JSON.
    groundTruth: read(row, 'groundTruth') as JsonValue | undefined,
    reward,
    explicitCorrect: correct,
    explicitField: correct === null ? null : (fields.correct ?? null),
    lengthChars: Array.isArray(response) ? assistantLength(response) : lengthOf(response),
    ...responseIn(Array.isArray(response) ? assistantText(response) : response),
    rolloutKey: null,
    split: 'train',
    scored: reward !== null || correct !== null,
  };
}
