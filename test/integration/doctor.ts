import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { commandIds, doctorUriScheme, proseLanguageId } from '../../src/extension/ids';
import { lastStep } from './demo';
import { until } from './until';

/** Examine Log opens what the log supports as a document that cannot be edited. */
export function defineDoctorTests(): void {
  describe('Examine Log', () => {
    after(() => commands.executeCommand('workbench.action.closeActiveEditor'));

    it('says what the log of the active run is and supports', async () => {
      await commands.executeCommand(commandIds.examineLog);
      const document = await until('the report', () => [window.activeTextEditor?.document].find((shown) => shown?.uri.scheme === doctorUriScheme));
      assert.equal(document.languageId, proseLanguageId);
      const text = document.getText();
      assert.match(text, new RegExp(`- ${lastStep()} steps?, 1 to ${lastStep()}`));
      assert.match(text, /^- Pass rates: yes\. /m);
      assert.match(text, /file logger, \d+ series/);
    });
  });
}
