import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Folder } from './logFormat';

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

/** Lists directories for formats; one whose time has not changed is not listed again for a while. Links are not followed. */
export class FolderReader {
  private readonly listings = new Map<string, Listing>();

  /** Throws what the file system throws. */
  open(directory: string): Folder {
    const { files, folders } = this.list(directory);
    return {
      files,
      folders,
      open: (name) => {
        try {
          return this.open(path.join(directory, name));
        } catch {
          // Not there, or not to be read: for the format there is nothing.
          return null;
        }
      },
    };
  }

  private list(directory: string): Listing {
    const now = Date.now();
    const modifiedAt = statSync(directory).mtimeMs;
    const known = this.listings.get(directory);
    if (known?.modifiedAt === modifiedAt && now - known.readAt < trustedMs && known.readAt - modifiedAt > settledMs) return known;
    const entries = readdirSync(directory, { withFileTypes: true });
    const names = (isWanted: (entry: (typeof entries)[number]) => boolean): string[] => entries.filter(isWanted).map((entry) => entry.name);
    const listing = { files: names((entry) => entry.isFile()), folders: names((entry) => entry.isDirectory()), modifiedAt, readAt: now };
    this.listings.set(directory, listing);
    return listing;
  }
}
