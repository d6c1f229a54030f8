import type * as vscode from 'vscode';
import type { LineAnnotation } from '../../protocol/engineApi';
import type { ChoiceReport } from '../../protocol/nextBatch';
import type { Engine } from '../engine/engineClient';
import { explainedChoice } from '../decisions/explainedChoice';
import type { RunStore } from '../runs/runStore';
import type { DatasetDocuments } from './datasetDocuments';

/** Asks the engine what the active run knows of lines of a dataset document. */
export class Annotator {
  constructor(
    readonly documents: DatasetDocuments,
    private readonly engine: Engine,
    private readonly runs: RunStore,
  ) {}

  /** Facts by line; lines that are no dataset rows are missing. Empty without a run or in another kind of document. */
  async annotate(document: vscode.TextDocument, lines: readonly number[]): Promise<ReadonlyMap<number, LineAnnotation>> {
    const run = this.runs.active;
    if (run === null || !this.documents.isDataset(document)) return new Map();
    const texts = lines
      .filter((line) => line >= 0 && line < document.lineCount)
      .map((line) => ({ line, text: document.lineAt(line).text }))
      .filter(({ text }) => text.trim() !== '');
    if (texts.length === 0) return new Map();
    const annotations = await this.engine.call('annotate', { run: run.id, lines: texts });
    return new Map(annotations.map((annotation) => [annotation.line, annotation]));
  }

  /** Whether the next batch holds the problem of a line and why; null where no next batch can be shown. */
  explain({ id, problem }: LineAnnotation): Promise<ChoiceReport | null> {
    return explainedChoice(this.engine, problem.run.id, id);
  }

  /** Facts for one line, null where there are none. */
  async annotateLine(document: vscode.TextDocument, line: number): Promise<LineAnnotation | null> {
    return (await this.annotate(document, [line])).get(line) ?? null;
  }
}
