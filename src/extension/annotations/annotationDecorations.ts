import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { LineAnnotation } from '../../protocol/engineApi';
import { Coalescer } from '../coalescer';
import type { Configuration } from '../configuration';
import { standingOf } from '../decisions/decisionText';
import type { Engine } from '../engine/engineClient';
import { colorIds, contextKeys } from '../ids';
import type { Log } from '../log';
import { inBackground } from '../report';
import type { RunStore } from '../runs/runStore';
import { annotationText, isFaint } from './annotationText';
import type { Annotator } from './annotator';
import type { AnnotationPlaces } from './viewport';
import { annotationPlaces, linesToAnnotate } from './viewport';

/** What the decorations draw from. */
export interface DecorationSources {
  readonly annotator: Annotator;
  readonly engine: Engine;
  readonly runs: RunStore;
  readonly configuration: Configuration;
  readonly log: Log;
}

/** So much dataset text is sent to the engine at a time. */
const budgetChars = 1_000_000;
/** Typing and scrolling come in bursts. */
const settleMs = 80;
/** A live run may finish steps faster than anyone reads. */
const runChangeMs = 500;

const colorOf = {
  normal: colorIds.annotation,
  pinned: colorIds.pinned,
  excluded: colorIds.excluded,
  relabelled: colorIds.relabelled,
} as const;

/** The figures on the visible lines of dataset editors, kept up to date with the run, the decisions and the text. */
export class AnnotationDecorations implements vscode.Disposable {
  private readonly figures = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  private readonly excludedLine = vscode.window.createTextEditorDecorationType({ isWholeLine: true, opacity: '0.55' });
  private readonly updater = new Coalescer(() => this.updateAll());
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly sources: DecorationSources) {
    const { engine, runs, configuration } = sources;
    this.subscriptions = [
      this.figures,
      this.excludedLine,
      this.updater,
      { dispose: () => clearTimeout(this.timer) },
      vscode.window.onDidChangeVisibleTextEditors(() => this.soon(0)),
      vscode.window.onDidChangeActiveTextEditor(() => this.soon(0)),
      vscode.window.onDidChangeTextEditorVisibleRanges(() => this.soon(settleMs)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (vscode.window.visibleTextEditors.some((editor) => editor.document === document)) this.soon(settleMs);
      }),
      configuration.onDidChange(() => this.soon(0)),
      engine.on('curationChanged', () => this.soon(0)),
      runs.onDidChange((change) => {
        if (change.list || change.runs.has(runs.active?.id ?? '')) this.soon(runChangeMs);
      }),
    ];
    this.soon(0);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** An update that is already due sooner is not put off: a busy run must not starve the reader. */
  private soon(ms: number): void {
    if (this.timer !== undefined && ms > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.updater.request();
    }, ms);
  }

  private async updateAll(): Promise<void> {
    const { documents } = this.sources.annotator;
    const active = vscode.window.activeTextEditor;
    const isDatasetEditor = active !== undefined && documents.isDataset(active.document);
    inBackground(vscode.commands.executeCommand('setContext', contextKeys.datasetEditor, isDatasetEditor), this.sources.log);
    await Promise.all(vscode.window.visibleTextEditors.map((editor) => this.update(editor)));
  }

  private async update(editor: vscode.TextEditor): Promise<void> {
    const { annotator, configuration, log } = this.sources;
    if (!configuration.get('annotations.enabled') || !annotator.documents.isDataset(editor.document)) {
      this.draw(editor, []);
      return;
    }
    const { document } = editor;
    const visible = editor.visibleRanges.map((range) => ({ first: range.start.line, last: range.end.line }));
    const lengthOf = (line: number): number => document.lineAt(line).text.length;
    const lines = linesToAnnotate(visible, { lineCount: document.lineCount, lengthOf }, budgetChars);
    const { version } = document;
    try {
      const annotations = await annotator.annotate(document, lines);
      // Lines have moved meanwhile: the change has asked for another update.
      if (document.version === version) this.draw(editor, [...annotations.values()]);
    } catch (error) {
      log.warn(`The dataset could not be annotated: ${messageOf(error)}`);
    }
  }

  private draw(editor: vscode.TextEditor, annotations: readonly LineAnnotation[]): void {
    const { configuration } = this.sources;
    const recent = configuration.get('annotations.recentVisits');
    const lengthOf = (line: number): number => editor.document.lineAt(line).text.length;
    const places = annotationPlaces(configuration.get('annotations.position'), annotations.map(({ line }) => lengthOf(line)));
    const texts = annotations.map(({ problem }) => annotationText(problem, recent));
    const column = { places, width: columnWidth(annotations, texts) };
    const wholeLine = (line: number): vscode.Range => new vscode.Range(line, 0, line, lengthOf(line));
    editor.setDecorations(
      this.figures,
      annotations.map((annotation, index) => ({
        range: wholeLine(annotation.line),
        renderOptions: figuresLook(annotation, texts[index] ?? '', column),
      })),
    );
    const excluded = annotations.filter(({ problem }) => problem.membership === 'exclude');
    editor.setDecorations(this.excludedLine, excluded.map(({ line }) => wholeLine(line)));
  }
}

/** The width of a column before the lines. Decided rows, few and long, may stick out. */
function columnWidth(annotations: readonly LineAnnotation[], texts: readonly string[]): number {
  const undecided = texts.filter((_, index) => annotations[index]?.problem.decisions.length === 0);
  return Math.ceil(Math.max(0, ...undecided.map((text) => text.length)) / 4) * 4;
}

function figuresLook(
  annotation: LineAnnotation,
  text: string,
  column: { readonly places: AnnotationPlaces; readonly width: number },
): vscode.DecorationInstanceRenderOptions {
  const look = {
    color: new vscode.ThemeColor(colorOf[standingOf(annotation.problem)]),
    ...(isFaint(annotation.problem) ? { fontStyle: 'italic' } : {}),
  };
  const before = { ...look, contentText: text.padEnd(column.width, '\u00a0'), margin: '0 2ch 0 0' };
  const after = { ...look, contentText: text, margin: '0 0 0 3ch' };
  return { ...(column.places.start ? { before } : {}), ...(column.places.end ? { after } : {}) };
}
