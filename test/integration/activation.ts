import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import { commandIds } from '../../src/extension/ids';

const extensionId = 'cdas-lens.cdas-lens';

/** The extension is there, starts, and every command it names exists. */
export function defineActivationTests(): void {
  describe('Activation', () => {
    it('activates in this workspace', async () => {
      const extension = extensions.getExtension(extensionId);
      assert.ok(extension, `${extensionId} is not installed`);
      await extension.activate();
      assert.equal(extension.isActive, true);
    });

    it('registers every command it names', async () => {
      const registered = new Set(await commands.getCommands(true));
      const missing = Object.values(commandIds).filter((id) => !registered.has(id));
      assert.deepEqual(missing, []);
    });
  });
}
