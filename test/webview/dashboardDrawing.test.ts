import assert from 'node:assert/strict';
import { canvasColours, canvasInk, tableTexts } from './canvas';
import type { OpenDashboard } from './dashboardPage';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const sample = sampleRun({ steps: 140, problems: 400, batch: 32 });
const marks = [{ step: 41, label: '3 × exclude' }];
const view = { kind: 'run', state: { ...sample.state, marks }, readOnlyReason: null } as const;
const dark = { competence: '#ff9e3d', allPass: '#2f8f68', allFail: '#9a5aa8', mixed: '#34373b', mark: '#d7ba7d' };
const light = { competence: '#c2570c', allPass: '#7cc4a4' };

/** A number in a table cell: true minus and thin spaces undone. */
function numberIn(text: string): number {
  return Number(text.replace('\u2212', '-').replaceAll('\u202f', '').replace(' %', ''));
}

describe('dashboard drawing', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  beforeEach(async () => {
    dashboard = await openPage({ sample });
    await dashboard.show(view);
  });

  it('draws competence in its own colour over the whole width', async () => {
    const { inColour } = await canvasInk(dashboard.page, '#competence canvas', dark.competence);
    assert.ok(inColour > 300, `${inColour} pixels of competence`);
  });

  it('fills the band of groups completely with the three outcomes', async () => {
    const colours = await canvasColours(dashboard.page, '#gradient canvas');
    for (const colour of [dark.allPass, dark.mixed, dark.allFail]) assert.ok((colours.get(`${colour.slice(1)}ff`) ?? 0) > 500, `no ${colour}`);
  });

  it('draws the outcomes in the proportions of the snapshot', async () => {
    const colours = await canvasColours(dashboard.page, '#gradient canvas');
    const ink = (colour: string): number => colours.get(`${colour.slice(1)}ff`) ?? 0;
    const total = (counts: readonly (number | null)[]): number => counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const { allPass, allFail } = sample.state.series;
    // The pass rate runs through the mixed band only, so the outer two keep their areas.
    assert.ok(Math.abs(ink(dark.allPass) / ink(dark.allFail) / (total(allPass) / total(allFail)) - 1) < 0.1);
  });

  it('draws the heat map in many shades with competence on top', async () => {
    const colours = await canvasColours(dashboard.page, '#heatmap canvas');
    const solid = [...colours].filter(([colour, count]) => colour.endsWith('ff') && count > 20);
    assert.ok(solid.length > 12, `${solid.length} shades`);
    assert.ok((await canvasInk(dashboard.page, '#heatmap canvas', dark.competence)).inColour > 300);
  });

  it('draws the dots and the implied pass rate', async () => {
    const colours = await canvasColours(dashboard.page, '#scatter canvas');
    assert.ok(colours.size > 50, 'dots of several strengths');
    assert.ok((colours.get('ccccccff') ?? 0) > 100, 'the curve');
  });

  it('marks the step of a decision on every step chart', async () => {
    for (const panel of ['competence', 'gradient', 'heatmap']) {
      const { inColour } = await canvasInk(dashboard.page, `#${panel} canvas`, dark.mark);
      assert.ok(inColour > 60, `${panel}: ${inColour} pixels of marks`);
    }
  });

  it('describes each picture with its newest value and its trend', async () => {
    const labels = await dashboard.page.locator('canvas[role=img]').evaluateAll((all) => all.map((canvas) => canvas.getAttribute('aria-label') ?? ''));
    assert.equal(labels.length, 4);
    assert.match(labels[0]!, /steps 1 to 140: now [+−]?0\.\d\d, (rising|falling|steady)/u);
    assert.match(labels[1]!, /zero-gradient share now \d+ %, (rising|falling|steady)/u);
    assert.match(labels[2]!, /heat map of \d+ visited problems; competence now/u);
    assert.match(labels[3]!, /of \d+ problems\. Competence .* harder, \d+ easier/u);
  });

  it('shows the numbers of the competence chart as a table', async () => {
    await dashboard.page.click('#competence header button');
    const { series } = sample.state;
    const rows = await tableTexts(dashboard.page, '#competence');
    assert.equal(rows.length, 100);
    rows.forEach(([step, competence, target, passRate, groups, rollouts], row) => {
      const index = series.step.length - 1 - row;
      assert.equal(Number(step), series.step[index]);
      assert.ok(Math.abs(numberIn(competence!) - series.competence[index]!) <= 5.1e-5);
      assert.ok(Math.abs(numberIn(target!) / 100 - series.targetPassRate[index]!) <= 5.1e-4);
      assert.ok(Math.abs(numberIn(passRate!) / 100 - series.passRate[index]!) <= 5.1e-4);
      assert.deepEqual([numberIn(groups!), numberIn(rollouts!)], [series.groups[index], series.rollouts[index]]);
    });
  });

  it('pages its tables to the oldest step', async () => {
    await dashboard.page.click('#competence header button');
    await dashboard.page.click('#competence .pager button:last-of-type');
    const rows = await tableTexts(dashboard.page, '#competence');
    assert.deepEqual([rows.length, rows.at(-1)?.[0]], [40, '1']);
  });

  it('shows the numbers of the group outcomes as a table', async () => {
    await dashboard.page.click('#gradient header button');
    const { series } = sample.state;
    const last = series.step.length - 1;
    const [newest] = await tableTexts(dashboard.page, '#gradient');
    assert.deepEqual(newest!.slice(3, 6).map(numberIn), [series.allPass[last], series.mixed[last], series.allFail[last]]);
    assert.ok(Math.abs(numberIn(newest![2]!) / 100 - (series.allPass[last]! + series.allFail[last]!) / 32) <= 5.1e-4);
  });

  it('shows every count of the heat map as a table', async () => {
    await dashboard.page.click('#heatmap header button');
    const { counts, edges } = sample.state.heatmap;
    const newest = counts.slice(-(edges.length - 1));
    const [row] = await tableTexts(dashboard.page, '#heatmap');
    assert.deepEqual(row!.slice(2).map(numberIn).filter((count) => count > 0), newest.filter((count) => count > 0));
  });

  it('shows the dots as a table with their intervals', async () => {
    await dashboard.page.click('#scatter header button');
    const { scatter } = sample.state;
    const [row] = await tableTexts(dashboard.page, '#scatter');
    assert.equal(row![0], scatter.id[0]);
    assert.ok(Math.abs(numberIn(row![1]!) - scatter.difficulty[0]!) <= 5.1e-5);
    assert.match(row![3]!, /^\d+–\d+ %$/u);
    assert.deepEqual([numberIn(row![4]!), numberIn(row![5]!)], [scatter.visits[0], scatter.rollouts[0]]);
  });

  it('takes the colours of another theme as soon as VS Code sets it', async () => {
    await dashboard.page.evaluate(() => (document.body.className = 'vscode-light'));
    await dashboard.settle();
    assert.equal((await canvasInk(dashboard.page, '#competence canvas', dark.competence)).inColour, 0);
    assert.ok((await canvasInk(dashboard.page, '#competence canvas', light.competence)).inColour > 300);
    assert.ok((await canvasInk(dashboard.page, '#gradient canvas', light.allPass)).inColour > 500);
  });

  it('draws a new state on the same canvases', async () => {
    const before = await canvasColours(dashboard.page, '#competence canvas');
    const next = sampleRun({ steps: 145, problems: 400, batch: 32 });
    await dashboard.show({ kind: 'run', state: next.state, readOnlyReason: null });
    assert.notDeepEqual(await canvasColours(dashboard.page, '#competence canvas'), before);
    assert.equal(await dashboard.page.textContent('#competence .readoutAt'), 'Step 145');
  });

  it('reads out one step on all step charts under the pointer', async () => {
    const box = (await dashboard.page.locator('#competence .plotControl').boundingBox())!;
    await dashboard.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await dashboard.settle();
    const readouts = await dashboard.page.locator('#competence, #gradient, #heatmap').locator('.readoutAt').allTextContents();
    assert.match(readouts[0]!, /^Step \d+$/u);
    assert.notEqual(readouts[0], 'Step 140');
    assert.deepEqual(new Set(readouts).size, 1);
    assert.equal(await dashboard.page.locator('.crosshair:not([hidden])').count(), 3);
  });

  it('moves the cross-hair with the arrow keys and says the figures of its step', async () => {
    await dashboard.page.focus('#competence .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.page.keyboard.press('ArrowRight');
    await dashboard.settle();
    assert.match((await dashboard.page.getAttribute('#competence .plotControl', 'aria-valuetext'))!, /^Step 2: Competence [+−]?0\.\d\d, Observed pass rate \d+ %/u);
  });

  it('widens the difficulty axes on demand and keeps that with the panel', async () => {
    const before = await canvasColours(dashboard.page, '#competence canvas');
    await dashboard.page.check('.axisChoice label:nth-of-type(2) input');
    await dashboard.settle();
    assert.notDeepEqual(await canvasColours(dashboard.page, '#competence canvas'), before);
    assert.equal(((await dashboard.keptLayout()) as { reach: number }).reach, 1);
  });
});
