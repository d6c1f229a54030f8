import * as vscode from 'vscode';
import type { Focus } from '../focus';
import { commandIds } from '../ids';
import type { RunStore } from './runStore';
import { runTooltip, statusBarText, stepTooltip } from './runText';

/** Step, competence and zero-gradient share of the active run; hidden while there is none. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('cdasLens.status', vscode.StatusBarAlignment.Left, 10);
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly runs: RunStore,
    private readonly focus: Focus,
  ) {
    this.item.name = 'CDAS Lens';
    this.item.command = { command: commandIds.openDashboard, title: vscode.l10n.t('Open Dashboard') };
    this.subscription = runs.onDidChange(() => this.update());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const run = this.runs.active;
    this.focus.set('activeRun', run === null ? [] : [run.id]);
    if (run === null) {
      this.item.hide();
      return;
    }
    const text = statusBarText(run);
    this.item.text = `$(graph-line) CDAS ${text}`;
    this.item.tooltip = new vscode.MarkdownString([...(run.latest === null ? [] : [stepTooltip(run.latest)]), runTooltip(run)].join('\n\n'));
    this.item.accessibilityInformation = { label: `CDAS ${text}` };
    this.item.show();
  }
}
