import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient';
import { RefusedError } from '../refusedError';

/** Throws a RefusedError, with the button that helps, in Restricted Mode. */
export function assertTrusted(): void {
  const refusal = refusalInRestrictedMode();
  if (refusal) throw refusal;
}

/** Throws a RefusedError, with the button that helps, where no decision may be written. */
export function assertCanWrite(engine: Pick<EngineClient, 'configured'>): void {
  const refusal = refusalToWrite(engine);
  if (refusal) throw refusal;
}

/** Why no decision may be written, with the button that helps; null where one may. */
export function refusalToWrite(engine: Pick<EngineClient, 'configured'>): RefusedError | null {
  const refusal = refusalInRestrictedMode();
  if (refusal || engine.configured?.canWrite !== false) return refusal;
  return new RefusedError(
    vscode.l10n.t('No folder is open, so there is no place for decisions. Open the folder of your training job, or set cdasLens.curationDirectory to an absolute path.'),
    [{ title: vscode.l10n.t('Open Folder…'), command: 'workbench.action.files.openFolder' }],
  );
}

function refusalInRestrictedMode(): RefusedError | null {
  if (vscode.workspace.isTrusted) return null;
  return new RefusedError(
    vscode.l10n.t('This folder is open in Restricted Mode: CDAS Lens reads it but writes nothing to it. Trust the workspace to write decisions.'),
    [{ title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }],
  );
}
