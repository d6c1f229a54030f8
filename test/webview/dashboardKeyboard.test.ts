import assert from 'node:assert/strict';
import type { OpenDashboard, PageOptions } from './dashboardPage';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const sample = sampleRun({ steps: 30, problems: 350, batch: 24 });
const metrics = { available: ['kl', 'loss'], series: ['kl', 'loss'].map((name) => ({ name, step: [1, 2], value: [1, 2], points: 2, files: [] })), notes: [], advice: null };

describe('the keyboard on the dashboard', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  async function open(options: PageOptions = {}): Promise<void> {
    dashboard = await openPage({ sample, ...options });
    await dashboard.show({ kind: 'run', state: { ...sample.state, metrics }, readOnlyReason: null });
    await dashboard.page.locator('[data-row="0"] bdi').first().waitFor();
  }

  it('stays on the button that was pressed, while it rests and after', async () => {
    let answer: () => void = () => undefined;
    await open({ handlers: { intent: () => new Promise<void>((resolve) => (answer = resolve)) } });
    const pin = dashboard.page.locator('[data-row="0"] .decisionButtons button').first();
    const isFocused = (): Promise<boolean> => pin.evaluate((button) => button === document.activeElement);
    await pin.press('Enter');
    await dashboard.page.locator('[data-row="0"] button[aria-busy="true"]').waitFor();
    assert.equal(await isFocused(), true);
    answer();
    await dashboard.page.locator('[data-row="0"] button[aria-busy="true"]').waitFor({ state: 'detached' });
    assert.equal(await isFocused(), true);
  });

  it('reaches with Tab the buttons of the current row only', async () => {
    await open();
    await dashboard.page.focus('[data-row="0"]');
    await dashboard.page.keyboard.press('ArrowDown');
    await dashboard.page.locator('[data-row="1"]:focus').waitFor();
    const rows = await dashboard.page.locator('[data-row] button').evaluateAll((buttons) => buttons.flatMap((button) => ((button as HTMLButtonElement).tabIndex < 0 ? [] : [button.closest<HTMLElement>('[data-row]')?.dataset['row']])));
    assert.deepEqual(rows, ['1', '1', '1', '1']);
  });

  it('moves a chart’s slider as screen readers expect: up and right are on, down and left are back', async () => {
    await open();
    for (const chart of ['#competence', '#scatter']) {
      const slider = dashboard.page.locator(`${chart} .plotControl`);
      const places: number[] = [];
      for (const key of ['Home', 'ArrowUp', 'PageUp', 'ArrowDown', 'PageDown']) {
        await slider.press(key);
        await dashboard.settle();
        places.push(Number(await slider.getAttribute('aria-valuenow')));
      }
      assert.deepEqual(places, [1, 2, 12, 11, 1]);
    }
  });

  it('finds no slider below its least value', async () => {
    await open();
    const sliders = await dashboard.page.getByRole('slider').evaluateAll((found) => found.map((slider) => Number(slider.ariaValueNow) >= Number(slider.ariaValueMin)));
    assert.deepEqual(sliders.filter((fits) => !fits), []);
    assert.ok(sliders.length > 3);
  });

  it('goes back from the groups of a step to the chart they were opened in', async () => {
    await open();
    await dashboard.page.press('#gradient .plotControl', 'Enter');
    await dashboard.page.locator('#groups:focus').waitFor();
    await dashboard.page.keyboard.press('Escape');
    await dashboard.page.locator('#gradient .plotControl:focus').waitFor();
    assert.equal(await dashboard.page.locator('#groups').count(), 0);
  });

  it('goes back from a problem to the chart or to the row it was opened in', async () => {
    await open();
    for (const [opener, key] of [['#scatter .plotControl', 'ArrowRight'], ['[data-row="0"]', 'ArrowDown']] as const) {
      await dashboard.page.press(opener, key);
      await dashboard.settle();
      await dashboard.page.keyboard.press('Enter');
      await dashboard.page.focus('#card button');
      await dashboard.page.keyboard.press('Escape');
      await dashboard.page.locator(`${opener.replace('0', '1')}:focus`).waitFor();
    }
  });

  it('goes on to the next series when one is taken off', async () => {
    await open();
    await dashboard.page.press('#metrics .chip >> nth=0', 'Enter');
    assert.equal(await dashboard.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Remove loss');
    await dashboard.page.press('#metrics .chip >> nth=1', 'Enter');
    assert.equal(await dashboard.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Remove kl');
  });
});
