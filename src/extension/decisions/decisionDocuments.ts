import * as vscode from 'vscode';
import { decisionsText, type ProblemDecision } from '../../engine/views/decisionsText';
import type { Engine } from '../engine/engineClient';
import { decisionsUriScheme } from '../ids';
import { ReadOnlyFiles } from '../documents/readOnlyFiles';
import type { Log } from '../log';
import type { RunStore } from '../runs/runStore';

const uri = vscode.Uri.from({ scheme: decisionsUriScheme, path: '/Decisions.txt' });

/** The read-only document that lists the decisions as they stand with the trainer of the active run; it follows the receipts. */
export class DecisionDocuments implements vscode.Disposable {
  private readonly files: ReadOnlyFiles;
  private readonly subscriptions: { dispose(): void }[];

  constructor(
    private readonly engine: Engine,
    private readonly runs: RunStore,
    log: Log,
  ) {
    this.files = new ReadOnlyFiles({ scheme: decisionsUriScheme, textOf: async () => decisionsText(await this.ask()), runs, log });
    this.subscriptions = [
      this.files,
      engine.on('curationChanged', () => this.files.refresh(uri)),
      // Decisions lapse at steps.
      runs.onDidChange(() => this.files.refresh(uri)),
    ];
  }

  /** Opens the list, or brings the open one up to date. */
  async show(): Promise<readonly ProblemDecision[]> {
    // Asked first, so that an error is a message and not an empty editor.
    const decisions = await this.ask();
    this.files.refresh(uri);
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
