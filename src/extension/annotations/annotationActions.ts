import * as vscode from 'vscode';
import type { CommandId } from '../ids';
import { commandIds } from '../ids';
import type { Annotator } from './annotator';

/** The kind under which the lightbulb lists the decisions. */
export const decisionActionKind = vscode.CodeActionKind.Refactor.append('cdas');

/** Pin, Exclude, Relabel and Clear in the lightbulb of a dataset line, as far as they would change something. */
export class AnnotationActions implements vscode.CodeActionProvider {
  constructor(private readonly annotator: Annotator) {}

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const annotation = await this.annotator.annotateLine(document, range.start.line);
    if (annotation === null) return [];
    const { membership, relabelledTo, run } = annotation.problem;
    const action = (title: string, command: CommandId): vscode.CodeAction => {
      const made = new vscode.CodeAction(title, decisionActionKind);
      made.command = { command, title, arguments: [{ run: run.id, problem: annotation.id }] };
      return made;
    };
    return [
      ...(membership === 'pin' ? [] : [action(vscode.l10n.t('Pin problem (CDAS)'), commandIds.pin)]),
      ...(membership === 'exclude' ? [] : [action(vscode.l10n.t('Exclude problem (CDAS)'), commandIds.exclude)]),
      action(vscode.l10n.t('Relabel problem… (CDAS)'), commandIds.relabel),
      ...(membership === 'normal' && relabelledTo === null ? [] : [action(vscode.l10n.t('Clear problem (CDAS)'), commandIds.clear)]),
    ];
  }
}
