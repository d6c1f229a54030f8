import * as vscode from 'vscode';
import { runUriScheme } from './ids';
import { runUri } from './runItems';
import type { RunStore } from './runStore';
import { completenessText } from './runText';

/** The badge of a run whose log does not hold everything that was generated. */
export class RunBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly runs: RunStore) {
    this.subscriptions = [
      this.changed,
      vscode.window.registerFileDecorationProvider(this),
      runs.onDidChange((change) => {
        this.changed.fire(runs.runs.filter((run) => change.list || change.runs.has(run.id)).map(runUri));
      }),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== runUriScheme) return undefined;
    const run = this.runs.find(uri.path.slice(1));
    if (run?.completeness !== 'survivors' && run?.completeness !== 'gaps') return undefined;
    const badge = run.completeness === 'survivors' ? 'S' : 'G';
    return new vscode.FileDecoration(badge, completenessText(run.completeness), new vscode.ThemeColor('list.warningForeground'));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
