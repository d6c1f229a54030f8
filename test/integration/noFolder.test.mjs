// A window in which no folder is open.
import assert from 'node:assert/strict';
import { openWindow, runCommand } from '../support/window.mjs';

describe('A window without a folder', function () {
  this.timeout(120_000);
  let window;

  before(async () => {
    window = await openWindow({ settings: { 'cdasLens.runRoots': ['my-runs'] } });
  });

  after(() => window?.close());

  it('says of a relative run root that no folder is open for it to start at', async () => {
    await runCommand(window.page, 'CDAS: Focus on Runs View');
    const message = window.page.locator('.part.sidebar .tree-explorer-viewlet-tree-view .message').filter({ hasText: 'my-runs' });
    await message.waitFor({ timeout: 30_000 });
    assert.match(await message.innerText(), /starts at a folder, and no folder is open\. Open the folder, or write an absolute path/);
  });
});
