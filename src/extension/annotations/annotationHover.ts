import * as vscode from 'vscode';
import type { Configuration } from '../configuration';
import type { CommandId } from '../ids';
import { commandIds } from '../ids';
import type { Annotator } from './annotator';
import { problemFigures, problemHistory } from './hoverText';

const linkCommands: readonly CommandId[] = [commandIds.pin, commandIds.exclude, commandIds.relabel, commandIds.clear, commandIds.showRollouts, commandIds.explainProblem, commandIds.openDashboard];

/** Everything known of the problem on a dataset line, and links to decide on it. */
export class AnnotationHover implements vscode.HoverProvider {
  constructor(
    private readonly annotator: Annotator,
    private readonly configuration: Configuration,
  ) {}

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    if (!this.configuration.get('annotations.enabled')) return null;
    const annotation = await this.annotator.annotateLine(document, position.line);
    const handle = this.annotator.documents.handleOf(document);
    if (annotation === null || handle === null) return null;
    // Strings with untrusted text run no commands, the one that runs commands holds no untrusted text. It stands in the
    // middle: a hover shows a few lines, and the rest only to those who scroll.
    const figures = new vscode.MarkdownString(problemFigures(annotation.problem, await this.annotator.explain(annotation)));
    const history = new vscode.MarkdownString(problemHistory(annotation.problem));
    return new vscode.Hover([figures, links(handle, position.line), history], document.lineAt(position.line).range);
  }
}

function links(document: number, line: number): vscode.MarkdownString {
  const target = encodeURIComponent(JSON.stringify([{ document, line }]));
  const link = (title: string, command: CommandId, query = `?${target}`): string => `[${title}](command:${command}${query})`;
  const markdown = new vscode.MarkdownString(
    [
      link(vscode.l10n.t('Pin'), commandIds.pin),
      link(vscode.l10n.t('Exclude'), commandIds.exclude),
      link(vscode.l10n.t('Relabel…'), commandIds.relabel),
      link(vscode.l10n.t('Clear'), commandIds.clear),
      link(vscode.l10n.t('Rollouts'), commandIds.showRollouts),
      link(vscode.l10n.t('Next batch'), commandIds.explainProblem),
      link(vscode.l10n.t('Dashboard'), commandIds.openDashboard, ''),
    ].join(' · '),
  );
  markdown.isTrusted = { enabledCommands: linkCommands };
  return markdown;
}
