import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../core/errors';
import { makeDirectory } from '../../curation/makeDirectory';
import { readSectionFile, sectionFileBlocks, type ReadSectionFile, type SectionFile } from '../../logs/files/sectionFile';
import { hashSeed, useHashSeed } from '../../logs/scan/scanner';

const seedName = 'seed';
const seedBytes = 8;
const indexEnd = '.index';
const temporaryEnd = '.tmp';
/** What nobody used for so long goes, and then the oldest until the rest is no more than this. */
const unusedMs = 60 * 86_400_000;
const maxTotalBytes = 4 * 2 ** 30;
/** A temporary file this old was left behind by a program that was killed. */
const abandonedMs = 3_600_000;

/**
 * A directory with one index for each run, private to its user. All processes that use it hash with the seed that lies
 * in it. Files are replaced as a whole, so that processes do not disturb one another, and may be deleted at any time.
 */
export class IndexDirectory {
  constructor(readonly path: string) {}

  /** Makes this process hash as the ones before it did. To be called before anything is hashed. */
  adoptSeed(): void {
    const kept = this.keptSeed();
    if (kept !== null) useHashSeed(kept);
  }

  /** The index of a run; null where there is none, or one that is damaged. */
  read(run: string): ReadSectionFile | null {
    const file = this.fileOf(run);
    try {
      const content = this.keptSeed() === hashSeed() ? readSectionFile(file) : null;
      if (content !== null) this.markUsed(file);
      return content;
    } catch {
      // Not there, not to be read, or not whole: the run is read from its logs.
      return null;
    }
  }

  /** Replaces the index of a run; false when another process hashes in another way. Throws what the file system throws. */
  async write(run: string, content: SectionFile): Promise<boolean> {
    this.make();
    if (this.keptSeed() !== hashSeed()) return false;
    const file = this.fileOf(run);
    const temporary = `${file}.${randomBytes(6).toString('hex')}${temporaryEnd}`;
    try {
      await writeBlocks(temporary, sectionFileBlocks(content));
      await rename(temporary, file);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    return true;
  }

  /** Removes what was left behind and what has not been used for long. */
  tidy(now: number): void {
    let total = 0;
    for (const { name, size, mtimeMs } of this.entries().sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      const age = now - mtimeMs;
      total += size;
      const isOld = name.endsWith(temporaryEnd) ? age > abandonedMs : age > unusedMs || total > maxTotalBytes;
      if (isOld) unlinkIfThere(path.join(this.path, name));
    }
  }

  private entries(): { readonly name: string; readonly size: number; readonly mtimeMs: number }[] {
    const names = readdirSync(this.path).filter((name) => name.endsWith(indexEnd) || name.endsWith(temporaryEnd));
    return names.flatMap((name) => {
      const stat = statSync(path.join(this.path, name), { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ name, size: stat.size, mtimeMs: stat.mtimeMs }];
    });
  }

  private make(): void {
    makeDirectory(path.dirname(this.path));
    try {
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      // What lies in it is nobody else's, whoever made it.
      const mode = statSync(this.path).mode & 0o777;
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) chmodSync(this.path, mode & 0o700);
    }
    if (this.keptSeed() === null) this.keepSeed();
  }

  private keepSeed(): void {
    const bytes = Buffer.alloc(seedBytes);
    bytes.writeBigUInt64LE(hashSeed());
    try {
      writeFileSync(path.join(this.path, seedName), bytes, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      // Another process was first, and its seed is the one.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }

  private keptSeed(): bigint | null {
    try {
      const bytes = readFileSync(path.join(this.path, seedName));
      return bytes.length === seedBytes ? bytes.readBigUInt64LE() : null;
    } catch {
      return null;
    }
  }

  private fileOf(run: string): string {
    return path.join(this.path, `${createHash('sha1').update(run).digest('hex').slice(0, 24)}${indexEnd}`);
  }

  private markUsed(file: string): void {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The directory can be read and not written: then nothing is tidied either.
    }
  }
}

/** Writes block by block, so that other work gets its turns. Without fsync: an index that a crash cut short is not used. */
async function writeBlocks(file: string, blocks: Iterable<Buffer>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for (const block of blocks) await handle.writeFile(block);
  } finally {
    await handle.close();
  }
}

function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Another process removed it, or it stays.
  }
}
