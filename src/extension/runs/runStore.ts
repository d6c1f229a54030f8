import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { RunSummary } from '../../protocol/run';
import { Coalescer } from '../coalescer';
import type { Engine } from '../engine/engineClient';
import type { Log } from '../log';
import { activeRun } from './activeRun';

/** What may differ from before: the list itself or which run is active, or only the runs named. */
export interface RunsChange {
  readonly list: boolean;
  readonly runs: ReadonlySet<string>;
}

const selectedKey = 'cdasLens.selectedRun';

/** The known runs as last pulled from the engine, and which of them is the active one. */
export class RunStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunsChange>();
  /** Fires after `runs`, `active` or `error` may have changed. */
  readonly onDidChange = this.changed.event;
  private summaries: readonly RunSummary[] = [];
  private failure: string | null = null;
  private pulled = false;
  private activeId: string | null = null;
  private changedRuns = new Set<string>();
  private rescan = false;
  private readonly puller = new Coalescer(() => this.pull());
  private readonly subscriptions: { dispose(): void }[];

  constructor(
    private readonly engine: Engine,
    private readonly memory: vscode.Memento,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      this.changed,
      this.puller,
      engine.on('runsChanged', () => void this.puller.request()),
      engine.on('runChanged', ({ run }) => {
        this.changedRuns.add(run);
        void this.puller.request();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.chooseAgain()),
    ];
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    return this.summaries;
  }

  /** Why the runs could not be listed, or null. */
  get error(): string | null {
    return this.failure;
  }

  /** Whether the engine has answered at least once. */
  get known(): boolean {
    return this.pulled;
  }

  /** The run of the status bar and of dataset rows. */
  get active(): RunSummary | null {
    return this.activeId === null ? null : this.find(this.activeId);
  }

  find(id: string): RunSummary | null {
    return this.summaries.find((run) => run.id === id) ?? null;
  }

  /** Makes a run the active one, in this workspace, until another is selected. */
  async select(id: string): Promise<void> {
    const before = this.active?.id ?? id;
    await this.memory.update(selectedKey, id);
    this.choose();
    this.changed.fire({ list: false, runs: new Set([id, before]) });
  }

  /** Pulls the runs again; with `rescan` after searching the roots anew. */
  async refresh(options: { readonly rescan: boolean }): Promise<void> {
    if (options.rescan) this.rescan = true;
    await this.puller.request();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private choose(): void {
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document.uri.fsPath));
    const selected = this.memory.get<string>(selectedKey);
    this.activeId = activeRun(this.summaries, { selected, current: this.activeId, visible })?.id ?? null;
  }

  /** Another dataset may have come on screen. */
  private chooseAgain(): void {
    const before = this.activeId;
    this.choose();
    const changed = [before, this.activeId].filter((id) => id !== null);
    if (before !== this.activeId) this.changed.fire({ list: false, runs: new Set(changed) });
  }

  private async pull(): Promise<void> {
    const runs = this.changedRuns;
    // Before the first search there is no list: an empty one would say that there are no runs.
    const rescan = this.rescan || !this.pulled;
    this.changedRuns = new Set();
    this.rescan = false;
    const before = this.summaries.map((run) => run.id).join('\n');
    const failedBefore = this.failure;
    const activeBefore = this.activeId;
    try {
      this.summaries = await this.engine.call('runs', { rescan });
      this.failure = null;
      this.choose();
    } catch (error) {
      this.failure = messageOf(error);
      this.log.warn(`The runs could not be listed: ${this.failure}`);
    }
    const list = !this.pulled || failedBefore !== this.failure || activeBefore !== this.activeId || before !== this.summaries.map((run) => run.id).join('\n');
    this.pulled = true;
    this.changed.fire({ list, runs: runs.size === 0 ? new Set(this.summaries.map((run) => run.id)) : runs });
  }
}
