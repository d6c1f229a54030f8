// A folder without any run, and the first run that appears in it.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { trainDemo } from '../support/demoRun.mjs';
import { makeTemporaryDirectory } from '../support/vscodeHost/paths.mjs';
import { openWindow, runCommand } from '../support/window.mjs';

describe('A folder without a run', function () {
  this.timeout(120_000);
  let parent;
  let folder;
  let window;

  before(async () => {
    parent = makeTemporaryDirectory('empty');
    folder = join(parent, 'project');
    mkdirSync(folder);
    window = await openWindow({ folder });
    await runCommand(window.page, 'CDAS: Focus on Runs View');
  });

  after(async () => {
    await window?.close();
    rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
  });

  it('is answered with what to do', async () => {
    const welcome = window.page.locator('.part.sidebar .welcome-view-content').filter({ hasText: 'No training run found' });
    await welcome.waitFor();
    assert.match(await welcome.innerText(), /Add Run Root/);
  });

  it('shows a run as soon as it has written its first rollouts', async () => {
    await trainDemo(folder, 2);
    await window.page.locator('.part.sidebar [role="treeitem"][aria-label*="step 2"]').first().waitFor({ timeout: 30_000 });
  });
});
