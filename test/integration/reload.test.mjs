// What outlives a reload of the window. It is worked from outside, because the extension host ends with the window.
import assert from 'node:assert/strict';
import { makeDemoWorkspace } from '../support/demoRun.mjs';
import { openWindow, runCommand, waitForWebview } from '../support/window.mjs';

describe('Reload of the window', function () {
  this.timeout(120_000);
  let workspace;
  let window;

  before(async () => {
    workspace = await makeDemoWorkspace(5);
    window = await openWindow({ folder: workspace.folder });
    await runCommand(window.page, 'CDAS: Open Dashboard');
  });

  after(async () => {
    await window?.close();
    await workspace?.remove();
  });

  const dashboard = () => waitForWebview(window.page, '#competence');

  it('finds the dashboard as it was left', async () => {
    await (await dashboard()).locator('#competence header button').click();
    await (await dashboard()).locator('#competence tbody tr').first().waitFor();
    // VS Code keeps the state of a window every few seconds, not at its end.
    await window.page.waitForTimeout(6000);
    await window.page.reload();
    const rows = (await dashboard()).locator('#competence tbody tr');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 5);
  });

  it('finds the reports as they were left', async () => {
    const { page } = window;
    const shown = (text) => page.locator('.editor-instance .view-lines').filter({ hasText: text }).first().waitFor({ timeout: 30_000 });
    await runCommand(page, 'CDAS: Examine Log');
    await shown('Pass rates: yes');
    await page.waitForTimeout(6000);
    await page.reload();
    await shown('Pass rates: yes');
    // Its long lines are wrapped, as they were.
    await page.locator('.statusbar-item').filter({ hasText: 'CDAS Lens Text' }).waitFor();
  });

  it('keeps within the content security policy of the dashboard', () => {
    assert.deepEqual(window.violations.filter((each) => each.inWebview).map((each) => each.text), []);
  });
});
