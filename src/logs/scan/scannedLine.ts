import { parseBytes } from '../files/tolerantJson';
import { cutWords, fieldFlag, fieldKind, headerWords, measuredBytes, slot, slotWords, type LineScanner } from './lineScanner';
import { measuredText } from './measuredText';

const quoteByte = 0x22;

/** Lines are put together here. */
let kept = Buffer.alloc(1 << 16);
/** More memory than this is not kept for the next line. */
const maxKept = 1 << 22;

function targetOf(room: number): Buffer {
  if (kept.length >= room) return kept;
  const target = Buffer.allocUnsafe(room);
  if (room <= maxKept) kept = target;
  return target;
}

/** The values of one proven line. Points at one record after another; valid until the scanner's next scan. */
export class ScannedLine {
  private words: Int32Array;
  private record = 0;
  private met = 0;

  constructor(readonly scanner: LineScanner) {
    this.words = scanner.words;
  }

  /** Turns to the record with this number among those of the last scan. */
  moveTo(record: number): void {
    this.words = this.scanner.words;
    this.record = this.scanner.records + record * this.scanner.recordWords;
    this.met = this.word(this.record + 3);
  }

  get start(): number {
    return this.word(this.record);
  }

  /** The place of the line end. */
  get end(): number {
    return this.word(this.record + 1);
  }

  get isProven(): boolean {
    return (this.word(this.record + 2) & 1) === 1;
  }

  /** The line with a 0 in the place of each list or object left out and `measuredText` in that of each text; only valid until the next call. */
  slim(): Buffer {
    const { buffer, leftOut } = this.scanner;
    const [first, last] = [this.firstCut() * cutWords, (this.word(this.record + 2) >>> 1) * cutWords];
    let room = this.end - this.start;
    for (let cut = first; cut < last; cut += cutWords) room -= (leftOut[cut + 1] ?? 0) - (leftOut[cut] ?? 0) - measuredBytes;
    const target = targetOf(room);
    let length = 0;
    let from = this.start;
    for (let cut = first; cut < last; cut += cutWords) {
      const start = leftOut[cut] ?? 0;
      length += buffer.copy(target, length, from, start);
      if (buffer[start] === quoteByte) length += target.write(`"${measuredText(leftOut[cut + 2] ?? 0)}"`, length, 'latin1');
      else target[length++] = 0x30;
      from = leftOut[cut + 1] ?? from;
    }
    length += buffer.copy(target, length, from, this.end);
    return target.subarray(0, length);
  }

  /** One of `fieldKind`. */
  kind(field: number): number {
    return ((this.met >>> field) & 1) === 0 ? fieldKind.absent : this.word(this.slotAt(field)) & 0xff;
  }

  /** Bits of `fieldFlag`. */
  flags(field: number): number {
    return this.word(this.slotAt(field)) >>> 8;
  }

  /** The number that a field of kind `number` holds. */
  number(field: number): number {
    if ((this.flags(field) & fieldFlag.inexact) !== 0) return Number(this.fieldText(field));
    return this.scanner.doubles[(this.slotAt(field) + slot.number) >>> 1] ?? Number.NaN;
  }

  /** Code points of a field of kind `string`. */
  codePoints(field: number): number {
    return this.word(this.slotAt(field) + slot.codePoints);
  }

  hashLow(field: number): number {
    return this.word(this.slotAt(field) + slot.hash);
  }

  hashHigh(field: number): number {
    return this.word(this.slotAt(field) + slot.hash + 1);
  }

  /** A field's bytes as they stand in the line, a string's without its quotes; only valid until the next scan. */
  bytes(field: number): Buffer {
    const at = this.slotAt(field);
    return this.scanner.buffer.subarray(this.word(at + slot.start), this.word(at + slot.end));
  }

  /** How many bytes a field has. */
  byteLength(field: number): number {
    const at = this.slotAt(field);
    return this.word(at + slot.end) - this.word(at + slot.start);
  }

  /** Copies a field's bytes; returns how many. */
  copy(field: number, target: Buffer, targetStart: number): number {
    const at = this.slotAt(field);
    return this.scanner.buffer.copy(target, targetStart, this.word(at + slot.start), this.word(at + slot.end));
  }

  /** The value of a field as JSON.parse gives it; undefined where the line has none. Throws HeavyJsonError. */
  value(field: number): unknown {
    switch (this.kind(field)) {
      case fieldKind.absent:
        return undefined;
      case fieldKind.string:
        return this.string(field);
      case fieldKind.number:
        return this.number(field);
      case fieldKind.true:
        return true;
      case fieldKind.false:
        return false;
      case fieldKind.null:
        return null;
      default:
        return parseBytes(this.bytes(field));
    }
  }

  private string(field: number): string {
    const text = this.fieldText(field);
    if ((this.flags(field) & fieldFlag.escapes) === 0) return text;
    // A JSON string is a string.
    return JSON.parse(`"${text}"`) as string;
  }

  private fieldText(field: number): string {
    return this.bytes(field).toString('utf8');
  }

  private firstCut(): number {
    const { records, recordWords } = this.scanner;
    return this.record === records ? 0 : this.word(this.record - recordWords + 2) >>> 1;
  }

  private slotAt(field: number): number {
    return this.record + headerWords + field * slotWords;
  }

  private word(at: number): number {
    return this.words[at] ?? 0;
  }
}
