import * as vscode from 'vscode';
import { datasetLanguages } from '../ids';
import { AnnotationActions, decisionActionKind } from './annotationActions';
import type { DecorationSources } from './annotationDecorations';
import { AnnotationDecorations } from './annotationDecorations';
import { AnnotationHover } from './annotationHover';

/** Everything that shows on the lines of a dataset file: figures, hover and lightbulb. */
export function registerAnnotations(sources: DecorationSources): vscode.Disposable {
  const { annotator, configuration } = sources;
  const selector = datasetLanguages.map((language) => ({ language, scheme: 'file' }));
  return vscode.Disposable.from(
    new AnnotationDecorations(sources),
    vscode.languages.registerHoverProvider(selector, new AnnotationHover(annotator, configuration)),
    vscode.languages.registerCodeActionsProvider(selector, new AnnotationActions(annotator), { providedCodeActionKinds: [decisionActionKind] }),
  );
}
