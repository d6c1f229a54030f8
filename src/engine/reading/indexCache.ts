import { messageOf } from '../../core/errors';
import { normalisation } from '../../core/identity';
import { packRunIndex, unpackRunIndex, type RunIndex } from '../../logs/runIndex';
import type { RunSource } from '../../logs/runSource';
import { IndexDirectory } from './indexDirectory';
import type { RunFiles } from './runFiles';

/** The bundler puts a digest of the sources in its place: another build may read otherwise. */
declare const CDAS_LENS_BUILD: string | undefined;
const build = typeof CDAS_LENS_BUILD === 'string' ? CDAS_LENS_BUILD : 'development';

/** Less than this is read anew as fast. */
const worthBytes = 1 << 24;
/** A run that goes on is kept again when it has grown by this share, or has rested this long. */
const grownShare = 1 / 8;
const restMs = 30_000;

interface Kept {
  /** The state of the files that the index holds, and how much of them was read by then. */
  revision: number;
  bytes: number;
  /** When the files were last seen to change. */
  seen: { readonly revision: number; readonly at: number };
  saving: boolean;
}

/** How an index cache differs from the usual. */
export interface IndexCacheOptions {
  /** Told once, a sentence, when the cache cannot be written. Everything goes on without it. */
  readonly onTrouble: (message: string) => void;
  /** Runs of less are not kept. */
  readonly worthBytes?: number;
}

/**
 * Keeps what reading runs brought, so that they need not be read again: by the place of the log, and by everything that
 * says how it is read. Files that changed otherwise than by growing are noticed by their own readers.
 */
export class IndexCache {
  private readonly directory: IndexDirectory;
  private readonly keptOf = new WeakMap<RunFiles, Kept>();
  private troubled = false;

  /** To be made before anything is read, since it says how texts are hashed. */
  constructor(
    directory: string,
    private readonly options: IndexCacheOptions,
  ) {
    this.directory = new IndexDirectory(directory);
    this.directory.adoptSeed();
  }

  /** What was read of a run before; null when it has to be read anew. */
  load(source: RunSource): RunIndex | null {
    const content = this.directory.read(placeOf(source));
    try {
      return content === null ? null : unpackRunIndex(keyOf(source), content);
    } catch {
      // Whole, but not what this build writes.
      return null;
    }
  }

  /** Keeps what was read of a run, if that is worth it by now; to be called whenever it was read to its end. */
  async saveIfDue(files: RunFiles, now: number): Promise<void> {
    const kept = this.keptFor(files, now);
    if (!this.isDue(files, kept, now)) return;
    kept.saving = true;
    try {
      await this.save(files, kept);
    } catch (error) {
      this.tellTrouble(error);
    } finally {
      kept.saving = false;
    }
  }

  private async save(files: RunFiles, kept: Kept): Promise<void> {
    const { revision, source } = files;
    const bytes = files.progress.read;
    // What cannot be kept now is tried again when it has changed.
    Object.assign(kept, { revision, bytes });
    if (await this.directory.write(placeOf(source), packRunIndex(keyOf(source), files.index))) this.directory.tidy(Date.now());
  }

  private keptFor(files: RunFiles, now: number): Kept {
    const known = this.keptOf.get(files);
    const kept = known ?? { ...files.restored, seen: { revision: files.revision, at: now }, saving: false };
    if (known === undefined) this.keptOf.set(files, kept);
    if (kept.seen.revision !== files.revision) kept.seen = { revision: files.revision, at: now };
    return kept;
  }

  private isDue(files: RunFiles, kept: Kept, now: number): boolean {
    const { read } = files.progress;
    if (kept.saving || kept.revision === files.revision || read < (this.options.worthBytes ?? worthBytes)) return false;
    return Math.abs(read - kept.bytes) > kept.bytes * grownShare || now - kept.seen.at >= restMs;
  }

  private tellTrouble(error: unknown): void {
    if (this.troubled) return;
    this.troubled = true;
    const reason = messageOf(error);
    this.options.onTrouble(`The cache ${this.directory.path} cannot be written (${reason}); large runs are read again each time they are opened.`);
  }
}

/** Where a run's log is: those of several experiments may share a directory. */
function placeOf({ logPath, experiment }: RunSource): string {
  return JSON.stringify([logPath, experiment ?? null]);
}

/** All that says how a run is read. */
function keyOf(source: RunSource): string {
  const { format, variant } = source;
  return JSON.stringify([build, normalisation, placeOf(source), format.framework, variant, format.mapping ?? null]);
}
