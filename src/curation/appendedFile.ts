import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs';
import { OperationalError, errorCode } from '../core/errors';
import { withFsErrors } from './fsErrors';

/** One line of a text file, counted from 1, without its line end; `text` is null where the bytes are not UTF-8. */
export interface FileLine {
  readonly number: number;
  readonly text: string | null;
}

/** What a look at the file brought: the finished lines that are new (all of them after `replaced`), and the last one without a line end. */
export interface FileChange {
  readonly kind: 'same' | 'appended' | 'replaced';
  readonly lines: readonly FileLine[];
  readonly unfinished: FileLine | null;
}

const windowBytes = 8 * 1024 * 1024;
const newline = 0x0a;

/**
 * Follows a text file that is meant to be appended to. New bytes are read from where the last finished line ended; when
 * the up to 8 MiB before that place have changed (an edit, a git checkout, a merge) the whole file is read again.
 */
export class AppendedFile {
  private stamp = '';
  private consumed = 0;
  private lineCount = 0;
  private windowHash = '';
  private unfinished: FileLine | null = null;

  constructor(readonly path: string) {}

  /** Whether the next append has to begin with a line end. */
  get lacksFinalNewline(): boolean {
    return this.unfinished !== null;
  }

  /** Looks at the file. A missing file is an empty one. Throws an OperationalError when it cannot be read. */
  refresh(): FileChange {
    return withFsErrors('read', this.path, () => {
      const fd = openExisting(this.path);
      if (fd === null) return this.forget();
      try {
        return this.look(fd);
      } finally {
        closeSync(fd);
      }
    });
  }

  private forget(): FileChange {
    const had = this.stamp !== '';
    this.restart();
    this.stamp = '';
    return { kind: had ? 'replaced' : 'same', lines: [], unfinished: null };
  }

  private restart(): void {
    this.consumed = 0;
    this.lineCount = 0;
    this.windowHash = hash(Buffer.alloc(0));
    this.unfinished = null;
  }

  private look(fd: number): FileChange {
    const stats = fstatSync(fd, { bigint: true });
    const stamp = stampOf(stats);
    if (stamp === this.stamp) return { kind: 'same', lines: [], unfinished: this.unfinished };
    const start = Math.max(0, this.consumed - windowBytes);
    const known = this.consumed - start;
    let bytes = readFrom(fd, start);
    const replaced = this.stamp === '' || bytes.length < known || hash(bytes.subarray(0, known)) !== this.windowHash;
    if (replaced) {
      if (start > 0) bytes = readFrom(fd, 0);
      this.restart();
    }
    const lines = this.take(bytes, replaced ? 0 : known);
    this.stamp = stamp;
    return { kind: replaced ? 'replaced' : 'appended', lines, unfinished: this.unfinished };
  }

  // Takes the finished lines from `from` on and remembers what lies before the new place.
  private take(bytes: Buffer, from: number): readonly FileLine[] {
    const lines: FileLine[] = [];
    let start = from;
    for (let end = bytes.indexOf(newline, start); end !== -1; end = bytes.indexOf(newline, start)) {
      this.lineCount += 1;
      lines.push({ number: this.lineCount, text: decodeLine(bytes.subarray(start, end), this.lineCount) });
      start = end + 1;
    }
    this.consumed += start - from;
    this.windowHash = hash(bytes.subarray(Math.max(0, start - Math.min(this.consumed, windowBytes)), start));
    const rest = bytes.subarray(start);
    const number = this.lineCount + 1;
    this.unfinished = rest.length === 0 ? null : { number, text: decodeLine(rest, number) };
    return lines;
  }
}

function openExisting(path: string): number | null {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' });
    // A pipe or a device may never end.
    if (!stats.isFile()) throw new OperationalError(`${path} is not a regular file. Rename or remove it.`);
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function readFrom(fd: number, start: number): Buffer {
  const chunks: Buffer[] = [];
  let position = start;
  for (;;) {
    const chunk = Buffer.allocUnsafe(256 * 1024);
    const length = readSync(fd, chunk, 0, chunk.length, position);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    position += length;
  }
}

function decodeLine(bytes: Buffer, number: number): string | null {
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  const withoutMark = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  return withoutMark.endsWith('\r') ? withoutMark.slice(0, -1) : withoutMark;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
