import { closeSync, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { messageOf } from '../../core/errors';
import { contentOf } from './decompress';
import { digestEnds, endsDigestOf } from './fileDigest';
import type { TailPoll } from './fileTail';

/** Which content of a file was read, so that it need not be read again. */
export interface WholeState {
  readonly taken: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Digest of the bytes at both ends. */
  readonly ends: string;
}

/** How far the reading of a file in parts has come, in bytes that would take as long to read. */
export interface PartsProgress {
  readonly read: number;
  readonly size: number;
}

/** One look at a file that is read whole: what it took, in bytes that would take as long to read, where it is read in parts. */
export interface WholePoll extends TailPoll {
  readonly cost?: number;
}

/** Takes the content of a file, which replaces what was read before; returns false, or throws, when it is not whole. */
export type OnContent = (content: Buffer) => boolean;
/** Takes it in parts from the file, which is open whenever they are asked for: what they bring replaces what was read before when the last one is read. Throws when it is not whole. */
export type OnParts = (fd: () => number) => Iterator<PartsProgress, void>;

/** A larger file is not read whole. */
const maxBytes = 1 << 27;

/**
 * A file that is read from its beginning to its end, decompressed, whenever it changed, told by size, times and inode.
 * One caught in the middle of being rewritten is read again when it changes.
 */
export class WholeFile {
  /** A file that is read whole has no unfinished line. */
  readonly pendingBytes = 0;
  private taken = '';
  private failure: Error | null = null;
  private stat: { readonly size: number; readonly mtimeMs: number } | null = null;
  private ends = '';
  /** Whether another reader read the content, and the file was not looked into yet. */
  private unverified = false;
  private parts: { readonly stamp: string; readonly next: Iterator<PartsProgress, void>; progress: PartsProgress } | null = null;
  /** Open during a look. */
  private fd = -1;

  constructor(
    readonly path: string,
    private readonly content: { readonly whole: OnContent } | { readonly parts: OnParts },
  ) {}

  /** What was read; null while that is nothing whole. */
  get state(): WholeState | null {
    const { taken, failure, stat, ends } = this;
    return stat === null || failure !== null || ends === '' ? null : { taken, size: stat.size, mtimeMs: stat.mtimeMs, ends };
  }

  /** Takes over what another reader read, if the file is still the same; only before the first look. */
  resume(state: WholeState): void {
    this.taken = state.taken;
    this.stat = state;
    this.ends = state.ends;
    this.unverified = true;
  }

  get modifiedAt(): number | null {
    return this.stat?.mtimeMs ?? null;
  }

  /** The bytes of the content that was read. */
  get contentBytes(): number {
    return this.taken === '' || this.parts !== null ? 0 : (this.stat?.size ?? 0);
  }

  get progress(): { readonly read: number; readonly size: number } {
    const size = this.stat?.size ?? 0;
    if (this.parts === null) return { read: this.taken === '' ? 0 : size, size };
    const { read, size: all } = this.parts.progress;
    return { read: Math.min(size - 1, Math.floor((size * read) / all)), size };
  }

  /** Throws what the file system throws, and an Error when the content cannot be read. */
  poll(budget = Infinity): WholePoll {
    const stat = statSync(this.path);
    const stamp = stampOf(stat);
    this.stat = { size: stat.size, mtimeMs: stat.mtimeMs };
    if (stamp === this.taken && this.isVerified(stat.size)) {
      if (this.failure !== null) throw this.failure;
      return { changed: false, more: false };
    }
    if (this.parts?.stamp !== stamp) this.parts = null;
    this.fd = openSync(this.path, 'r');
    try {
      return this.read(stamp, stat.size, budget);
    } catch (error) {
      this.parts = null;
      // What the file system throws may be over the next time.
      if (error instanceof Error && 'syscall' in error) throw error;
      this.take(stamp);
      this.failure = new Error(`${this.path} cannot be read (${messageOf(error)}); it will be read again when it changes`);
      throw this.failure;
    } finally {
      closeSync(this.fd);
    }
  }

  private read(stamp: string, size: number, budget: number): WholePoll {
    if ('whole' in this.content) return this.readWhole(stamp, size, this.content.whole);
    const before = this.parts?.progress.read ?? 0;
    const done = this.readParts(stamp, { budget, onParts: this.content.parts });
    const cost = (this.parts?.progress.read ?? 0) - before;
    if (!done) return { changed: false, more: true, cost };
    this.parts = null;
    this.take(stamp);
    // What was rewritten meanwhile has to be read again, whoever reads it.
    if (stampOf(fstatSync(this.fd)) === stamp) this.ends = digestEnds(this.fd, size);
    return { changed: true, more: false, cost };
  }

  private readWhole(stamp: string, size: number, onContent: OnContent): TailPoll {
    if (size > maxBytes) throw new Error(`it is larger than ${maxBytes >> 20} MiB`);
    const bytes = readFileSync(this.fd);
    this.take(stamp);
    const changed = onContent(contentOf(this.path, bytes));
    // What is not whole has to be read again, whoever reads it.
    if (changed && bytes.length === size) this.ends = endsDigestOf(bytes);
    return { changed, more: false };
  }

  /** True when the last part is read. */
  private readParts(stamp: string, { budget, onParts }: { readonly budget: number; readonly onParts: OnParts }): boolean {
    this.parts ??= { stamp, next: onParts(() => this.fd), progress: { read: 0, size: 1 } };
    const until = this.parts.progress.read + budget;
    while (this.parts.progress.read < until) {
      const { done, value } = this.parts.next.next();
      if (done === true) return true;
      this.parts.progress = value;
    }
    return false;
  }

  private take(stamp: string): void {
    this.taken = stamp;
    this.failure = null;
    this.ends = '';
  }

  /** Another reader's content counts after one look at both ends of the file. */
  private isVerified(size: number): boolean {
    if (!this.unverified) return true;
    this.unverified = false;
    const fd = openSync(this.path, 'r');
    try {
      return this.ends === digestEnds(fd, size);
    } finally {
      closeSync(fd);
    }
  }
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}
