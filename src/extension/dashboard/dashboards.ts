import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import { refusalToWrite } from '../decisions/writeGuard';
import type { EngineClient } from '../engine/engineClient';
import type { Focus } from '../focus';
import { dashboardViewType } from '../ids';
import type { Log } from '../log';
import { inBackground } from '../report';
import type { RunStore } from '../runs/runStore';
import { dashboardHtml } from './dashboardHtml';
import { DashboardPanel } from './dashboardPanel';

const openRunsKey = 'cdasLens.openDashboards';

/** What dashboards draw from, and where their files are. */
export interface DashboardSources {
  readonly engine: EngineClient;
  readonly runs: RunStore;
  readonly log: Log;
  readonly extensionUri: vscode.Uri;
}

/** The open dashboards, one per run; brings them back after a reload of the window. */
export class Dashboards implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Set<DashboardPanel>();
  private readonly subscriptions: { dispose(): void }[];

  /** The runs whose dashboards were open before the reload and have not come back yet. */
  private readonly runsToRestore: string[];

  constructor(
    private readonly sources: DashboardSources,
    private readonly focus: Focus,
    private readonly memory: vscode.Memento,
  ) {
    const { engine, runs } = sources;
    this.runsToRestore = [...memory.get<readonly string[]>(openRunsKey, [])];
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(dashboardViewType, this),
      engine.on('curationChanged', () => this.refresh(null)),
      engine.on('runChanged', ({ run }) => this.refresh(run)),
      runs.onDidChange((change) => {
        if (change.list) this.refresh(null);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh(null)),
    ];
  }

  /** Shows the dashboard of a run, the open one if there is one; without a run, an empty one that waits for the first. */
  show(run: string | null): void {
    const known = [...this.open].find((dashboard) => dashboard.run === run || dashboard.run === null);
    if (known) {
      if (run !== null) known.show(run);
      known.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(dashboardViewType, 'CDAS', vscode.ViewColumn.Active);
    this.adopt(panel, run);
  }

  /** Called by VS Code after a reload, with what the page kept by `setState`: its run, or else one that was open. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const run = isRecord(state) && typeof state['run'] === 'string' ? state['run'] : this.runsToRestore[0];
    const place = this.runsToRestore.indexOf(run ?? '');
    if (place >= 0) this.runsToRestore.splice(place, 1);
    this.adopt(panel, run ?? null);
    return Promise.resolve();
  }

  /** Lets go of the panels without closing them: at a reload VS Code brings them back. */
  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const dashboard of this.open) dashboard.dispose();
  }

  private adopt(panel: vscode.WebviewPanel, run: string | null): void {
    const { engine, extensionUri } = this.sources;
    const media = vscode.Uri.joinPath(extensionUri, 'media');
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    panel.iconPath = vscode.Uri.joinPath(media, 'activity.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media, dist] };
    const dashboard = new DashboardPanel(panel, run, {
      ...this.sources,
      execute: (command, ...args) => vscode.commands.executeCommand(command, ...args),
      readOnlyReason: () => refusalToWrite(engine)?.message ?? null,
    });
    // Last: the page asks as soon as it is there.
    panel.webview.html = page(panel.webview, media, dist);
    this.open.add(dashboard);
    panel.onDidDispose(() => {
      this.open.delete(dashboard);
      dashboard.dispose();
      this.openChanged();
    });
    panel.onDidChangeViewState(() => this.openChanged());
    this.openChanged();
  }

  private refresh(run: string | null): void {
    for (const dashboard of this.open) {
      if (run === null || dashboard.run === null || dashboard.run === run) dashboard.refresh();
    }
    this.openChanged();
  }

  /** Tells the engine what is on screen, and keeps what is open for after a reload. */
  private openChanged(): void {
    const openRuns = [...this.open].flatMap((dashboard) => (dashboard.run === null ? [] : [dashboard.run]));
    const kept = [...openRuns, ...this.runsToRestore];
    if (kept.join('\n') !== this.memory.get<readonly string[]>(openRunsKey, []).join('\n')) {
      inBackground(this.memory.update(openRunsKey, kept), this.sources.log);
    }
    const onScreen = [...this.open].filter((dashboard) => dashboard.panel.visible);
    this.focus.set('dashboards', onScreen.flatMap((dashboard) => (dashboard.run === null ? [] : [dashboard.run])));
  }
}

function page(webview: vscode.Webview, media: vscode.Uri, dist: vscode.Uri): string {
  return dashboardHtml({
    scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'dashboard.js')).toString(),
    styleUri: webview.asWebviewUri(vscode.Uri.joinPath(media, 'dashboard.css')).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    title: vscode.l10n.t('CDAS dashboard'),
  });
}
