import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import { doctorLines } from '../../engine/doctor/doctorText';
import type { DoctorReport } from '../../protocol/doctor';
import type { Engine } from '../engine/engineClient';
import { doctorUriScheme, proseDirectory } from '../ids';
import type { Log } from '../log';
import { requireRun } from '../runs/requireRun';
import type { RunStore } from '../runs/runStore';
import { ReadOnlyFiles } from './readOnlyFiles';

/** Read-only documents that say what a run's log is, which figures it supports, and what would make it better. */
export class DoctorDocuments implements vscode.Disposable {
  private readonly files: ReadOnlyFiles;

  constructor(
    private readonly engine: Engine,
    private readonly runs: RunStore,
    log: Log,
  ) {
    this.files = new ReadOnlyFiles({ scheme: doctorUriScheme, textOf: (uri) => this.textOf(uri), runs, log });
  }

  /** Examines the run that a command names, else the active one, and opens the report; an open one is brought up to date. */
  async show(args: readonly unknown[]): Promise<DoctorReport> {
    const run = await requireRun(this.runs, args);
    const title = vscode.l10n.t('Examining the log of {0}', run.name);
    // Asked first, so that an error is a message and not an empty editor.
    const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => this.engine.call('doctor', { run: run.id }));
    const uri = vscode.Uri.from({ scheme: doctorUriScheme, path: `${proseDirectory}${vscode.l10n.t('Log of {0}', run.name).replace(/[^\w.:~ -]/g, '_').slice(0, 60)}.txt`, query: JSON.stringify({ run: run.id }) });
    this.files.refresh(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
    return report;
  }

  dispose(): void {
    this.files.dispose();
  }

  private async textOf({ query }: vscode.Uri): Promise<string> {
    const wanted: unknown = JSON.parse(query);
    if (!isRecord(wanted) || typeof wanted['run'] !== 'string') return '';
    const run = await requireRun(this.runs, [{ run: wanted['run'] }]);
    return documentOf(await this.engine.call('doctor', { run: run.id }));
  }
}

function documentOf(report: DoctorReport): string {
  return `${doctorLines(report).join('\n')}\n`;
}
