import type * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Handlers } from '../../protocol/channel';
import { Channel, ExpectedError } from '../../protocol/channel';
import type { DashboardEvents, DashboardHostApi, DashboardIntent, DashboardView } from '../../protocol/dashboardMessages';
import { Coalescer } from '../coalescer';
import type { Engine } from '../engine/engineClient';
import { commandIds, type CommandId } from '../ids';
import { l10n } from '../l10n';
import { thrown, type Log } from '../log';
import type { RunStore } from '../runs/runStore';
import { webviewPort } from './webviewPort';

/** What a dashboard draws from, and what carries out what is asked for on it. */
export interface PanelSources {
  readonly engine: Engine;
  readonly runs: Pick<RunStore, 'runs' | 'active' | 'find'>;
  readonly log: Log;
  readonly execute: (command: CommandId, ...args: readonly unknown[]) => Thenable<unknown>;
  /** Why decisions cannot be written now, null where they can. */
  readonly readOnlyReason: () => string | null;
}

/** The commands behind the intents that name a problem. */
const problemCommands = {
  pin: commandIds.pin,
  exclude: commandIds.exclude,
  relabel: commandIds.relabel,
  clear: commandIds.clear,
  copyId: commandIds.copyProblemId,
  explain: commandIds.explainProblem,
  rollouts: commandIds.showRollouts,
} as const;

/** The commands behind the intents that name none. */
const runCommands = {
  recompute: commandIds.recompute,
  undo: commandIds.undo,
  openDecisions: commandIds.openDecisions,
  showLog: commandIds.showLog,
  nextBatch: commandIds.previewNextBatch,
  showDecisions: commandIds.showDecisions,
  addRunRoot: commandIds.addRunRoot,
  openDocs: commandIds.openDocs,
} as const;

/** One open dashboard: answers its page, and sends it a fresh state when the run changed and the page is on screen. */
export class DashboardPanel {
  private channel: Channel<DashboardHostApi, DashboardEvents, object, object> | null = null;
  private closePort: () => void = () => undefined;
  /** The page's width once it has said that it is ready; null before, and while it is hidden and so torn down. */
  private widthPx: number | null = null;
  /** The training metrics that the page draws; null leaves the choice to the engine. */
  private metrics: readonly string[] | null = null;
  private readonly refresher = new Coalescer(() => this.send());
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    readonly panel: vscode.WebviewPanel,
    private shownRun: string | null,
    private readonly sources: PanelSources,
  ) {
    this.openChannel();
    this.subscriptions = [panel.onDidChangeViewState(() => this.visibilityChanged())];
    this.setTitle();
  }

  /** The run that is shown, null while there is none to show. */
  get run(): string | null {
    return this.shownRun;
  }

  show(run: string): void {
    this.shownRun = run;
    this.refresh();
  }

  /** Sends a new state soon, unless the page is hidden: it asks anew when it is shown again. */
  refresh(): void {
    if (this.isOnScreen()) void this.refresher.request();
  }

  /** VS Code throws at whoever touches a panel that is closed: from now on nothing does. */
  dispose(): void {
    this.widthPx = null;
    this.refresher.dispose();
    this.channel?.close('closed');
    this.closePort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** A page that comes back counts its calls from 1 again: answers to the one before must not reach it. */
  private openChannel(): void {
    this.channel?.close('closed');
    this.closePort();
    const { port, close } = webviewPort(this.panel.webview);
    this.closePort = close;
    this.channel = new Channel<DashboardHostApi, DashboardEvents, object, object>(port, this.handlers(), (error) => {
      this.sources.log.error(thrown(error));
    });
  }

  private visibilityChanged(): void {
    if (this.panel.visible) {
      this.refresh();
      return;
    }
    this.widthPx = null;
    this.openChannel();
  }

  private handlers(): Handlers<DashboardHostApi> {
    const { engine } = this.sources;
    const resized = ({ widthPx }: { readonly widthPx: number }): void => {
      this.widthPx = Math.min(10_000, Math.max(100, Math.round(widthPx) || 800));
      this.refresh();
    };
    return {
      ready: ({ widthPx, metrics }) => {
        this.metrics = metrics;
        resized({ widthPx });
      },
      resized,
      showMetrics: ({ names }) => {
        this.metrics = names;
        this.refresh();
      },
      problems: (query) => engine.call('problems', { ...query, run: this.requireRun() }),
      problem: ({ id }) => engine.call('problem', { run: this.requireRun(), id }),
      explain: ({ id }) => engine.call('explain', { run: this.requireRun(), problem: id, size: null }),
      groups: ({ step }) => engine.call('groups', { run: this.requireRun(), step }),
      intent: (intent) => this.carryOut(intent),
    };
  }

  private requireRun(): string {
    if (this.shownRun === null) throw new ExpectedError(l10n.t('No run is shown yet.'));
    return this.shownRun;
  }

  private async carryOut(intent: DashboardIntent): Promise<void> {
    if ('problem' in intent) {
      const step = 'step' in intent ? { step: intent.step } : {};
      await this.sources.execute(problemCommands[intent.kind], { run: this.shownRun, problem: intent.problem, ...step });
      return;
    }
    if (intent.kind === 'selectRun') {
      const chosen = await this.sources.execute(commandIds.selectRun, ...(intent.run === undefined ? [] : [{ run: intent.run }]));
      if (typeof chosen === 'string') this.show(chosen);
      return;
    }
    await this.sources.execute(runCommands[intent.kind], { run: this.shownRun });
  }

  private async send(): Promise<void> {
    const widthPx = this.widthPx;
    if (widthPx === null || !this.isOnScreen()) return;
    const view = await this.view(widthPx);
    // The panel may have been hidden or closed meanwhile.
    if (!this.isOnScreen()) return;
    this.setTitle();
    this.channel?.tell('state', view);
  }

  private async view(widthPx: number): Promise<DashboardView> {
    const { engine, runs } = this.sources;
    this.shownRun ??= runs.active?.id ?? null;
    const run = this.shownRun;
    if (run === null) {
      return { kind: 'empty', message: l10n.t('No run has been found yet. Open the folder that your training job writes to, or add a run root.'), runs: [] };
    }
    try {
      return { kind: 'run', state: await engine.call('dashboard', { run, widthPx, metrics: this.metrics }), readOnlyReason: this.sources.readOnlyReason() };
    } catch (error) {
      if (!(error instanceof ExpectedError)) this.sources.log.error(thrown(error));
      return { kind: 'empty', message: messageOf(error), runs: runs.runs };
    }
  }

  private isOnScreen(): boolean {
    return this.widthPx !== null && this.panel.visible;
  }

  private setTitle(): void {
    const run = this.shownRun === null ? null : this.sources.runs.find(this.shownRun);
    this.panel.title = run ? l10n.t('CDAS: {0}', run.name) : 'CDAS';
  }
}
