import * as vscode from 'vscode';
import { decisionsText, type ProblemDecision } from '../../engine/views/decisionsText';
import type { Engine } from '../engine/engineClient';
import { decisionsUriScheme } from '../ids';
import type { RunStore } from '../runs/runStore';

const uri = vscode.Uri.from({ scheme: decisionsUriScheme, path: '/Decisions.txt' });

/** The read-only document that lists the decisions as they stand with the trainer of the active run; it follows the receipts. */
export class DecisionDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: { dispose(): void }[];

  constructor(
    private readonly engine: Engine,
    private readonly runs: RunStore,
  ) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(decisionsUriScheme, this),
      engine.on('curationChanged', () => this.changed.fire(uri)),
      // Decisions lapse at steps.
      runs.onDidChange(() => this.changed.fire(uri)),
    ];
  }

  async provideTextDocumentContent(): Promise<string> {
    return decisionsText(await this.ask());
  }

  /** Opens the list, or brings the open one up to date. */
  async show(): Promise<readonly ProblemDecision[]> {
    // Asked first, so that an error is a message and not an empty editor.
    const decisions = await this.ask();
    this.changed.fire(uri);
    // Not wrapped: a table stands in it.
    await vscode.window.showTextDocument(uri, { preview: true });
    return decisions;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private ask(): Promise<readonly ProblemDecision[]> {
    return this.engine.call('decisions', { run: this.runs.active?.id ?? null });
  }
}
