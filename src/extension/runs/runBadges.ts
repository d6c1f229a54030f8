import * as vscode from 'vscode';
import type { Completeness } from '../../protocol/run';
import { runUriScheme } from '../ids';
import { runUri } from './runItems';
import type { RunStore } from './runStore';
import { completenessText } from './runText';

/** The badges of the active run, where there are others, and of a run whose log does not hold everything that was generated. */
export class RunBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly runs: RunStore) {
    this.subscriptions = [
      this.changed,
      vscode.window.registerFileDecorationProvider(this),
      runs.onDidChange(() => {
        // Another run may have become the active one.
        this.changed.fire(runs.runs.map(runUri));
      }),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== runUriScheme) return undefined;
    const run = this.runs.find(uri.path.slice(1));
    if (run === null) return undefined;
    const badges = [...(this.runs.runs.length > 1 && this.runs.active === run ? [activeBadge()] : []), ...incompleteBadge(run.completeness)];
    if (badges.length === 0) return undefined;
    const warns = badges.some(({ warning }) => warning);
    return new vscode.FileDecoration(
      badges.map(({ letter }) => letter).join(''),
      badges.map(({ text }) => text).join(', '),
      warns ? new vscode.ThemeColor('list.warningForeground') : undefined,
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

interface Badge {
  readonly letter: string;
  readonly text: string;
  readonly warning: boolean;
}

function activeBadge(): Badge {
  return { letter: '●', text: vscode.l10n.t('active: shown in the status bar and on dataset rows'), warning: false };
}

function incompleteBadge(completeness: Completeness): readonly Badge[] {
  if (completeness !== 'survivors' && completeness !== 'gaps') return [];
  return [{ letter: completeness === 'survivors' ? 'S' : 'G', text: completenessText(completeness), warning: true }];
}
