import * as vscode from 'vscode';
import { isRecord } from '../../core/json';
import { doctorLines } from '../../engine/doctor/doctorText';
import type { DoctorReport } from '../../protocol/doctor';
import type { Engine } from '../engine/engineClient';
import { doctorUriScheme } from '../ids';
import { requireRun } from '../runs/requireRun';
import type { RunStore } from '../runs/runStore';
import { showProse } from './textDocuments';

/** Read-only documents that say what a run's log is, which figures it supports, and what would make it better. */
export class DoctorDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(doctorUriScheme, this);

  constructor(private readonly engine: Engine) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const wanted: unknown = JSON.parse(uri.query);
    if (!isRecord(wanted) || typeof wanted['run'] !== 'string') return '';
    return documentOf(await this.engine.call('doctor', { run: wanted['run'] }));
  }

  /** Examines the run that a command names, else the active one, and opens the report; an open one is brought up to date. */
  async show(args: readonly unknown[], runs: RunStore): Promise<DoctorReport> {
    const run = await requireRun(runs, args);
    const title = vscode.l10n.t('Examining the log of {0}', run.name);
    // Asked first, so that an error is a message and not an empty editor.
    const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => this.engine.call('doctor', { run: run.id }));
    const uri = vscode.Uri.from({ scheme: doctorUriScheme, path: `/${vscode.l10n.t('Log of {0}', run.name).replace(/[^\w.:~ -]/g, '_').slice(0, 60)}.txt`, query: JSON.stringify({ run: run.id }) });
    this.changed.fire(uri);
    await showProse(uri);
    return report;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

function documentOf(report: DoctorReport): string {
  return `${doctorLines(report).join('\n')}\n`;
}
