import { opendirSync, statSync, type Dir } from 'node:fs';
import path from 'node:path';
import { isMissing } from '../../core/errors';
import { takeOverFiles, type Folder } from '../logFormat';
import { changedNames } from './changedNames';
import { explainReadFault } from './readFault';

interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly modifiedAt: number;
  readonly readAt: number;
}

/** A directory that changed so recently may change again within the same tick of its clock. */
const settledMs = 3000;
/** Some network drives never change a directory's time: a listing is not trusted for longer. */
const trustedMs = 15_000;
/** A directory with more entries is not listed: their names alone would fill the memory. */
const maxEntries = 500_000;

/** So many entries are listed in one look, so that other work gets its turns. */
const entriesPerLook = 4096;

/** Listings of so many entries and more are shared by all who hold one: runs are searched for again and again where they are read. */
const sharedListings = new Map<string, WeakRef<Listing>>();

/** Lists directories for formats; one whose time has not changed is not listed again for a while. Links are not followed. */
export class FolderReader {
  private readonly listings = new Map<string, Listing>();
  private readonly readings = new Map<string, DirectoryReading>();
  private readonly faultByFolder = new Map<string, string>();
  private entriesLeft = Infinity;
  private hasMore = false;

  /** Throws what the file system throws, and an Error for a directory that is too large. */
  open(directory: string): Folder {
    this.begin(Infinity);
    return this.folder(directory, this.list(directory));
  }

  /** The same, by at most one turn of listing; see `isUnfinished`. */
  look(directory: string): Folder {
    this.begin(entriesPerLook);
    return this.folder(directory, this.list(directory));
  }

  /** What the last look at a directory saw, with folders inside of it that are listed at once. */
  openSeen(directory: string): Folder {
    this.begin(Infinity);
    return this.folder(directory, this.listings.get(directory) ?? this.list(directory));
  }

  /** Set where that look, with all that was asked of its folder, did not come to an end: the next look goes on. */
  get isUnfinished(): boolean {
    return this.hasMore;
  }

  /** Why folders inside of the directory that was opened last could not be read, so far as they were asked for. */
  get faults(): readonly string[] {
    return [...this.faultByFolder.values()];
  }

  private begin(entries: number): void {
    this.faultByFolder.clear();
    [this.entriesLeft, this.hasMore] = [entries, false];
  }

  private folder(directory: string, { files, folders }: Listing): Folder {
    return { files, folders, open: (name) => this.inner(path.join(directory, name)) };
  }

  /** What is known of a folder stays while it cannot be read. */
  private inner(directory: string): Folder | null {
    try {
      return this.folder(directory, this.list(directory));
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
    const known = this.newestListing(directory);
    if (known?.modifiedAt === modifiedAt && Math.abs(now - known.readAt) < trustedMs && known.readAt - modifiedAt > settledMs) return known;
    const reading = this.readings.get(directory) ?? new DirectoryReading(directory, { modifiedAt, readAt: now });
    this.readings.delete(directory);
    this.entriesLeft -= reading.readOn(this.entriesLeft);
    if (!reading.isDone) {
      this.hasMore = true;
      this.readings.set(directory, reading);
      return known ?? { ...reading.began, files: [], folders: [] };
    }
    const listing = withKnownNames(reading.listing, known);
    this.listings.set(directory, listing);
    if (listing.files.length + listing.folders.length >= entriesPerLook) sharedListings.set(directory, new WeakRef(listing));
    return listing;
  }

  private newestListing(directory: string): Listing | undefined {
    const own = this.listings.get(directory);
    const shared = sharedListings.get(directory)?.deref();
    if (shared === undefined || (own !== undefined && own.readAt >= shared.readAt)) return own;
    this.listings.set(directory, shared);
    return shared;
  }
}

/** The same arrays where the names are the same: who has looked at them need not look again, and at few names where few are different. */
function withKnownNames(listing: Listing, known: Listing | undefined): Listing {
  if (known === undefined) return listing;
  return { ...listing, files: knownNames(listing.files, known.files), folders: knownNames(listing.folders, known.folders) };
}

function knownNames(names: readonly string[], known: readonly string[]): readonly string[] {
  const changes = changedNames(known, names);
  if (changes === null) return names;
  if (changes.came.length + changes.went.size === 0) return known;
  takeOverFiles(known, names, changes);
  return names;
}

/** Closes what a reader that nobody wants any more left open. */
const openDirectories = new FinalizationRegistry<Dir>((entries) => entries.closeSync());

/** One listing of a directory, in pieces. */
class DirectoryReading {
  isDone = false;
  private readonly files: string[] = [];
  private readonly folders: string[] = [];
  private readonly entries: Dir;

  constructor(
    private readonly directory: string,
    readonly began: Pick<Listing, 'modifiedAt' | 'readAt'>,
  ) {
    this.entries = opendirSync(directory, { bufferSize: 1024 });
    openDirectories.register(this, this.entries, this);
  }

  get listing(): Listing {
    return { ...this.began, files: this.files, folders: this.folders };
  }

  /** Lists at most so many entries more; returns how many. */
  readOn(limit: number): number {
    let count = 0;
    try {
      for (; count < limit; count++) {
        const entry = this.entries.readSync();
        if (entry === null) {
          this.close();
          return count;
        }
        if (entry.isFile()) this.files.push(entry.name);
        else if (entry.isDirectory()) this.folders.push(entry.name);
        if (this.files.length + this.folders.length > maxEntries) throw new Error(`${this.directory} has more than ${maxEntries} entries and is not read. Choose a directory inside it.`);
      }
      return count;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private close(): void {
    this.isDone = true;
    openDirectories.unregister(this);
    this.entries.closeSync();
  }
}
