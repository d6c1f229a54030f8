import { opendirSync } from 'node:fs';
import { watch, type FSWatcher } from 'chokidar';
import { errorCode, messageOf } from '../../core/errors';
import { networkDrive, readMounts } from './mounts';

/** A directory with more entries than this is polled only: a watcher would look at each of them first. */
const maxEntries = 2000;

/** What is done where the file system refuses. */
const advice: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'all file watches are in use. Raise the limit: sudo sysctl fs.inotify.max_user_watches=524288'],
  ['EMFILE', 'too many files or watchers are open. Close some programs, or raise the limit: sudo sysctl fs.inotify.max_user_instances=512'],
  ['ENFILE', 'too many files are open on this machine. Close some programs'],
]);

/** How directories come to be watched; chokidar's own outside of tests. */
export type Watch = typeof watch;

/**
 * Asks the file system to say when something happens in a few directories. Hints only: everything works without, and
 * where the system cannot or will not tell, polling goes on alone and `refusal` says why.
 */
export class WatchHints {
  private watcher: FSWatcher | null = null;
  private watched = new Set<string>();
  private refused: string | null = null;
  private readonly refusals = new Map<string, string>();

  constructor(
    private readonly onHint: () => void,
    private readonly startWatch: Watch = watch,
    private readonly mounts = readMounts,
  ) {}

  /** Watches these directories and no others, as far as that is possible. */
  setDirectories(directories: readonly string[]): void {
    const mounts = this.mounts();
    this.refusals.clear();
    for (const directory of directories) {
      const why = this.refused ?? whyNot(directory, mounts);
      if (why !== null) this.refusals.set(directory, why);
    }
    this.keepTo(new Set(directories.filter((directory) => !this.refusals.has(directory))));
  }

  /** Why a directory of the last `setDirectories` is not watched; null where it is. */
  refusal(directory: string): string | null {
    return this.refused ?? this.refusals.get(directory) ?? null;
  }

  async close(): Promise<void> {
    const { watcher } = this;
    this.watcher = null;
    this.watched.clear();
    await watcher?.close();
  }

  private keepTo(wanted: Set<string>): void {
    const added = [...wanted].filter((directory) => !this.watched.has(directory));
    const removed = [...this.watched].filter((directory) => !wanted.has(directory));
    this.watched = wanted;
    if (removed.length > 0) this.watcher?.unwatch(removed);
    if (added.length === 0) return;
    if (this.watcher === null) this.watcher = this.start(added);
    else this.watcher.add(added);
  }

  private start(directories: readonly string[]): FSWatcher {
    const watcher = this.startWatch([...directories], { depth: 0, ignoreInitial: true, persistent: false, followSymlinks: false });
    watcher.on('all', () => this.onHint());
    watcher.on('error', (error) => this.refuse(error));
    return watcher;
  }

  /** One refusal is final: trying again and again would take what little the machine has left. */
  private refuse(error: unknown): void {
    if (this.refused !== null) return;
    this.refused = `file watching failed: ${advice.get(errorCode(error) ?? '') ?? messageOf(error)}`;
    void this.close();
    this.onHint();
  }
}

function whyNot(directory: string, mounts: ReturnType<typeof readMounts>): string | null {
  const drive = networkDrive(directory, mounts);
  if (drive !== null) return `${drive} is a network drive, which does not report what other machines write`;
  return holdsMany(directory) ? `the directory has more than ${maxEntries} entries, each of which would need a watcher` : null;
}

function holdsMany(directory: string): boolean {
  try {
    const entries = opendirSync(directory);
    try {
      for (let count = 0; count <= maxEntries; count++) if (entries.readSync() === null) return false;
      return true;
    } finally {
      entries.closeSync();
    }
  } catch {
    // Missing or unreadable: polling reports that.
    return false;
  }
}
