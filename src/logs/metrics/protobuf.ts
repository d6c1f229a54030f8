/** One field of a protocol buffer message: a length-delimited one has `bytes`, the others the number they hold. */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: number }
  | { readonly number: number; readonly kind: 'fixed64' | 'fixed32' | 'bytes'; readonly bytes: Buffer };

/** The fields of a message in order. Throws a RangeError where the bytes are no message. */
export function* protobufFields(message: Buffer): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = message.readUInt8(at++);
      // Multiplied, since shifts end at 32 bits. A negative int64 comes out huge, which no step is.
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint of more than ten bytes');
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError('a field beyond the end of its message');
    const bytes = message.subarray(at, at + length);
    at += length;
    return bytes;
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, kind: 'varint', value: varint() };
        break;
      case 1:
        yield { number, kind: 'fixed64', bytes: take(8) };
        break;
      case 2:
        yield { number, kind: 'bytes', bytes: take(varint()) };
        break;
      case 5:
        yield { number, kind: 'fixed32', bytes: take(4) };
        break;
      default:
        throw new RangeError(`wire type ${key % 8}`);
    }
  }
}
