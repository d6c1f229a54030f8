import * as vscode from 'vscode';
import { datasetLanguages } from '../ids';
import { isDataset } from './datasetDetection';

/** Rows from the top that are looked at; blank lines and a damaged row do not matter. */
const sampledLines = 20;

interface Known {
  readonly handle: number;
  readonly head: string;
  readonly dataset: boolean;
}

/** Which open documents are JSON-lines datasets, and a number for each that links can carry instead of a path. */
export class DatasetDocuments implements vscode.Disposable {
  private readonly known = new Map<string, Known>();
  private nextHandle = 1;
  private readonly subscription = vscode.workspace.onDidCloseTextDocument((document) => {
    this.known.delete(document.uri.toString());
  });

  isDataset(document: vscode.TextDocument): boolean {
    return this.look(document)?.dataset ?? false;
  }

  /** The number of a dataset document; it names the document until it is closed. */
  handleOf(document: vscode.TextDocument): number | null {
    return this.look(document)?.handle ?? null;
  }

  byHandle(handle: number): vscode.TextDocument | null {
    return vscode.workspace.textDocuments.find((document) => this.known.get(document.uri.toString())?.handle === handle) ?? null;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private look(document: vscode.TextDocument): Known | null {
    const jsonLines = datasetLanguages.some((language) => language === document.languageId);
    if (document.uri.scheme !== 'file' || !jsonLines) return null;
    const key = document.uri.toString();
    const head = headOf(document);
    const before = this.known.get(key);
    if (before?.head === head) return before;
    const now = { handle: before?.handle ?? this.nextHandle++, head, dataset: isDataset(linesOf(document)) };
    this.known.set(key, now);
    return now;
  }
}

function* linesOf(document: vscode.TextDocument): Generator<string> {
  for (let line = 0; line < Math.min(sampledLines, document.lineCount); line++) yield document.lineAt(line).text;
}

/** Changes whenever the sampled rows may have become something else, and is cheap to compare. */
function headOf(document: vscode.TextDocument): string {
  return Array.from(linesOf(document), (text) => `${text.length}:${text.slice(0, 200)}`).join('\n');
}
