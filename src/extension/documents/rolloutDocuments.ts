import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import type { Engine } from '../engine/engineClient';
import { rolloutUriScheme } from '../ids';
import { resolveProblems, type TargetSources } from '../decisions/problemTargets';
import { requireRun } from '../runs/requireRun';
import { rolloutDocument } from './rolloutText';
import { showProse } from './textDocuments';

/** Read-only documents with the rollouts of a group: plain text, since what the model wrote is not to be trusted. */
export class RolloutDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(rolloutUriScheme, this);

  constructor(private readonly engine: Engine) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const wanted: unknown = JSON.parse(uri.query);
    if (!isRecord(wanted)) return '';
    const { run, id, step } = wanted;
    if (typeof run !== 'string' || typeof id !== 'string') return '';
    return rolloutDocument(await this.engine.call('rollouts', { run, id, step: typeof step === 'number' ? step : null }));
  }

  /**
   * Opens the rollouts of the problem that a command is about: of the step it names, else of the last one with rollouts.
   * Those that are open already are read again: the step may have gone on, and the problem may have been relabelled.
   */
  async show(args: readonly unknown[], sources: TargetSources): Promise<void> {
    const target = await resolveProblems(args, sources);
    const id = target?.problems[0];
    if (!target || id === undefined) return;
    const run = target.run ?? (await requireRun(sources.runs)).id;
    const step = stepOf(args[0]);
    // Asked first, so that an error is a message and not an empty editor.
    const group = await this.engine.call('rollouts', { run, id, step });
    const uri = vscode.Uri.from({
      scheme: rolloutUriScheme,
      path: `/${vscode.l10n.t('step {0}', group.step)} ${id.replace(/[^\w:~-]/g, '_').slice(0, 40)}.txt`,
      query: JSON.stringify({ run, id, step: group.step }),
    });
    this.changed.fire(uri);
    await showProse(uri, { preserveFocus: isRecord(args[0]) });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** The step of a group of the runs view, or of what a dashboard asks for. */
function stepOf(asked: unknown): number | null {
  if (!isRecord(asked)) return null;
  const { step } = isRecord(asked['group']) ? asked['group'] : asked;
  return typeof step === 'number' ? step : null;
}
