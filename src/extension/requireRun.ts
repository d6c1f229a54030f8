import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import { ExpectedError } from '../protocol/channel';
import type { RunStore } from './runStore';

/**
 * The active run. Where none is known yet, the roots are searched first: a command may be what started the extension.
 * Throws, saying what to do, where there is none.
 */
export async function requireRun(runs: RunStore): Promise<RunSummary> {
  if (!runs.active) await runs.refresh({ rescan: true });
  if (runs.active) return runs.active;
  throw new ExpectedError(
    vscode.l10n.t('No run has been found yet. Open the folder that your training job writes to, or use "CDAS: Add Run Root…".'),
  );
}
