import assert from 'node:assert/strict';
import type { CodeAction } from 'vscode';
import { commands, Position, Range, Selection, window, workspace } from 'vscode';
import { demoUri } from './demo';
import { ui } from './ui';
import { until } from './until';

/** The figures on each visible line, as the browser draws them. */
const figures = `[...document.querySelectorAll('.editor-instance .view-line')].map((line) =>
  [...line.querySelectorAll('span[class*="ced-"]')].flatMap((part) =>
    ['::before', '::after'].map((place) => getComputedStyle(part, place).content)).join(' '))`;

/** Opens the demo's dataset with the cursor on a line. */
export async function openDataset(line = 0): Promise<void> {
  const editor = await window.showTextDocument(await workspace.openTextDocument(demoUri('train.jsonl')));
  editor.selection = new Selection(line, 0, line, 0);
  editor.revealRange(new Range(line, 0, line, 0));
}

/** Waits until the figures on one of the visible lines match. */
export async function annotation(pattern: RegExp): Promise<string> {
  return until(`an annotation like ${String(pattern)}`, async () => {
    const drawn = await ui<string[]>('evaluate', { expression: figures });
    const found = drawn.find((text) => pattern.test(text));
    if (found === undefined) throw new Error(`the lines show ${JSON.stringify(drawn.slice(0, 5))}`);
    return found;
  });
}

/** Runs the code action of a line whose title starts with `name`. */
export async function applyCodeAction(name: string, line = 0): Promise<void> {
  const range = new Range(new Position(line, 0), new Position(line, 0));
  const action = await until(`the code action ${name}`, async () => {
    const actions = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', demoUri('train.jsonl'), range);
    return actions.find(({ title }) => title.startsWith(name));
  });
  assert.ok(action.command, `${action.title} has no command`);
  // VS Code types the arguments as any[].
  const args = (action.command.arguments ?? []) as unknown[];
  await commands.executeCommand(action.command.command, ...args);
}
