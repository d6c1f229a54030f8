import { readVarInt } from 'hyparquet/src/thrift.js';

interface Reader {
  readonly view: DataView;
  offset: number;
}

const [stop, trueValue, falseValue] = [0, 1, 2];
const maxDepth = 32;

/**
 * Goes through a structure of Thrift's compact protocol, such as a footer or a page's header, and returns where it ends.
 * Throws where a list says that it has more members than there are bytes, for which the parser would make room first;
 * a RangeError where the bytes do not suffice.
 */
export function checkThrift(view: DataView, offset = 0): number {
  const reader = { view, offset };
  skipStruct(reader, 0);
  return reader.offset;
}

function skipStruct(reader: Reader, depth: number): void {
  if (depth > maxDepth) throw new Error('its metadata is nested too deeply');
  for (;;) {
    const field = reader.view.getUint8(reader.offset++);
    const type = field & 0x0f;
    if (type === stop) return;
    if (field >> 4 === 0) readVarInt(reader);
    skipValue(reader, type, depth);
  }
}

/** By the types of values. */
const skippers: ReadonlyMap<number, (reader: Reader, depth: number) => void> = new Map([
  // A truth value is told by its type.
  [trueValue, () => undefined],
  [falseValue, () => undefined],
  [3, (reader) => skipBytes(reader, 1)],
  [4, skipNumber],
  [5, skipNumber],
  [6, skipNumber],
  [7, (reader) => skipBytes(reader, 8)],
  [8, (reader) => skipBytes(reader, readVarInt(reader))],
  [9, skipList],
  [12, (reader, depth) => skipStruct(reader, depth + 1)],
]);

function skipValue(reader: Reader, type: number, depth: number): void {
  const skip = skippers.get(type);
  if (skip === undefined) throw new Error(`its metadata has a value of the unknown type ${type}`);
  skip(reader, depth);
}

function skipList(reader: Reader, depth: number): void {
  const header = reader.view.getUint8(reader.offset++);
  const [type, short] = [header & 0x0f, header >> 4];
  const length = short === 15 ? readVarInt(reader) : short;
  if (length < 0 || length > reader.view.byteLength - reader.offset) throw new RangeError('a list in its metadata is longer than the file');
  for (let i = 0; i < length; i++) {
    // In a list it is a byte of its own.
    if (type === trueValue || type === falseValue) skipBytes(reader, 1);
    else skipValue(reader, type, depth);
  }
}

function skipNumber(reader: Reader): void {
  while (reader.view.getUint8(reader.offset++) & 0x80);
}

function skipBytes(reader: Reader, length: number): void {
  if (length < 0 || length > reader.view.byteLength - reader.offset) throw new RangeError('a text in its metadata is longer than the file');
  reader.offset += length;
}
