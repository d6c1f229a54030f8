import * as vscode from 'vscode';
import type { RecomputeReport } from '../protocol/engineApi';
import type { Engine } from './engine/engineClient';
import { commandIds } from './ids';
import { recomputeText } from './recomputeText';
import { showResult } from './report';
import { requireRun } from './runs/requireRun';
import type { RunStore } from './runs/runStore';

/** Reads a run's logs again from the first byte, with progress and a way to cancel, and says what changed. */
export async function recompute(engine: Engine, runs: RunStore, args: readonly unknown[]): Promise<RecomputeReport> {
  const run = await requireRun(runs, args);
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: vscode.l10n.t('Recomputing difficulty of {0}', run.name) },
    (progress, token) => {
      let done = 0;
      return engine.call('recompute', { run: run.id }, {
        onProgress: (fraction) => {
          progress.report({ increment: Math.max(0, (fraction - done) * 100) });
          done = Math.max(done, fraction);
        },
        onStart: (cancel) => token.onCancellationRequested(cancel),
      });
    },
  );
  const next =
    report.steps === 0
      ? { title: vscode.l10n.t('Examine Log'), command: commandIds.examineLog }
      : { title: vscode.l10n.t('Open Dashboard'), command: commandIds.openDashboard };
  showResult(recomputeText(report), [{ ...next, arguments: [{ run: run.id }] }]);
  return report;
}
