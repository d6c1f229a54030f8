import * as vscode from 'vscode';
import { filesLike, proposeMapping } from '../core/mappingProposal';
import { ExpectedError } from '../protocol/channel';
import type { Configuration } from './configuration';
import { assertTrusted } from './decisions/writeGuard';
import { RefusedError } from './refusedError';
import { showPassing } from './report';

const sampledLines = 50;

/** Proposes how the open JSONL file may be read as a rollout log, and keeps the proposal in the settings when it is wanted. */
export async function proposeFieldMapping(configuration: Configuration): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== 'file') {
    throw new ExpectedError(vscode.l10n.t('Open a JSONL log first: the mapping is proposed from its first rows.'));
  }
  const proposed = proposeMapping(rowsOf(document), filesLike(document.uri.fsPath));
  if (proposed === null) {
    throw new RefusedError(
      vscode.l10n.t('No field of the first rows is named like a prompt or an id, or none like a reward. Name the fields in cdasLens.fieldMapping yourself, such as {0}', `{"${filesLike(document.uri.fsPath)}": {"prompt": "input.text", "reward": "score", "step": "iter"}}`),
      [{ title: vscode.l10n.t('Open Setting'), command: 'workbench.action.openSettings', arguments: ['cdasLens.fieldMapping'] }],
    );
  }
  const save = vscode.l10n.t('Save to Settings');
  const detail = Object.entries(proposed.fields).map(([name, path]) => `${name}: ${path}`).join('\n');
  const question = vscode.l10n.t('Read files like {0} this way?', proposed.glob);
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, save)) !== save) return;
  assertTrusted();
  await configuration.set('fieldMapping', { ...configuration.get('fieldMapping'), [proposed.glob]: proposed.fields });
  showPassing(vscode.l10n.t('CDAS: saved to the setting cdasLens.fieldMapping; the runs are searched again'));
}

function rowsOf(document: vscode.TextDocument): unknown[] {
  const rows: unknown[] = [];
  for (let line = 0; line < Math.min(document.lineCount, sampledLines); line++) {
    try {
      rows.push(JSON.parse(document.lineAt(line).text));
    } catch {
      // A blank or damaged line says nothing about the fields.
    }
  }
  return rows;
}
