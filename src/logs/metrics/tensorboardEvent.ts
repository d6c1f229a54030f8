import { finiteOrNull, type MetricRow } from './metricRow';
import { protobufFields } from './protobuf';

/** Field numbers of tensorflow's Event, Summary, Summary.Value and TensorProto messages. */
const event = { step: 2, summary: 5 } as const;
const summaryValue = 1;
const value = { tag: 1, simple: 2, tensor: 8 } as const;
const tensor = { type: 1, content: 4, floats: 5, doubles: 6 } as const;
const [floatType, doubleType] = [1, 2];

/** The scalars of one event record; null where it has none. Throws a RangeError where the bytes are no event. */
export function readScalars(record: Buffer): MetricRow | null {
  let step = 0;
  const values: [string, number | null][] = [];
  for (const field of protobufFields(record)) {
    if (field.number === event.step && field.kind === 'varint') step = field.value;
    else if (field.number === event.summary && field.kind === 'bytes') values.push(...summaryScalars(field.bytes));
  }
  return values.length === 0 || !Number.isSafeInteger(step) ? null : { step, values };
}

function* summaryScalars(summary: Buffer): Generator<[string, number | null]> {
  for (const field of protobufFields(summary)) {
    if (field.number !== summaryValue || field.kind !== 'bytes') continue;
    const scalar = scalarOf(field.bytes);
    if (scalar !== null) yield scalar;
  }
}

function scalarOf(message: Buffer): [string, number | null] | null {
  const tag = bytesOf(message, [value.tag])?.toString('utf8') ?? '';
  const simple = bytesOf(message, [value.simple]);
  const boxed = bytesOf(message, [value.tensor]);
  const number = simple?.length === 4 ? simple.readFloatLE(0) : boxed === null ? null : tensorScalar(boxed);
  return tag === '' || number === null ? null : [tag, finiteOrNull(number)];
}

/** The one number of a tensor; null for tensors of more, and of other types than float and double. */
function tensorScalar(message: Buffer): number | null {
  const content = bytesOf(message, [tensor.content, tensor.floats, tensor.doubles]);
  const type = numberOf(message, tensor.type);
  if (type === floatType && content?.length === 4) return content.readFloatLE(0);
  return type === doubleType && content?.length === 8 ? content.readDoubleLE(0) : null;
}

/** The bytes of the last of the fields with these numbers. */
function bytesOf(message: Buffer, numbers: readonly number[]): Buffer | null {
  let found: Buffer | null = null;
  for (const field of protobufFields(message)) if (field.kind !== 'varint' && numbers.includes(field.number)) found = field.bytes;
  return found;
}

function numberOf(message: Buffer, number: number): number | null {
  let found: number | null = null;
  for (const field of protobufFields(message)) if (field.kind === 'varint' && field.number === number) found = field.value;
  return found;
}
