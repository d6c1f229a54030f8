import { opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Folder } from './logFormat';
import { explainReadFault, isMissing } from './readFault';

interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly modifiedAt: number;
  readonly readAt: number;
}

/** A directory that changed so recently may change again within the same tick of its clock. */
const settledMs = 3000;
/** Some network disks never change a directory's time: a listing is not trusted for longer. */
const trustedMs = 15_000;
/** A directory with more entries is not listed: their names alone would fill the memory. */
const maxEntries = 500_000;

/** Lists directories for formats; one whose time has not changed is not listed again for a while. Links are not followed. */
export class FolderReader {
  private readonly listings = new Map<string, Listing>();
  private readonly faultByFolder = new Map<string, string>();

  /** Throws what the file system throws, and an Error for a directory that is too large. */
  open(directory: string): Folder {
    this.faultByFolder.clear();
    return this.folder(directory);
  }

  /** Why folders inside of the directory that was opened last could not be read, so far as they were asked for. */
  get faults(): readonly string[] {
    return [...this.faultByFolder.values()];
  }

  private folder(directory: string): Folder {
    const { files, folders } = this.list(directory);
    return { files, folders, open: (name) => this.inner(path.join(directory, name)) };
  }

  /** What is known of a folder stays while it cannot be read. */
  private inner(directory: string): Folder | null {
    try {
      return this.folder(directory);
    } catch (error) {
      if (isMissing(error)) {
        this.listings.delete(directory);
        return null;
      }
      this.faultByFolder.set(directory, explainReadFault(error, directory));
      const known = this.listings.get(directory);
      return known === undefined ? null : { ...known, open: (name) => this.inner(path.join(directory, name)) };
    }
  }

  private list(directory: string): Listing {
    const now = Date.now();
    const modifiedAt = statSync(directory).mtimeMs;
    const known = this.listings.get(directory);
    if (known?.modifiedAt === modifiedAt && Math.abs(now - known.readAt) < trustedMs && known.readAt - modifiedAt > settledMs) return known;
    const listing = { ...readNames(directory), modifiedAt, readAt: now };
    this.listings.set(directory, listing);
    return listing;
  }
}

function readNames(directory: string): Pick<Listing, 'files' | 'folders'> {
  const files: string[] = [];
  const folders: string[] = [];
  const entries = opendirSync(directory, { bufferSize: 1024 });
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      if (entry.isFile()) files.push(entry.name);
      else if (entry.isDirectory()) folders.push(entry.name);
      if (files.length + folders.length > maxEntries) throw new Error(`${directory} holds more than ${maxEntries} files and is not read. Name a directory inside of it.`);
    }
  } finally {
    entries.closeSync();
  }
  return { files, folders };
}
