import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import { proseDirectory, rolloutUriScheme } from '../ids';
import { resolveProblems, type TargetSources } from '../decisions/problemTargets';
import { requireRun } from '../runs/requireRun';
import { rolloutDocument } from './rolloutText';
import { ReadOnlyFiles } from './readOnlyFiles';

/** Read-only documents with the rollouts of a group: plain text, since what the model wrote is not to be trusted. */
export class RolloutDocuments implements vscode.Disposable {
  private readonly files: ReadOnlyFiles;

  constructor(private readonly sources: TargetSources) {
    this.files = new ReadOnlyFiles({ scheme: rolloutUriScheme, textOf: (uri) => this.textOf(uri), runs: sources.runs, log: sources.log });
  }

  /**
   * Opens the rollouts of the problem that a command is about: of the step it names, else of the last one with rollouts.
   * Those that are open already are read again: the step may have gone on, and the problem may have been relabelled.
   */
  async show(args: readonly unknown[]): Promise<void> {
    const { engine, runs } = this.sources;
    const target = await resolveProblems(args, this.sources);
    const id = target?.problems[0];
    if (!target || id === undefined) return;
    const run = target.run ?? (await requireRun(runs)).id;
    const step = stepOf(args[0]);
    // Asked first, so that an error is a message and not an empty editor.
    const group = await engine.call('rollouts', { run, id, step });
    const uri = vscode.Uri.from({
      scheme: rolloutUriScheme,
      path: `${proseDirectory}${vscode.l10n.t('step {0}', group.step)} ${id.replace(/[^\w:~-]/g, '_').slice(0, 40)}.txt`,
      query: JSON.stringify({ run, id, step: group.step }),
    });
    this.files.refresh(uri);
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: isRecord(args[0]) });
  }

  dispose(): void {
    this.files.dispose();
  }

  private async textOf({ query }: vscode.Uri): Promise<string> {
    const wanted: unknown = JSON.parse(query);
    if (!isRecord(wanted)) return '';
    const { run, id, step } = wanted;
    if (typeof run !== 'string' || typeof id !== 'string') return '';
    const known = await requireRun(this.sources.runs, [{ run }]);
    return rolloutDocument(await this.sources.engine.call('rollouts', { run: known.id, id, step: typeof step === 'number' ? step : null }));
  }
}

/** The step of a group of the runs view, or of what a dashboard asks for. */
function stepOf(asked: unknown): number | null {
  if (!isRecord(asked)) return null;
  const { step } = isRecord(asked['group']) ? asked['group'] : asked;
  return typeof step === 'number' ? step : null;
}
