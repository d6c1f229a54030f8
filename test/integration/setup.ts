import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commands, window, workspace } from 'vscode';
import { commandIds, setupUriScheme } from '../../src/extension/ids';
import { until } from './until';

/** Set Up Training Job copies the Python package and shows the lines for the framework of the active run. */
export function defineSetupTests(): void {
  describe('Set Up Training Job', () => {
    after(() => commands.executeCommand('workbench.action.closeActiveEditor'));

    it('copies the package into the folder and shows the lines for the run’s framework', async () => {
      const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
      assert.ok(folder);
      assert.equal(await commands.executeCommand(commandIds.setUpTrainingJob), 'verl');
      assert.ok(existsSync(join(folder, 'cdas-lens-trainer/pyproject.toml')));
      assert.ok(readdirSync(join(folder, 'cdas-lens-trainer/cdas_lens')).includes('verl.py'));
      const document = await until('the lines', () => [window.activeTextEditor?.document].find((shown) => shown?.uri.scheme === setupUriScheme));
      assert.equal(document.languageId, 'markdown');
      assert.ok(document.getText().includes(`+data.cdas.dir=${join(folder, '.cdas')} `));
    });
  });
}
