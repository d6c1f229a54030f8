// A window in which no folder is open.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { projectRoot } from '../support/vscodeHost/paths.mjs';
import { openWindow, runCommand, waitForWebview } from '../support/window.mjs';

describe('A window without a folder', function () {
  this.timeout(120_000);
  let window;

  before(async () => {
    window = await openWindow({ settings: { 'cdasLens.runRoots': ['my-runs', join(projectRoot, 'test/fixtures/runs/verl_v07')] } });
  });

  after(() => window?.close());

  it('says of a relative run root that no folder is open for it to start at', async () => {
    await runCommand(window.page, 'CDAS: Focus on Runs View');
    const message = window.page.locator('.part.sidebar .tree-explorer-viewlet-tree-view .message').filter({ hasText: 'my-runs' });
    await message.waitFor({ timeout: 30_000 });
    assert.match(await message.innerText(), /starts at a folder, and no folder is open\. Open the folder, or write an absolute path/);
  });

  it('says on the dashboard that there is no place for decisions, and not that the window is restricted', async () => {
    await window.page.locator('.part.sidebar [role="treeitem"]').first().waitFor({ timeout: 30_000 });
    await runCommand(window.page, 'CDAS: Open Dashboard');
    const frame = await waitForWebview(window.page, '.notices');
    assert.match(await frame.locator('.notices').innerText(), /No folder is open, so there is no place for decisions/);
  });
});
