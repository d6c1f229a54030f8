import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { messageOf } from '../core/errors';
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

/** A larger file is not read whole. */
const maxBytes = 1 << 29;

/**
 * A file that is read whole, decompressed, whenever it changed, told by size, times and inode. One caught in the middle
 * of being rewritten is read again when it changes.
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

  /** `onContent` replaces what was read before; it returns false, or throws, when the content is not whole. */
  constructor(
    readonly path: string,
    private readonly onContent: (content: Buffer) => boolean,
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

  get progress(): { readonly read: number; readonly size: number } {
    const size = this.stat?.size ?? 0;
    return { read: this.taken === '' ? 0 : size, size };
  }

  /** Throws what the file system throws, and an Error when the content cannot be read. */
  poll(): TailPoll {
    const { size, mtimeMs, ctimeMs, ino } = statSync(this.path);
    const stamp = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
    this.stat = { size, mtimeMs };
    if (stamp === this.taken && this.isVerified(size)) {
      if (this.failure !== null) throw this.failure;
      return { changed: false, more: false };
    }
    if (size > maxBytes) throw new Error(`${this.path} is larger than 512 MiB and is not read`);
    const bytes = readFileSync(this.path);
    this.taken = stamp;
    this.failure = null;
    this.ends = '';
    try {
      const changed = this.onContent(contentOf(this.path, bytes));
      // What is not whole has to be read again, whoever reads it.
      if (changed && bytes.length === size) this.ends = endsDigestOf(bytes);
      return { changed, more: false };
    } catch (error) {
      this.failure = new Error(`${this.path} cannot be read (${messageOf(error)}); it is read again when it changes`);
      throw this.failure;
    }
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
