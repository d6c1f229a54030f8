import type { WatchHints } from '../logs/files/watchHints';
import type { Engine } from './engine';
import type { ObservedRun } from './observedRun';

/** Has the file system tell of changes to the runs on screen, and notes on each run where only polling finds them. */
export class ChangeWatch {
  constructor(
    private readonly engine: Engine,
    private readonly hints: WatchHints,
  ) {}

  /** Watches the runs on screen and the decisions; returns the runs about which something else is to be said than before. */
  update(): readonly ObservedRun[] {
    const { engine } = this;
    const runs = engine.catalog.all.filter(({ source }) => engine.focused.has(source.id));
    const directories = [...runs.map(({ source }) => source.logPath), engine.curation.directory];
    this.hints.setDirectories(engine.watch === 'poll' ? [] : directories);
    return runs.filter((run) => run.notePolling(this.pollingNote(run)));
  }

  private pollingNote({ source }: ObservedRun): string | null {
    const { watch, pollMs } = this.engine;
    const why = watch === 'poll' ? 'cdasLens.watch is “poll”' : this.hints.refusal(source.logPath);
    return why === null ? null : `Changes are found by polling every ${pollMs / 1000} s: ${why}.`;
  }
}
