import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs';
import { LineReader, type LineListener } from './lineReader';

/** What a file's reader wants to know. */
export interface TailListener extends LineListener {
  /** The file was rewritten: forget everything read from it, all of it comes again. */
  onReset(): void;
  /** Whether an unfinished last line that has not changed for a while is a whole record. */
  isWholeRecord(line: Buffer): boolean;
}

/** How one look at a file ended. */
export interface TailPoll {
  /** Whether lines were handed over or the file was reset. */
  readonly changed: boolean;
  /** Whether the byte budget ended the look before the file did. */
  readonly more: boolean;
}

/** How far a file was read, so that another reader can go on from there. */
export interface TailState {
  readonly offset: number;
  /** So many bytes before `offset` are an unfinished last line that was handed over. */
  readonly taken: number;
  readonly seen: { readonly size: string; readonly mtimeNs: string; readonly ctimeNs: string; readonly ino: string };
  readonly prefix: Prefix | null;
  /** Digest of what was read, at both ends. */
  readonly ends: string;
}

/** A digest of the first bytes of a file. */
interface Prefix {
  readonly digest: string;
  readonly length: number;
}

/** Smaller prefixes are compared whole when a file has grown, larger ones at both ends; a long read remembers one this often. */
const wholePrefixBytes = 1 << 22;
const endBytes = 1 << 12;
/** An unfinished last line that has rested this long may be a whole record. */
const idleMs = 2000;
/** Reading is synchronous, so one buffer serves all files. */
const chunk = Buffer.allocUnsafe(1 << 16);
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Closes what a reader that nobody wants any more left open. */
const keptFiles = new FinalizationRegistry<number>((fd) => closeSync(fd));

/**
 * Reads the lines of one file as it grows. Sizes and times are the truth: a file that shrank, was replaced, or whose
 * bytes before the read position changed is read again from its start. A last line without a newline stays pending;
 * once the file has rested it is taken if it is a whole record, and not taken twice when its newline comes.
 */
export class FileTail {
  private offset = 0;
  private readonly lines: LineReader;
  private prefix: Prefix | null = null;
  private seen: { readonly size: bigint; readonly mtimeNs: bigint; readonly ctimeNs: bigint; readonly ino: bigint } | null = null;
  private unchangedSince = 0;
  /** The descriptor of the file while it is read over several looks. */
  private kept: number | null = null;
  /** What another reader left, until the file was found to be the one that it read. */
  private unverified: TailState | null = null;

  constructor(
    readonly path: string,
    private readonly listener: TailListener,
  ) {
    this.lines = new LineReader(listener);
  }

  /** How far the file was read; null while that is no place to go on from: it changed since, or a line is being skipped. */
  get state(): TailState | null {
    const { seen, prefix, unverified } = this;
    const held = this.lines.heldBytes;
    if (unverified !== null) return unverified;
    if (seen === null || held === null) return null;
    const taken = this.lines.hasTaken ? held : 0;
    const offset = this.offset - held + taken;
    const ends = this.endsUpTo(offset);
    if (ends === null) return null;
    const { size, mtimeNs, ctimeNs, ino } = seen;
    const stamp = { size: String(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), ino: String(ino) };
    return { offset, taken, seen: stamp, prefix: prefix !== null && prefix.length > offset ? null : prefix, ends };
  }

  /** Goes on where another reader was, if the file still begins as it did then; only before the first look. */
  resume(state: TailState): void {
    const { size, mtimeNs, ctimeNs, ino } = state.seen;
    this.offset = state.offset;
    this.seen = { size: BigInt(size), mtimeNs: BigInt(mtimeNs), ctimeNs: BigInt(ctimeNs), ino: BigInt(ino) };
    this.prefix = state.prefix;
    this.unverified = state;
  }

  /** The digest of both ends of what was read; null when the file is not as it was seen last. */
  private endsUpTo(offset: number): string | null {
    const fd = openSync(this.path, 'r');
    try {
      return this.isSame(fstatSync(fd, { bigint: true })) ? digestRanges(fd, endsOf(offset)) : null;
    } finally {
      closeSync(fd);
    }
  }

  /** Bytes of an unfinished last line that are not handed over. */
  get pendingBytes(): number {
    return this.lines.pendingBytes;
  }

  /** How many bytes are read, and how large the file was at the last look. */
  get progress(): { readonly read: number; readonly size: number } {
    return { read: this.offset, size: Number(this.seen?.size ?? 0n) };
  }

  /** When the file last changed, ms since the epoch; null before the first look. */
  get modifiedAt(): number | null {
    return this.seen === null ? null : Number(this.seen.mtimeNs / 1_000_000n);
  }

  /** Looks at the file and hands over its new lines, at most about `budget` bytes of them. Throws what the file system throws. */
  poll(budget: number, now: number): TailPoll {
    if (this.isSettled() && this.isSame(statSync(this.path, { bigint: true }))) return { changed: false, more: false };
    const fd = this.openFile();
    let more = false;
    try {
      const poll = this.look(fd, budget, now);
      more = poll.more;
      return poll;
    } finally {
      if (more) this.keepOpen(fd);
      else closeSync(fd);
    }
  }

  private look(fd: number, budget: number, now: number): TailPoll {
    const stat = fstatSync(fd, { bigint: true });
    const reset = this.noticeChange(fd, stat, now);
    if (this.unverified !== null) this.resumeLine(fd, this.unverified, now);
    const read = this.readOn(fd, Number(stat.size), budget);
    const more = this.offset < Number(stat.size);
    // In the middle of a long read the prefix is hashed now and then only.
    if (read > 0 && (!more || this.offset - (this.prefix?.length ?? 0) >= wholePrefixBytes)) this.rememberPrefix(fd);
    const taken = !more && this.takeRestingLine(Number(stat.mtimeMs), now);
    return { changed: reset || read > 0 || taken, more };
  }

  private openFile(): number {
    const { kept } = this;
    this.kept = null;
    if (kept === null) return openSync(this.path, 'r');
    keptFiles.unregister(this);
    return kept;
  }

  /** In the middle of a long read the file stays open: opening it costs a tenth of reading on. */
  private keepOpen(fd: number): void {
    this.kept = fd;
    keptFiles.register(this, fd, this);
  }

  /** Everything up to the size last seen is read and handed over. */
  private isSettled(): boolean {
    return this.seen !== null && this.unverified === null && BigInt(this.offset) === this.seen.size && this.pendingBytes === 0;
  }

  private isSame(stat: BigIntStats): boolean {
    const { seen } = this;
    return seen?.size === stat.size && seen.mtimeNs === stat.mtimeNs && seen.ctimeNs === stat.ctimeNs && seen.ino === stat.ino;
  }

  /** The file is the one that another reader left. */
  private resumeLine(fd: number, { offset, taken }: TailState, now: number): void {
    this.unverified = null;
    this.unchangedSince = now;
    if (taken === 0) return;
    const line = Buffer.alloc(taken);
    readSync(fd, line, 0, taken, offset - taken);
    this.lines.resumeTaken(line);
  }

  private noticeChange(fd: number, stat: BigIntStats, now: number): boolean {
    const isOther = this.unverified !== null && digestRanges(fd, endsOf(this.unverified.offset)) !== this.unverified.ends;
    if (this.isSame(stat) && !isOther) return false;
    const seen = this.seen;
    this.seen = { size: stat.size, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs, ino: stat.ino };
    this.unchangedSince = now;
    if (!isOther && (seen === null || !this.wasRewritten(fd, seen.size, stat))) return false;
    this.reset();
    return true;
  }

  private wasRewritten(fd: number, sizeBefore: bigint, stat: BigIntStats): boolean {
    if (stat.size < BigInt(this.offset)) return true;
    if (this.offset === 0) return false;
    // Same size, other times: a rewrite of equal length looks just like that.
    if (stat.size === sizeBefore) return true;
    if ((this.lines.hasTaken || (this.unverified?.taken ?? 0) > 0) && !this.lineEndsAt(fd, this.offset)) return true;
    return this.prefix !== null && digestPrefix(fd, this.prefix.length) !== this.prefix.digest;
  }

  private lineEndsAt(fd: number, at: number): boolean {
    return readSync(fd, chunk, 0, 1, at) === 1 && (chunk[0] === newline || chunk[0] === carriageReturn);
  }

  private reset(): void {
    this.offset = 0;
    this.lines.reset();
    this.prefix = null;
    this.unverified = null;
    this.listener.onReset();
  }

  private rememberPrefix(fd: number): void {
    this.prefix = { digest: digestPrefix(fd, this.offset), length: this.offset };
  }

  private readOn(fd: number, size: number, budget: number): number {
    const start = this.offset;
    while (this.offset < size && this.offset - start < budget) {
      const left = Math.min(size - this.offset, budget - (this.offset - start));
      const read = this.lines.read(fd, left, this.offset);
      if (read === 0) break;
      this.offset += read;
    }
    return this.offset - start;
  }

  private takeRestingLine(mtimeMs: number, now: number): boolean {
    if (this.lines.pendingBytes === 0) return false;
    if (now - mtimeMs < idleMs && now - this.unchangedSince < idleMs) return false;
    if (!this.listener.isWholeRecord(this.lines.pendingLine())) return false;
    this.lines.takePending(this.offset);
    return true;
  }
}

type Range = readonly [from: number, to: number];

function digestPrefix(fd: number, length: number): string {
  return digestRanges(fd, length < wholePrefixBytes ? [[0, length]] : endsOf(length));
}

function endsOf(length: number): readonly Range[] {
  return [
    [0, Math.min(endBytes, length)],
    [Math.max(0, length - endBytes), length],
  ];
}

function digestRanges(fd: number, ranges: readonly Range[]): string {
  const hash = createHash('sha1');
  for (const [from, to] of ranges) {
    for (let at = from; at < to; ) {
      const read = readSync(fd, chunk, 0, Math.min(chunk.length, to - at), at);
      if (read === 0) break;
      hash.update(chunk.subarray(0, read));
      at += read;
    }
  }
  return hash.digest('base64');
}
