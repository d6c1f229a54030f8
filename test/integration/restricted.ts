import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { commands, Selection, window, workspace } from 'vscode';
import { commandIds, runsViewId } from '../../src/extension/ids';
import { demoUri, lastStep } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

/** What holds in a workspace that the user has not trusted: everything is read, nothing is written. */
export function defineRestrictedTests(): void {
  describe('Restricted Mode', () => {
    it('is in force', () => {
      assert.equal(workspace.isTrusted, false);
    });

    itInDrivenWindow('still shows the run', async () => {
      await commands.executeCommand(`${runsViewId}.focus`);
      const step = lastStep();
      await until(`a run at step ${step}`, async () => {
        const labels = await ui<(string | null)[]>('attributes', { selector: '.part.sidebar [role="treeitem"]', name: 'aria-label' });
        return labels.find((label) => label?.includes(`step ${step}`));
      });
    });

    itInDrivenWindow('refuses to exclude a problem and says why', async () => {
      const editor = await window.showTextDocument(await workspace.openTextDocument(demoUri('train.jsonl')));
      editor.selection = new Selection(0, 0, 0, 0);
      // Not awaited: it ends only when its message is closed.
      void commands.executeCommand(commandIds.exclude);
      await commands.executeCommand('notifications.showList');
      await until('the refusal', async () => {
        const messages = await ui<string[]>('texts', { selector: '[class^=notifications-] .notification-list-item-message' });
        return messages.find((message) => message.includes('Restricted Mode'));
      });
    });

    it('refuses a run root before it asks for the directory', async () => {
      // With a dialog on screen this would wait for ever.
      assert.equal(await commands.executeCommand(commandIds.addRunRoot), undefined);
    });

    it('has written nothing', () => {
      assert.equal(existsSync(demoUri('.cdas/decisions.jsonl').fsPath), false);
      assert.equal(existsSync(demoUri('.cdas/sampler.json').fsPath), false);
    });
  });
}
