/** A tensorboard event file, made byte by byte. */

/** One scalar at one step; `boxed` as TensorFlow 2 writes it, in a tensor. */
export interface Scalar {
  readonly step: number;
  readonly tag: string;
  readonly value: number;
  readonly boxed?: true;
}

/** The records of a file, the version record first. */
export function eventFile(scalars: readonly Scalar[]): Buffer {
  const version = Buffer.concat([Buffer.from([0x09]), double(1.5), field(3, Buffer.from('brain.Event:2'))]);
  return Buffer.concat([record(version), ...scalars.map((scalar) => record(event(scalar)))]);
}

/** One record around its data: length, checksum, data, checksum. */
export function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, checksum(length), data, checksum(data)]);
}

function event({ step, tag, value, boxed }: Scalar): Buffer {
  const number = boxed ? field(8, Buffer.concat([Buffer.from([0x08, 0x01]), field(5, float(value))])) : Buffer.concat([Buffer.from([0x15]), float(value)]);
  const summary = field(1, Buffer.concat([field(1, Buffer.from(tag)), number]));
  return Buffer.concat([Buffer.from([0x09]), double(1.5), Buffer.from([0x10]), varint(step), field(5, summary)]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** CRC-32C bit by bit, as its definition has it. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  crc ^= 0xffffffffn;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE(Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn));
  return masked;
}
