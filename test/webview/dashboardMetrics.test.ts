import assert from 'node:assert/strict';
import type { DashboardMetrics, MetricColumns } from '../../src/protocol/metrics';
import { niceTicks } from '../../src/webview/parts/niceTicks';
import { formatFigure } from '../../src/webview/parts/format';
import { canvasInk, tableTexts } from './canvas';
import type { OpenDashboard } from './dashboardPage';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const sample = sampleRun({ steps: 40, problems: 60, batch: 16 });
const hostile = '"><img src=x onerror="document.title=1">\u202e/metric';

function metric(name: string, valueAt: (step: number) => number | null): MetricColumns {
  const step = Array.from({ length: 40 }, (_, index) => index + 1);
  return { name, step, value: step.map(valueAt), points: step.length, files: ['demo/metrics.jsonl'] };
}

const entropy = metric('actor/entropy', (step) => (step === 20 ? null : 1 / step));
const loss = metric('actor/loss', (step) => -1e-7 * step);
const metrics: DashboardMetrics = {
  available: ['actor/entropy', 'actor/kl', 'actor/loss', hostile],
  series: [entropy, loss],
  notes: [{ file: 'demo/metrics.jsonl', note: 'Skipped 2 lines that are not JSON objects.' }],
  advice: null,
};
const view = (shown: DashboardMetrics) => ({ kind: 'run', state: { ...sample.state, metrics: shown }, readOnlyReason: null }) as const;

describe('training metrics on the dashboard', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  beforeEach(async () => {
    dashboard = await openPage({ sample });
    await dashboard.show(view(metrics));
  });

  it('are each drawn on a scale of their own', async () => {
    const plots = dashboard.page.locator('#metrics canvas');
    assert.equal(await plots.count(), 2);
    for (const plot of ['.metricPlot:nth-of-type(1)', '.metricPlot:nth-of-type(2)']) {
      const { inColour } = await canvasInk(dashboard.page, `#metrics ${plot} canvas`, '#62b5f5');
      assert.ok(inColour > 100, `${plot}: ${inColour} pixels`);
    }
    assert.match((await plots.nth(1).getAttribute('aria-label'))!, /^actor\/loss over steps 1 to 40: now −4e-6, (rising|falling|steady)\.$/u);
  });

  it('say from which file they come and what was wrong with it', async () => {
    const basis = await dashboard.page.innerText('#metrics .basis');
    assert.equal(basis, '4 series found. Drawn from demo/metrics.jsonl. demo/metrics.jsonl: Skipped 2 lines that are not JSON objects.');
  });

  it('follow the cross-hair of the other charts', async () => {
    await dashboard.page.focus('#competence .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.settle();
    assert.deepEqual(await dashboard.page.locator('.metricValue').allInnerTexts(), ['1 at step 1', '−1e-7 at step 1']);
    assert.equal(await dashboard.page.locator('#metrics .crosshair:not([hidden])').count(), 2);
  });

  it('are added from a list, and the choice is kept with the panel', async () => {
    await dashboard.page.selectOption('#metrics select', { label: 'actor/kl' });
    await dashboard.settle();
    assert.deepEqual(dashboard.askedMetrics, [null, ['actor/entropy', 'actor/loss', 'actor/kl']]);
    assert.deepEqual(((await dashboard.keptLayout()) as { metrics: unknown }).metrics, ['actor/entropy', 'actor/loss', 'actor/kl']);
    assert.equal(await dashboard.page.inputValue('#metrics select'), '');
  });

  it('are taken off by their chip', async () => {
    await dashboard.page.click('#metrics .chip[aria-label="Remove actor/entropy"]');
    await dashboard.settle();
    assert.deepEqual(dashboard.askedMetrics.at(-1), ['actor/loss']);
  });

  it('are asked for with what was kept, damaged entries left out', async () => {
    const kept = await openPage({ sample, keptLayout: { metrics: ['a', 7, 'b'] } });
    assert.deepEqual(kept.askedMetrics, [['a', 'b']]);
  });

  it('are no more than four', async () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => metric(name, (step) => step));
    await dashboard.show(view({ ...metrics, available: ['a', 'b', 'c', 'd', 'e'], series: four }));
    assert.equal(await dashboard.page.isDisabled('#metrics select'), true);
  });

  it('stand in a table, a step a row, with a dash where a value was not finite', async () => {
    await dashboard.page.click('#metrics header button');
    const rows = await tableTexts(dashboard.page, '#metrics');
    assert.deepEqual([rows.length, rows[0], rows[20]], [40, ['40', '0.025', '−4e-6'], ['20', '–', '−2e-6']]);
  });

  it('with hostile names stay text', async () => {
    await dashboard.show(view({ ...metrics, series: [metric(hostile, (step) => step)] }));
    assert.equal(await dashboard.page.innerText('.metricName'), hostile);
    assert.equal(await dashboard.page.title(), 'dashboard');
    assert.equal(await dashboard.page.locator('img').count(), 0);
  });

  it('where there are none, say what to switch on', async () => {
    await dashboard.show({ kind: 'run', state: sample.state, readOnlyReason: null });
    assert.equal(await dashboard.page.innerText('#metrics .missing'), 'No metrics were found beside this log. Switch metrics on.');
  });

  it('open the nearest step that the log has', async () => {
    const sparse = { ...metric('late', (step) => step), step: [60], value: [1], points: 1 };
    await dashboard.show(view({ ...metrics, series: [sparse] }));
    await dashboard.page.focus('#metrics .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.page.keyboard.press('Enter');
    assert.match(await dashboard.page.innerText('#groups h2'), /40/u);
  });
});

describe('the scale of a metric', () => {
  it('has round ends around its values', () => {
    assert.deepEqual(niceTicks([0.12, null, 0.49]), [0.1, 0.2, 0.3, 0.4, 0.5]);
    assert.deepEqual(niceTicks([-3e-7, -1e-8]), [-3e-7, -2e-7, -1e-7, 0]);
    assert.deepEqual(niceTicks([1200, 5200]), [1000, 2000, 3000, 4000, 5000, 6000]);
  });

  it('has room around a value that never changes', () => {
    const ticks = niceTicks([0.4, 0.4]);
    assert.ok(ticks[0]! < 0.4 && ticks.at(-1)! > 0.4);
    assert.deepEqual(niceTicks([0]), [-1, -0.5, 0, 0.5, 1]);
    assert.deepEqual(niceTicks([null]), [0, 0.5, 1]);
  });

  it('writes figures of every size short', () => {
    assert.deepEqual([0.5812345, 1234.56, -0.00001234, 12_345_678, 0, null, 1e-4].map(formatFigure), ['0.5812', '1\u202f235', '−1.23e-5', '1.23e+7', '0', '–', '1e-4']);
  });

  it('sets the thousands of its figures apart, and shows no digit that was not measured', () => {
    assert.deepEqual([999.96, 123_456.7, -2048, 999_999].map(formatFigure), ['1\u202f000', '123\u202f457', '−2\u202f048', '999\u202f999']);
  });
});
