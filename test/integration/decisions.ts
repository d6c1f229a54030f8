import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { commands, window } from 'vscode';
import { isRecord } from '../../src/core/json';
import type { ProblemDecision } from '../../src/engine/views/decisionsText';
import { commandIds, decisionsUriScheme } from '../../src/extension/ids';
import { curationLines, demoUri } from './demo';
import { until } from './until';

/** Show Decisions lists where each decision stands with the trainer, and follows its receipts. */
export function defineDecisionsTests(): void {
  describe('Show Decisions', () => {
    after(() => commands.executeCommand('workbench.action.closeAllEditors'));

    it('lists a pending decision, and why the trainer does not follow it once a receipt says so', async () => {
      await commands.executeCommand(commandIds.exclude, { run: null, problem: 'no-such-problem' });
      const decisions = await commands.executeCommand<readonly ProblemDecision[]>(commandIds.showDecisions);
      assert.equal(decisions.at(-1)?.state, 'pending');
      const document = await until('the list', () => [window.activeTextEditor?.document].find((shown) => shown?.uri.scheme === decisionsUriScheme));
      assert.match(document.getText(), /PENDING: [^]*no-such-problem/);
      const sampler: unknown = JSON.parse(readFileSync(demoUri('.cdas', 'sampler.json').fsPath, 'utf8'));
      assert.ok(isRecord(sampler));
      const { generation, digest } = sampler;
      const receipt = { schema: 'cdas-receipt/1', at: new Date(Date.now() + 1000).toISOString(), generation, digest, appliedAtStep: 9999, unmatched: ['no-such-problem'], adapter: 'test', run: '' };
      appendFileSync(demoUri('.cdas', 'receipts.jsonl').fsPath, `${JSON.stringify(receipt)}\n`);
      await until('the reason', () => /NOT FOUND BY THE TRAINER [^]*dataset does not contain this problem[^]*no-such-problem/.test(document.getText()) || undefined);
    });

    it('undoes nothing for a run that is gone', async () => {
      const count = curationLines('decisions.jsonl').length;
      assert.equal(await commands.executeCommand(commandIds.undo, { run: 'gone' }), undefined);
      assert.equal(curationLines('decisions.jsonl').length, count);
    });
  });
}
