import { readFileSync, statSync } from 'node:fs';
import { contentOf } from './decompress';
import type { TailPoll } from './fileTail';

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

  /** `onContent` replaces what was read before; it returns false, or throws, when the content is not whole. */
  constructor(
    readonly path: string,
    private readonly onContent: (content: Buffer) => boolean,
  ) {}

  get modifiedAt(): number | null {
    return this.stat?.mtimeMs ?? null;
  }

  get progress(): { readonly read: number; readonly size: number } {
    const size = this.stat?.size ?? 0;
    return { read: this.taken === '' ? 0 : size, size };
  }

  /** Throws what the file system throws, and an Error when the content cannot be read. */
  poll(): TailPoll {
    const { size, mtimeMs, ino } = statSync(this.path);
    const stamp = `${size} ${mtimeMs} ${ino}`;
    this.stat = { size, mtimeMs };
    if (stamp === this.taken) {
      if (this.failure !== null) throw this.failure;
      return { changed: false, more: false };
    }
    if (size > maxBytes) throw new Error(`${this.path} is larger than 512 MiB and is not read`);
    const bytes = readFileSync(this.path);
    this.taken = stamp;
    this.failure = null;
    try {
      return { changed: this.onContent(contentOf(this.path, bytes)), more: false };
    } catch (error) {
      this.failure = new Error(`${this.path} cannot be read (${error instanceof Error ? error.message : String(error)}); it is read again when it changes`);
      throw this.failure;
    }
  }
}
