import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Handlers } from '../../protocol/channel';
import { Channel, ExpectedError } from '../../protocol/channel';
import type { DashboardEvents, DashboardHostApi, DashboardIntent, DashboardView } from '../../protocol/dashboardMessages';
import { Coalescer } from '../coalescer';
import type { EngineClient } from '../engine/engineClient';
import { commandIds } from '../ids';
import { thrown, type Log } from '../log';
import { refusalToWrite } from '../decisions/writeGuard';
import type { RunStore } from '../runs/runStore';
import { dashboardHtml } from './dashboardHtml';
import { webviewPort } from './webviewPort';

/** What a dashboard draws from, and where its files are. */
export interface DashboardSources {
  readonly engine: EngineClient;
  readonly runs: RunStore;
  readonly log: Log;
  readonly extensionUri: vscode.Uri;
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
    private readonly sources: DashboardSources,
  ) {
    const media = vscode.Uri.joinPath(sources.extensionUri, 'media');
    const dist = vscode.Uri.joinPath(sources.extensionUri, 'dist');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media, dist] };
    this.openChannel();
    panel.webview.html = this.page(media, dist);
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

  dispose(): void {
    this.refresher.dispose();
    this.channel?.close('closed');
    this.closePort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private page(media: vscode.Uri, dist: vscode.Uri): string {
    const { webview } = this.panel;
    return dashboardHtml({
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'dashboard.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(media, 'dashboard.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      title: vscode.l10n.t('CDAS dashboard'),
    });
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
    if (this.shownRun === null) throw new ExpectedError(vscode.l10n.t('No run is shown yet.'));
    return this.shownRun;
  }

  private async carryOut(intent: DashboardIntent): Promise<void> {
    if ('problem' in intent) {
      const step = 'step' in intent ? { step: intent.step } : {};
      await vscode.commands.executeCommand(problemCommands[intent.kind], { run: this.shownRun, problem: intent.problem, ...step });
      return;
    }
    if (intent.kind === 'selectRun') {
      const chosen = await vscode.commands.executeCommand(commandIds.selectRun, ...(intent.run === undefined ? [] : [{ run: intent.run }]));
      if (typeof chosen === 'string') this.show(chosen);
      return;
    }
    await vscode.commands.executeCommand(runCommands[intent.kind], { run: this.shownRun });
  }

  private async send(): Promise<void> {
    const widthPx = this.widthPx;
    if (widthPx === null || !this.isOnScreen()) return;
    const view = await this.view(widthPx);
    this.setTitle();
    if (this.isOnScreen()) this.channel?.tell('state', view);
  }

  private async view(widthPx: number): Promise<DashboardView> {
    const { engine, runs } = this.sources;
    this.shownRun ??= runs.active?.id ?? null;
    const run = this.shownRun;
    if (run === null) {
      return { kind: 'empty', message: vscode.l10n.t('No run has been found yet. Open the folder that your training job writes to, or add a run root.'), runs: [] };
    }
    try {
      return { kind: 'run', state: await engine.call('dashboard', { run, widthPx, metrics: this.metrics }), readOnlyReason: refusalToWrite(engine)?.message ?? null };
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
    this.panel.title = run ? vscode.l10n.t('CDAS: {0}', run.name) : 'CDAS';
  }
}
