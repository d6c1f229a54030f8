import assert from 'node:assert/strict';
import type { TextDocument } from 'vscode';
import { commands, window } from 'vscode';
import { commandIds, nextBatchUriScheme } from '../../src/extension/ids';
import type { ChoiceReport, NextBatch } from '../../src/protocol/nextBatch';
import { lastStep, trainMore } from './demo';
import { until } from './until';

async function shown(what: string): Promise<TextDocument> {
  return until(what, () => [window.activeTextEditor?.document].find((document) => document?.uri.scheme === nextBatchUriScheme && document.getText() !== ''));
}

/** Preview Next Batch and Explain Why a Problem Is Chosen open a document that follows the run. */
export function defineNextBatchTests(): void {
  describe('Preview Next Batch', () => {
    after(() => commands.executeCommand('workbench.action.closeAllEditors'));

    it('shows the batch after the last step of the active run, and follows the run', async () => {
      const batch = await commands.executeCommand<NextBatch>(commandIds.previewNextBatch);
      assert.equal(batch.currentStep, lastStep());
      assert.equal(batch.batch.length, batch.size);
      const document = await shown('the next batch');
      assert.equal(document.languageId, 'plaintext');
      assert.match(document.getText(), new RegExp(`(expected|exact) for step ${lastStep() + 1}`));
      for (const { problem } of batch.batch) assert.ok(document.getText().includes(problem));
      const step = await trainMore(1);
      await until(`the batch for step ${step + 1}`, () => document.getText().includes(`for step ${step + 1}`) || undefined);
    });

    it('says why one problem is chosen or not', async () => {
      const batch = await commands.executeCommand<NextBatch>(commandIds.previewNextBatch);
      const [gone] = batch.removed;
      const asked = gone ?? batch.batch[0];
      assert.ok(asked);
      const report = await commands.executeCommand<ChoiceReport>(commandIds.explainProblem, { run: batch.run.id, problem: asked.problem });
      assert.equal(report.choice.problem, asked.problem);
      const document = await until('the reason', () => [window.activeTextEditor?.document].find((open) => open?.getText().includes(`Problem ${asked.problem}\n`)));
      assert.match(document.getText(), report.choice.chosen ? /^- Chosen/m : /^- Not chosen/m);
    });
  });
}
