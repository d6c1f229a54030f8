import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import { nextBatchText } from '../../engine/batch/nextBatchText';
import { ExpectedError } from '../../protocol/channel';
import type { ChoiceReport, NextBatch } from '../../protocol/nextBatch';
import { nextBatchUriScheme } from '../ids';
import { resolveProblems, type TargetSources } from '../decisions/problemTargets';
import { requireRun } from '../runs/requireRun';
import { ReadOnlyFiles } from './readOnlyFiles';

/** A live run may finish steps faster than anyone reads. */
const settleMs = 500;

interface Wanted {
  readonly run: string;
  readonly problem: string | null;
}

/** Read-only documents that show the next batch of a run, with the reasons; those that are open follow the run and the decisions. */
export class NextBatchDocuments implements vscode.Disposable {
  private readonly files: ReadOnlyFiles;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly sources: TargetSources) {
    const { engine, runs, log } = sources;
    this.files = new ReadOnlyFiles({ scheme: nextBatchUriScheme, textOf: (uri) => this.textOf(uri), runs, log });
    const soon = (): void => {
      this.timer ??= setTimeout(() => this.refreshOpen(), settleMs);
    };
    this.subscriptions = [
      this.files,
      engine.on('runChanged', soon),
      engine.on('curationChanged', soon),
      { dispose: () => clearTimeout(this.timer) },
    ];
  }

  /** Shows the next batch of the run that a command names, else of the active one. */
  async preview(args: readonly unknown[]): Promise<NextBatch> {
    const run = await requireRun(this.sources.runs, args);
    return this.open({ run: run.id, problem: null });
  }

  /** Shows why the problem that a command names, or that is picked, is in the next batch or not. */
  async explain(args: readonly unknown[]): Promise<ChoiceReport | undefined> {
    const target = await resolveProblems(args, this.sources);
    const problem = target?.problems[0];
    if (!target || problem === undefined) return undefined;
    const run = target.run ?? (await requireRun(this.sources.runs)).id;
    const { asked, ...batch } = await this.open({ run, problem });
    return asked === null ? undefined : { choice: asked, batch };
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async open(wanted: Wanted): Promise<NextBatch> {
    // Asked first, so that an error is a message and not an empty editor.
    const shown = await this.ask(wanted);
    if (wanted.problem !== null && shown.asked === null) throw new ExpectedError(vscode.l10n.t('The run has not seen this problem yet.'));
    const name = [vscode.l10n.t('Next batch'), ...(wanted.problem === null ? [] : [wanted.problem]), shown.run.name];
    const uri = vscode.Uri.from({
      scheme: nextBatchUriScheme,
      path: `/${name.join(' ').replace(/[^\w.:~ -]/g, '_').slice(0, 80)}.txt`,
      query: JSON.stringify(wanted),
    });
    this.files.refresh(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
    return shown;
  }

  private async textOf(uri: vscode.Uri): Promise<string> {
    const wanted = wantedBy(uri);
    if (wanted === null) return '';
    const run = await requireRun(this.sources.runs, [{ run: wanted.run }]);
    return nextBatchText(await this.ask({ ...wanted, run: run.id }));
  }

  private ask(wanted: Wanted): Promise<NextBatch> {
    return this.sources.engine.call('nextBatch', { ...wanted, size: null });
  }

  private refreshOpen(): void {
    this.timer = undefined;
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === nextBatchUriScheme) this.files.refresh(uri);
  }
}

function wantedBy(uri: vscode.Uri): Wanted | null {
  const wanted: unknown = JSON.parse(uri.query);
  if (!isRecord(wanted) || typeof wanted['run'] !== 'string') return null;
  return { run: wanted['run'], problem: typeof wanted['problem'] === 'string' ? wanted['problem'] : null };
}
