import { readFileSync, statSync } from 'node:fs';

/** A larger file is not read whole. */
const maxBytes = 1 << 29;

/** A file that is read whole whenever it changed, told by size, times and inode. */
export class WholeFile {
  private seen = '';
  private taken = '';
  private stat: { readonly size: number; readonly mtimeMs: number } | null = null;

  constructor(readonly path: string) {}

  get modifiedAt(): number | null {
    return this.stat?.mtimeMs ?? null;
  }

  /** What is not taken yet counts as unread. */
  get progress(): { readonly read: number; readonly size: number } {
    const size = this.stat?.size ?? 0;
    return { read: this.taken === this.seen ? size : 0, size };
  }

  /** The file's bytes when they were not taken yet, else null. Throws what the file system throws, and an Error when it is too large. */
  look(): Buffer | null {
    const { size, mtimeMs, ino } = statSync(this.path);
    this.stat = { size, mtimeMs };
    this.seen = `${size} ${mtimeMs} ${ino}`;
    if (this.seen === this.taken) return null;
    if (size > maxBytes) throw new Error(`${this.path} is larger than 512 MiB and is not read`);
    return readFileSync(this.path);
  }

  /** Notes that the bytes last looked at are dealt with; without it the next look gives them again. */
  take(): void {
    this.taken = this.seen;
  }
}
