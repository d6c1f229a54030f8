import assert from 'node:assert/strict';
import type { OpenDashboard, PageOptions } from './dashboardPage';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const sample = sampleRun({ steps: 30, problems: 350, batch: 24 });

/** What the played VS Code keeps for the page. */
interface KeptPlace {
  readonly keptLayout: { readonly place: { readonly search: string; readonly listTop: number; readonly pageTop: number } };
}

describe('where a person is in the dashboard', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  async function open(options: PageOptions = {}): Promise<void> {
    dashboard = await openPage({ sample, ...options });
    await dashboard.show({ kind: 'run', state: sample.state, readOnlyReason: null });
    await dashboard.page.locator('[data-row="0"] bdi').first().waitFor();
  }

  it('brings the groups of an opened step to the person, and closes them with Escape', async () => {
    await open({ width: 700, height: 600 });
    await dashboard.page.focus('#competence .plotControl');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('#groups:focus').waitFor();
    const { y } = (await dashboard.page.locator('#groups h2').boundingBox())!;
    assert.ok(y >= 0 && y < 600, `the groups stand at ${y} px`);
    await dashboard.page.keyboard.press('Escape');
    await dashboard.settle();
    assert.equal(await dashboard.page.locator('#groups').count(), 0);
  });

  it('comes back, after the page was torn down, where the person was', async () => {
    await open({ height: 600 });
    await dashboard.page.fill('.search', 'h:');
    await dashboard.page.waitForFunction(() => (window as unknown as KeptPlace).keptLayout.place.search === 'h:');
    await dashboard.page.locator('.virtual').evaluate((list) => list.scrollTo(0, 1500));
    await dashboard.page.locator('[data-row="52"] bdi').first().waitFor();
    await dashboard.page.click('[data-row="52"]');
    const chosen = await dashboard.page.textContent('#card h2');
    await dashboard.page.waitForFunction(() => {
      const { place } = (window as unknown as KeptPlace).keptLayout;
      return place.pageTop === window.scrollY && place.pageTop > 0 && place.listTop === document.querySelector('.virtual')?.scrollTop;
    });
    const pageTop = await dashboard.page.evaluate(() => window.scrollY);
    const keptLayout = await dashboard.keptLayout();
    await dashboard.close();
    dashboard = await openPage({ sample, height: 600, keptLayout });
    await dashboard.show({ kind: 'run', state: sample.state, readOnlyReason: null });
    await dashboard.page.locator('[data-row="52"] bdi').first().waitFor();
    assert.equal(await dashboard.page.textContent('#card h2'), chosen);
    assert.equal(await dashboard.page.inputValue('.search'), 'h:');
    assert.equal(await dashboard.page.evaluate(() => window.scrollY), pageTop);
    assert.equal(((await dashboard.keptLayout()) as { run: string }).run, sample.state.run.id);
  });

  it('gives the focus back to the row whose card is closed', async () => {
    await open();
    await dashboard.page.click('[data-row="3"]');
    await dashboard.page.locator('#card [aria-label="Close"]').press('Enter');
    await dashboard.page.locator('[data-row="3"]:focus').waitFor();
  });

  it('forgets the selection when another run is shown', async () => {
    await open();
    await dashboard.page.click('[data-row="0"]');
    const other = { ...sample.state, run: { ...sample.state.run, id: 'run-2', name: 'other' } };
    await dashboard.show({ kind: 'run', state: other, readOnlyReason: null });
    await dashboard.page.locator('h1 bdi:text-is("other")').waitFor();
    assert.equal(await dashboard.page.locator('#card').count(), 0);
  });
});
