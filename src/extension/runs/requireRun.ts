import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/run';
import { commandIds } from '../ids';
import { RefusedError } from '../report';
import type { RunStore } from './runStore';

/**
 * The active run. Where none is known yet, the roots are searched first: a command may be what started the extension.
 * Throws, saying what to do, where there is none.
 */
export async function requireRun(runs: RunStore): Promise<RunSummary> {
  if (!runs.active) await runs.refresh({ rescan: true });
  if (runs.active) return runs.active;
  throw new RefusedError(vscode.l10n.t('No run has been found yet. Open the folder that your training job writes to, or add a directory to search for runs.'), [
    { title: vscode.l10n.t('Add Run Root…'), command: commandIds.addRunRoot },
    { title: vscode.l10n.t('How Runs Are Found'), command: commandIds.openDocs },
  ]);
}
