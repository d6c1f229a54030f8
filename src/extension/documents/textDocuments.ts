import * as vscode from 'vscode';
import { proseLanguageId } from '../ids';

/** Shows a read-only document in a preview tab, its long lines wrapped. */
export async function showProse(uri: vscode.Uri, options: { readonly preserveFocus?: boolean } = {}): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, proseLanguageId), { preview: true, ...options });
}
