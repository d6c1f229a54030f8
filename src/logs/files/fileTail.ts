import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs';
import { digestBetween, digestEnds, digestPrefix, wholePrefixBytes } from './fileDigest';
import { LineReader } from './lineReader';
import type { LineListener } from './lineTaker';
import type { PartsAhead } from './partsAhead';
import { keptStamp, stampOf, type Prefix, type Stamp, type TailState } from './tailState';

/** What a file's reader wants to know. */
export interface TailListener extends LineListener {
  /** The file was rewritten: forget everything read from it, all of it comes again. */
  onReset(): void;
  /** What of the file need not be read here. */
  readonly ahead?: () => PartsAhead | null;
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

/** In the middle of a long read the prefix is hashed anew after as much again, at the latest after this much. */
const maxUnhashedBytes = 1 << 26;
/** An unfinished last line that has rested this long may be a whole record. */
const idleMs = 2000;
/** Some disks keep times to two seconds only: a change after a look can leave the times that the look saw. */
const tickMs = 2000;
/** The byte after a line that was taken without its end. */
const nextByte = Buffer.alloc(1);
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
  private seen: Stamp | null = null;
  private unchangedSince = 0;
  /** Set until a file that had just changed was compared with what was read of it, once its times have moved on. */
  private isDoubtful = false;
  /** Set when the file changed during the last reading: what was read then may not be what was hashed. */
  private wasDisturbed = false;
  /** The descriptor of the file while it is read over several looks. */
  private kept: number | null = null;
  /** What another reader left, until the file was found to be the one that it read. */
  private unverified: TailState | null = null;

  /** What was told last of how far the file was read. */
  private lastState: { readonly seen: Stamp; readonly state: TailState } | null = null;

  constructor(
    readonly path: string,
    private readonly listener: TailListener,
  ) {
    this.lines = new LineReader(listener);
  }

  /** How far the file was read; null while that is no place to go on from, because it changed since. */
  get state(): TailState | null {
    const { seen, unverified, lastState } = this;
    const held = this.lines.heldBytes;
    if (unverified !== null) return unverified;
    if (seen === null) return null;
    const taken = this.lines.hasTaken ? held : 0;
    const offset = this.offset - held + taken;
    if (lastState?.seen === seen && lastState.state.offset === offset && lastState.state.taken === taken) return lastState.state;
    const state = this.newState(seen, offset, taken);
    if (state !== null) this.lastState = { seen, state };
    return state;
  }

  private newState(seen: Stamp, offset: number, taken: number): TailState | null {
    const { prefix } = this;
    const ends = this.endsUpTo(offset);
    if (ends === null) return null;
    return { offset, taken, seen: keptStamp(seen), prefix: prefix !== null && prefix.length > offset ? null : prefix, ends };
  }

  /** Goes on where another reader was, if the file still begins as it did then; only before the first look. */
  resume(state: TailState): void {
    this.offset = state.offset;
    this.seen = stampOf(state.seen);
    this.prefix = state.prefix;
    this.unverified = state;
    this.lastState = { seen: this.seen, state };
  }

  /** The digest of both ends of what was read; null when the file is not as it was read. */
  private endsUpTo(offset: number): string | null {
    const fd = openSync(this.path, 'r');
    try {
      const isAsRead = this.isSame(fstatSync(fd, { bigint: true })) && !(this.isDoubtful && this.differsFromPrefix(fd));
      return isAsRead ? digestEnds(fd, offset) : null;
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
    // A clock that was set back must not keep a line waiting until it has caught up.
    this.unchangedSince = Math.min(this.unchangedSince, now);
    if (this.isSettled() && !this.isToBeCompared(now) && this.isSame(statSync(this.path, { bigint: true }))) return { changed: false, more: false };
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
    if (this.unverified !== null) this.resumeLine(this.unverified, now);
    const read = this.readOn(fd, Number(stat.size), budget);
    const more = this.offset < Number(stat.size);
    if (read > 0) {
      this.rememberPrefix(fd, more);
      this.wasDisturbed = !this.isSame(fstatSync(fd, { bigint: true }));
    }
    const taken = !more && this.takeRestingLine(fd, Number(stat.mtimeMs), now);
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
  private resumeLine({ taken }: TailState, now: number): void {
    this.unverified = null;
    this.unchangedSince = now;
    if (taken > 0) this.lines.resumeTaken(taken);
  }

  private noticeChange(fd: number, stat: BigIntStats, now: number): boolean {
    const isOther = this.unverified !== null && digestEnds(fd, this.unverified.offset) !== this.unverified.ends;
    if (this.isSame(stat) && !isOther) return this.isToBeCompared(now) && this.compare(fd);
    const seen = this.seen;
    this.seen = stampOf(stat);
    this.unchangedSince = now;
    this.isDoubtful = now - Number(stat.ctimeMs) < tickMs;
    if (!isOther && (seen === null || !this.wasRewritten(fd, seen, stat))) return false;
    this.reset();
    return true;
  }

  private isToBeCompared(now: number): boolean {
    return this.isDoubtful && now - this.unchangedSince >= tickMs;
  }

  /** Begins anew where the file is not what was read of it. */
  private compare(fd: number): boolean {
    this.isDoubtful = false;
    if (!this.differsFromPrefix(fd)) return false;
    this.reset();
    return true;
  }

  private wasRewritten(fd: number, before: Stamp, stat: BigIntStats): boolean {
    if (stat.size < BigInt(this.offset)) return true;
    if (this.offset === 0) return false;
    // Same size, other times: a rewrite of equal length looks just like that.
    if (stat.size === before.size) return true;
    // What is soon read again is, rather than to take an append for certain.
    if (this.wasDisturbed && this.offset < wholePrefixBytes) return true;
    // Of a large file only the ends are compared, which does not tell that another took its place.
    if (stat.ino !== before.ino && this.offset >= wholePrefixBytes) return true;
    return this.takenLineGoesOn(fd) || this.differsFromPrefix(fd);
  }

  private takenLineGoesOn(fd: number): boolean {
    const hasTaken = this.lines.hasTaken || (this.unverified?.taken ?? 0) > 0;
    return hasTaken && !this.lineEndsAt(fd, this.offset);
  }

  private differsFromPrefix(fd: number): boolean {
    const { prefix } = this;
    return prefix !== null && (prefix.isMidway ? digestEnds(fd, prefix.length) : digestPrefix(fd, prefix.length)) !== prefix.digest;
  }

  private lineEndsAt(fd: number, at: number): boolean {
    return readSync(fd, nextByte, 0, 1, at) === 1 && (nextByte[0] === newline || nextByte[0] === carriageReturn);
  }

  private reset(): void {
    this.offset = 0;
    this.lines.reset();
    this.prefix = null;
    this.unverified = null;
    this.listener.onReset();
  }

  /** In the middle of a long read only the ends of the prefix are hashed, and only now and then: hashing after every turn costs a thirtieth of reading. */
  private rememberPrefix(fd: number, isMidway: boolean): void {
    const before = this.prefix?.length ?? 0;
    if (isMidway && this.offset - before < Math.min(before, maxUnhashedBytes)) return;
    this.prefix = { digest: isMidway ? digestEnds(fd, this.offset) : digestPrefix(fd, this.offset), length: this.offset, isMidway };
  }

  /** Hands over the lines between two places where lines begin, for somebody who reads the rest; null where they are not there, else a digest of their ends. */
  readBetween(from: number, to: number): string | null {
    const fd = openSync(this.path, 'r');
    try {
      let at = from;
      for (let read = 1; at < to && read > 0; at += read) read = this.lines.read(fd, to - at, at);
      return at === to && this.lines.heldBytes === 0 ? digestBetween(fd, from, to) : null;
    } finally {
      closeSync(fd);
    }
  }

  private readOn(fd: number, size: number, budget: number): number {
    const start = this.offset;
    while (this.offset < size && this.offset - start < budget) {
      const part = this.takePart(fd);
      if (part === 'later') break;
      if (part === 'taken') continue;
      const left = Math.min(size - this.offset, budget - (this.offset - start), part - this.offset);
      const read = this.lines.read(fd, left, this.offset);
      if (read === 0) break;
      this.offset += read;
    }
    return this.offset - start;
  }

  /** Takes over what another thread read from here on; else the place up to which this one has to read. */
  private takePart(fd: number): number | 'taken' | 'later' {
    const ahead = this.listener.ahead?.() ?? null;
    if (ahead === null) return Infinity;
    const next = ahead.next(this.offset);
    if (next > this.offset) return next;
    const end = this.lines.heldBytes === 0 ? ahead.take(this.offset, fd) : null;
    if (end === 'later') return 'later';
    if (end === null) return ahead.next(this.offset + 1);
    this.offset = end;
    return 'taken';
  }

  private takeRestingLine(fd: number, mtimeMs: number, now: number): boolean {
    if (this.lines.pendingBytes === 0) return false;
    if (now - mtimeMs < idleMs && now - this.unchangedSince < idleMs) return false;
    return this.lines.takeWaiting(fd, this.offset, (line) => this.listener.isWholeRecord(line));
  }
}
