import { commands } from 'vscode';
import { commandIds } from '../../src/extension/ids';
import { lastStep } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

/** Recompute Difficulty reads the run's logs again. */
export function defineRecomputeTests(): void {
  describe('Recompute Difficulty', () => {
    itInDrivenWindow('says how many steps it rated and what changed', async () => {
      await commands.executeCommand(commandIds.recompute);
      await commands.executeCommand('notifications.showList');
      await until('its report', async () => {
        const messages = await ui<string[]>('texts', { selector: '[class^=notifications-] .notification-list-item-message' });
        return messages.find((message) => message.includes(`${lastStep()} steps`) && message.includes('Nothing changed'));
      });
    });
  });
}
