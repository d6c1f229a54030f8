import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { plural } from '../../core/plural';
import { maskedCrc32c } from './crc32c';
import type { MetricPoll, MetricReader } from './metricReader';
import { MetricTable } from './metricTable';
import { readScalars } from './tensorboardEvent';

/** A record begins with its length (8 bytes) and that length's checksum (4), and ends with the checksum of its data (4). */
const headBytes = 12;
const footBytes = 4;
/** Larger records hold pictures and the like, and are passed over. */
const maxRecordBytes = 1 << 20;
const chunkBytes = 1 << 20;

/**
 * The scalars of a tensorboard event file, read as it grows. A record whose checksum is wrong is left out; where a
 * length is damaged, reading goes on at the next place whose length and checksum fit.
 */
export class TensorboardMetrics implements MetricReader {
  table = new MetricTable();
  private offset = 0;
  /** Up to where no record begins, after damage. */
  private searched = -1;
  private seen = '';
  private inode = 0;
  private damaged = 0;

  constructor(readonly path: string) {}

  get notes(): readonly string[] {
    return this.damaged === 0 ? [] : [`Skipped ${plural(this.damaged, 'damaged place')}.`];
  }

  poll(budget: number): MetricPoll {
    const stat = statSync(this.path);
    const stamp = `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
    if (stamp === this.seen) return { changed: false, more: false };
    const rewritten = this.noticeRewrite(stat);
    const start = this.offset;
    const more = this.readOn(stat.size, budget);
    this.seen = more ? '' : stamp;
    return { changed: rewritten || this.offset > start, more };
  }

  private noticeRewrite({ size, ino }: Stats): boolean {
    const rewritten = (this.inode !== 0 && ino !== this.inode) || size < this.offset;
    this.inode = ino;
    if (rewritten) this.reset();
    return rewritten;
  }

  private reset(): void {
    this.table = new MetricTable();
    this.offset = 0;
    this.searched = -1;
    this.damaged = 0;
  }

  /** Reads records until the file's end, or until the budget is used up: then there is more. */
  private readOn(size: number, budget: number): boolean {
    const end = this.offset + budget;
    const fd = openSync(this.path, 'r');
    try {
      while (this.offset < size) {
        if (this.offset >= end) return true;
        const before = this.offset;
        const length = Math.min(chunkBytes + headBytes + footBytes, size - this.offset);
        const chunk = Buffer.allocUnsafe(length);
        this.takeRecords(chunk.subarray(0, readSync(fd, chunk, 0, length, this.offset)), size);
        if (this.offset === before) return false;
      }
      return false;
    } finally {
      closeSync(fd);
    }
  }

  /** Takes the whole records at the start of `bytes`, which begin at `offset`; a record in the making stays. */
  private takeRecords(bytes: Buffer, size: number): void {
    let at = 0;
    while (at + headBytes <= bytes.length) {
      const length = lengthAt(bytes, at);
      if (length === null) {
        const next = this.findRecord(bytes, at);
        if (next === null) break;
        at = next;
        continue;
      }
      const whole = headBytes + length + footBytes;
      if (length > maxRecordBytes) {
        if (this.offset + at + whole > size) break;
        this.offset += at + whole;
        return;
      }
      if (at + whole > bytes.length) break;
      this.takeRecord(bytes.subarray(at + headBytes, at + whole));
      at += whole;
    }
    this.offset += at;
  }

  /** The next place after a damaged head at which a record may begin; null where there is none yet. */
  private findRecord(bytes: Buffer, from: number): number | null {
    if (this.searched < this.offset + from) this.damaged++;
    this.searched = Math.max(this.searched, this.offset + from + 1);
    for (let at = Math.max(from + 1, this.searched - this.offset); at + headBytes <= bytes.length; at++) {
      if (lengthAt(bytes, at) !== null) return at;
      this.searched = this.offset + at + 1;
    }
    // Nothing in a whole chunk: what was searched need not be read again.
    return bytes.length > chunkBytes ? bytes.length - headBytes + 1 : null;
  }

  private takeRecord(recordAndChecksum: Buffer): void {
    const data = recordAndChecksum.subarray(0, -footBytes);
    if (maskedCrc32c(data) !== recordAndChecksum.readUInt32LE(data.length)) {
      this.damaged++;
      return;
    }
    try {
      const row = readScalars(data);
      if (row !== null) this.table.add(row);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.damaged++;
    }
  }
}

/** The length of the record at a place, or null where the checksum of the length is wrong. */
function lengthAt(bytes: Buffer, at: number): number | null {
  const head = bytes.subarray(at, at + 8);
  if (maskedCrc32c(head) !== bytes.readUInt32LE(at + 8)) return null;
  const length = Number(head.readBigUInt64LE(0));
  return length <= Number.MAX_SAFE_INTEGER ? length : null;
}
