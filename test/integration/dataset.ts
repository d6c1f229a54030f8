import assert from 'node:assert/strict';
import type { CodeAction, TextEditor } from 'vscode';
import { commands, Position, Range, Selection, window, workspace } from 'vscode';
import { isRecord } from '../../src/core/json';
import { commandIds } from '../../src/extension/ids';
import { curationLines, demoUri, samplerProblems, trainMore } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

/** What stands at the end of each visible line, as the browser draws it. */
const lineEnds = `[...document.querySelectorAll('.editor-instance .view-line')].map((line) =>
  [...line.querySelectorAll('span[class*="ced-"]')].map((part) => getComputedStyle(part, '::after').content).join(' '))`;

const decidedLine = 0;

async function openDataset(): Promise<TextEditor> {
  const editor = await window.showTextDocument(await workspace.openTextDocument(demoUri('train.jsonl')));
  editor.selection = new Selection(decidedLine, 0, decidedLine, 0);
  editor.revealRange(new Range(decidedLine, 0, decidedLine, 0));
  return editor;
}

async function annotation(pattern: RegExp): Promise<string> {
  return until(`an annotation like ${String(pattern)}`, async () => {
    const ends = await ui<string[]>('evaluate', { expression: lineEnds });
    const found = ends.find((end) => pattern.test(end));
    if (found === undefined) throw new Error(`the lines end with ${JSON.stringify(ends.slice(0, 5))}`);
    return found;
  });
}

async function codeAction(name: string): Promise<CodeAction> {
  const range = new Range(new Position(decidedLine, 0), new Position(decidedLine, 0));
  return until(`the code action ${name}`, async () => {
    // The command is documented to answer with code actions or commands; only the former have an edit or a kind.
    const actions = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', demoUri('train.jsonl'), range);
    return actions.find((action) => action.title.startsWith(name));
  });
}

async function apply(action: CodeAction): Promise<void> {
  assert.ok(action.command, `${action.title} has no command`);
  // VS Code types the arguments as any[].
  const args = (action.command.arguments ?? []) as unknown[];
  await commands.executeCommand(action.command.command, ...args);
}

/** A decision on a dataset line goes out to the trainer and comes back. */
export function defineDatasetTests(): void {
  describe('Dataset file', () => {
    let excluded: string;

    before(openDataset);

    itInDrivenWindow('ends its visible lines with difficulty and recent pass rates', async () => {
      await annotation(/D [-−+]?0\.\d\d · (\d\/8 ?)+ · \d+ visits?/);
    });

    it('offers to exclude the problem on the line, and the decision is appended', async () => {
      const before = curationLines('decisions.jsonl').length;
      await apply(await codeAction('Exclude'));
      const decisions = curationLines('decisions.jsonl');
      assert.equal(decisions.length, before + 1);
      const last = decisions.at(-1)!;
      assert.equal(last['action'], 'exclude');
      assert.equal(last['schema'], 'cdas-decision/1');
      excluded = String(last['problem']);
    });

    it('compiles the decision into sampler.json', async () => {
      const entry = await until('the problem in sampler.json', () => samplerProblems().get(excluded));
      assert.ok(isRecord(entry));
      assert.equal(entry['membership'], 'exclude');
    });

    itInDrivenWindow('marks the line as pending while no receipt has come', async () => {
      await annotation(/excluded, pending/);
    });

    it('is obeyed by the trainer, which writes a receipt', async () => {
      await trainMore(2);
      const receipt = curationLines('receipts.jsonl').at(-1);
      assert.ok(receipt, 'no receipt was written');
      assert.equal(receipt['excluded'], 1);
    });

    itInDrivenWindow('turns the line to active from the step of the receipt', async () => {
      const step = String(curationLines('receipts.jsonl').at(-1)?.['appliedAtStep']);
      await annotation(new RegExp(`excluded, active from step ${step}\\b`));
    });

    it('takes the decision back on undo', async () => {
      await commands.executeCommand(commandIds.undo);
      assert.equal(curationLines('decisions.jsonl').at(-1)?.['action'], 'revert');
      await until('sampler.json without the problem', () => (samplerProblems().has(excluded) ? undefined : true));
    });
  });
}
