import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { commands, window } from 'vscode';
import { isRecord } from '../../src/core/json';
import type { ProblemDecision } from '../../src/engine/views/decisionsText';
import { commandIds, decisionsUriScheme } from '../../src/extension/ids';
import { demoUri } from './demo';
import { itInDrivenWindow, ui } from './ui';
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
      const written = (): string => readFileSync(demoUri('.cdas', 'decisions.jsonl').fsPath, 'utf8');
      const before = written();
      assert.equal(await commands.executeCommand(commandIds.undo, { run: 'gone' }), undefined);
      assert.equal(written(), before);
    });

    itInDrivenWindow('says in plain words why .gitattributes cannot be written', async () => {
      const folder = demoUri('.cdas', '.gitattributes').fsPath;
      mkdirSync(folder);
      try {
        await commands.executeCommand(commandIds.writeGitAttributes);
        await commands.executeCommand('notifications.showList');
        const message = await until('the refusal', async () => {
          const messages = await ui<string[]>('texts', { selector: '[class^=notifications-] .notification-list-item-message' });
          return messages.find((each) => each.includes('a directory has that name'));
        });
        assert.match(message, /^Could not read /);
      } finally {
        rmdirSync(folder);
      }
    });
  });
}
