import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../core/errors';
import { WatchHints } from '../logs/files/watchHints';
import type { EngineEvents } from '../protocol/engineApi';
import { ChangeWatch } from './changeWatch';
import type { Engine } from './engine';
import type { ObservedRun } from './observedRun';

/** Tells the front end something. */
export type Tell = <Name extends keyof EngineEvents>(name: Name, value: EngineEvents[Name]) => void;

/** Runs that nobody looks at are polled this rarely, and only read by themselves while they are small. */
const idlePollMs = 10_000;
const unaskedBytes = 256 * 1024 * 1024;
/** A search of the roots rests this long, and longer where it takes long itself. */
const rescanMs = 5000;
/** While a run is read for the first time, its views follow at most this often. */
const firstReadTellMs = 300;
const burstMs = 20;

/** Keeps an engine up to date: polls sizes, follows hints of the file system, and tells what changed. */
export class PollLoop {
  private stopped = false;
  private wake: () => void = () => undefined;
  private hinted = false;
  private revision = 1;
  private readonly hints = new WatchHints(() => this.hint());
  private readonly watch: ChangeWatch;
  private nextIdlePoll = 0;
  private nextRescan = 0;
  private searching = false;
  private searched = false;
  private curationSeen = 0;
  private complaint = '';

  constructor(
    private readonly engine: Engine,
    private readonly tell: Tell,
  ) {
    this.watch = new ChangeWatch(engine, this.hints);
  }

  /** Asks for a look right away. */
  hint(): void {
    this.hinted = true;
    this.wake();
  }

  /** Runs until `stop`; a fault in one round is told and the next round goes on. */
  async run(): Promise<void> {
    while (!this.isStopped()) {
      this.hinted = false;
      try {
        await this.round();
      } catch (error) {
        this.tellFault(error);
      }
      await this.pause();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.hints.close();
  }

  private isStopped(): boolean {
    return this.stopped;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      // Bursts of hints are one change; a hint that came during the round waits no longer than that either.
      const timer = setTimeout(resolve, this.hinted ? burstMs : this.engine.pollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async round(): Promise<void> {
    // The clock of the day can be set back.
    const now = performance.now();
    this.lookAtCuration();
    if (now >= this.nextRescan && !this.searching) void this.rescan(now);
    await this.readWanted(now);
    for (const run of this.watch.update()) this.tellPolling(run);
  }

  private lookAtCuration(): void {
    const { curation, catalog } = this.engine;
    curation.poll();
    this.recompileIfStale();
    // Whoever else looked at the files, for an answer or to compile them, has taken up what was new in them.
    if (curation.revision === this.curationSeen) return;
    this.curationSeen = curation.revision;
    this.tell('curationChanged', { revision: ++this.revision });
    for (const run of catalog.all) this.tellRun(run.source.id);
  }

  private async readWanted(now: number): Promise<void> {
    const idleTurn = now >= this.nextIdlePoll;
    if (idleTurn) this.nextIdlePoll = now + idlePollMs;
    for (const run of this.engine.catalog.all) {
      const { id } = run.source;
      if (this.isWanted(run, idleTurn)) await this.readOn(id);
      else if (idleTurn && !run.loaded && this.engine.catalog.look(id)) this.tellRun(id);
      if (this.stopped) return;
    }
  }

  private isWanted({ source, loaded, files, isRating }: ObservedRun, idleTurn: boolean): boolean {
    if (isRating || this.engine.focused.has(source.id)) return true;
    return files.surveyedBytes <= unaskedBytes && (idleTurn || !loaded);
  }

  /** Searching goes on beside the reading: a large tree can take long. */
  private async rescan(now: number): Promise<void> {
    this.searching = true;
    try {
      const known = new Set(this.engine.catalog.problems);
      const differs = await this.engine.catalog.rescan();
      if (this.isStopped()) return;
      // The engine before it, with other settings, may have known runs where this one finds none.
      const changed = differs || !this.searched;
      this.searched = true;
      if (changed) this.tell('runsChanged', { revision: ++this.revision });
      const fresh = this.engine.catalog.problems.filter((problem) => !known.has(problem));
      for (const problem of fresh) this.tell('log', { level: 'warn', message: `Not every directory was searched for runs: ${problem}` });
      if (changed) this.hint();
    } catch (error) {
      this.tellFault(error);
    } finally {
      this.searching = false;
      this.nextRescan = performance.now() + Math.max(rescanMs, 20 * (performance.now() - now));
    }
  }

  private async readOn(id: string): Promise<void> {
    let told = 0;
    let untold = false;
    for (let more = true; more && !this.isStopped() && this.engine.catalog.has(id); ) {
      const turn = await this.engine.catalog.advance(id);
      more = turn.more;
      untold ||= turn.changed;
      if (untold && (!more || performance.now() - told >= firstReadTellMs)) {
        this.tellRun(id);
        told = performance.now();
        untold = false;
      }
      await nextTurn();
    }
  }

  private tellRun(run: string): void {
    if (this.engine.catalog.has(run)) this.tell('runChanged', { run, revision: this.engine.catalog.get(run).revision });
  }

  private tellPolling({ source, polling }: ObservedRun): void {
    if (polling !== null) this.tell('log', { level: 'warn', message: `${source.logPath}: ${polling}` });
    this.tellRun(source.id);
  }

  private tellFault(error: unknown): void {
    this.tell('log', { level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }

  /** Somebody else's decisions (another window, a git pull) go into sampler.json where this window may write. */
  private recompileIfStale(): void {
    const [focused] = this.engine.focused;
    const run = focused !== undefined && this.engine.catalog.has(focused) ? this.engine.catalog.get(focused) : null;
    let complaint = '';
    try {
      this.engine.recompileIfStale(run);
    } catch (error) {
      complaint = messageOf(error);
    }
    // It is tried again each time, and said once.
    if (complaint !== '' && complaint !== this.complaint) this.tell('log', { level: 'warn', message: complaint });
    this.complaint = complaint;
  }
}
