import { readdirSync } from 'node:fs';
import { watch, type FSWatcher } from 'chokidar';

/** A directory with more entries than this is polled only: a watcher would look at each of them first. */
const maxEntries = 2000;

/**
 * Asks the file system to say when something happens in a few directories. Hints only: everything works without, and
 * when the system refuses (no watches left, a network disk) polling goes on alone and `onRefused` says so once.
 */
export class WatchHints {
  private watcher: FSWatcher | null = null;
  private watched = new Set<string>();
  private refused = false;

  constructor(
    private readonly onHint: () => void,
    private readonly onRefused: (reason: string) => void,
  ) {}

  /** Watches these directories and no others. */
  setDirectories(directories: readonly string[]): void {
    if (this.refused) return;
    const wanted = new Set(directories.filter(isSmallDirectory));
    const added = [...wanted].filter((directory) => !this.watched.has(directory));
    const removed = [...this.watched].filter((directory) => !wanted.has(directory));
    this.watched = wanted;
    if (removed.length > 0) this.watcher?.unwatch(removed);
    if (added.length === 0) return;
    if (this.watcher === null) this.watcher = this.start(added);
    else this.watcher.add(added);
  }

  async close(): Promise<void> {
    const { watcher } = this;
    this.watcher = null;
    await watcher?.close();
  }

  private start(directories: readonly string[]): FSWatcher {
    const watcher = watch([...directories], { depth: 0, ignoreInitial: true, persistent: false, followSymlinks: false });
    watcher.on('all', () => this.onHint());
    watcher.on('error', (error) => {
      if (this.refused) return;
      this.refused = true;
      this.onRefused(error instanceof Error ? error.message : String(error));
      void this.close();
    });
    return watcher;
  }
}

function isSmallDirectory(directory: string): boolean {
  try {
    return readdirSync(directory).length <= maxEntries;
  } catch {
    // Missing or unreadable: polling reports that.
    return false;
  }
}
