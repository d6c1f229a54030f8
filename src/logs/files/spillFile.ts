import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFully } from './readFully';

/** Whoever drops a file need not think of closing it. */
const closing = new FinalizationRegistry<number>(closeSync);

/** A file in the temporary directory that has no name: it goes with this process, however that ends, and no other user opens it. */
export class SpillFile {
  private constructor(private readonly fd: number) {
    closing.register(this, fd);
  }

  /** Null where the temporary directory takes no file. */
  static make(): SpillFile | null {
    try {
      return new SpillFile(openNameless(path.join(tmpdir(), `cdas-lens-${randomBytes(8).toString('hex')}.tmp`)));
    } catch {
      return null;
    }
  }

  /** Whether all bytes could be written. */
  write(bytes: Uint8Array, position: number): boolean {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
      return true;
    } catch {
      return false;
    }
  }

  /** Fills a buffer with what was written. Throws where the disk fails. */
  read(into: Buffer, position: number): void {
    if (!readFully(this.fd, into, position)) throw new Error('A temporary file of this program was cut short. Reload the window, or start the command again, to read the log anew.');
  }
}

function openNameless(file: string): number {
  const fd = openSync(file, 'wx+', 0o600);
  try {
    unlinkSync(file);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
