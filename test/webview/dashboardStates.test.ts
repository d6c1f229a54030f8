import assert from 'node:assert/strict';
import type { DashboardState } from '../../src/protocol/dashboard';
import { canvasColours } from './canvas';
import type { OpenDashboard } from './dashboardPage';
import type { SampleRun } from './sampleState';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const small = sampleRun({ steps: 20, problems: 60, batch: 16 });
const hostile = '"><img src=x onerror="document.title=1"><script>document.title=1</script>\u202e\u0000 ' + 'Z'.repeat(400);

function nullsOf(values: readonly unknown[]): null[] {
  return values.map(() => null);
}

function withoutFigures(state: DashboardState): DashboardState {
  const { series } = state;
  const none = nullsOf(series.step);
  return {
    ...state,
    series: { ...series, competence: none, targetPassRate: none, passRate: none, allPass: none, mixed: none, allFail: none, meanLengthChars: none },
    heatmap: { ...state.heatmap, steps: [], counts: [], competence: [] },
    scatter: { id: [], difficulty: [], passRate: [], visits: [], rollouts: [], total: 0 },
  };
}

function withHostileTexts(sample: SampleRun): SampleRun {
  const rows = sample.rows.map((row, index) => ({
    ...row,
    id: index === 0 ? '__proto__' : `${hostile}${index}`,
    text: hostile,
    decisions: [{ decision: 'd', action: hostile, at: hostile, by: hostile, reason: hostile, state: 'unmatched' as const, activeFromStep: null, why: hostile }],
  }));
  const { state } = sample;
  const details = [...sample.details.values()].map((detail, index) => ({ ...detail, ...rows[index]!, groundTruth: { [hostile]: hostile } }));
  return {
    rows,
    details: new Map(details.map((detail) => [detail.id, detail])),
    state: {
      ...state,
      run: { ...state.run, name: hostile, framework: hostile, correctRule: hostile, health: { ...state.run.health, flags: [hostile] } },
      marks: [{ step: 5, label: hostile }],
      refusals: [hostile],
      curation: { ...state.curation, warnings: [hostile] },
      scatter: { ...state.scatter, id: state.scatter.id.map((_, index) => rows[index]!.id) },
    },
  };
}

describe('dashboard states', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  beforeEach(async () => {
    dashboard = await openPage({ sample: small });
  });

  const show = (state: DashboardState): Promise<void> => dashboard.show({ kind: 'run', state, readOnlyReason: null });
  const pageText = (): Promise<string> => dashboard.page.innerText('body');

  it('asks for the run once, with the width of a chart', () => {
    assert.deepEqual(dashboard.readyWidths, [640]);
  });

  it('says that it waits for the extension, and after a while what to do', async () => {
    const waiting = await openPage({ stoppedClock: true });
    assert.match(await waiting.page.innerText('body'), /Asking the extension/u);
    await waiting.page.clock.fastForward(10_000);
    await waiting.page.getByText('The extension has not answered yet').waitFor();
    await waiting.page.click('text=Show log');
    assert.deepEqual(await waiting.wishes(1), [{ kind: 'showLog' }]);
  });

  it('offers the runs to choose from when none is shown', async () => {
    const loading = { ...small.state.run, id: 'other', name: 'other', loaded: false, progress: 0.25 };
    await dashboard.show({ kind: 'empty', message: 'Choose a run.', runs: [small.state.run, loading] });
    assert.match(await pageText(), /Choose a run\.[^]*Reading the log: 25 %/u);
    await dashboard.page.click('.runChoice:has-text("other")');
    assert.deepEqual(await dashboard.wishes(1), [{ kind: 'selectRun', run: 'other' }]);
  });

  it('offers to look for runs where there are none to choose from', async () => {
    await dashboard.show({ kind: 'empty', message: 'No run has been found yet.', runs: [] });
    assert.equal(await dashboard.page.getByRole('button', { name: 'Select run' }).count(), 0);
    for (const name of ['Add run root…', 'How runs are found']) await dashboard.page.getByRole('button', { name }).click();
    assert.deepEqual(await dashboard.wishes(2), [{ kind: 'addRunRoot' }, { kind: 'openDocs' }]);
  });

  it('shows how much of the log has been read', async () => {
    await show({ ...withoutFigures(small.state), run: { ...small.state.run, steps: 0, lastStep: null, loaded: false, progress: 0.375 } });
    assert.equal(await dashboard.page.getAttribute('progress', 'value'), '37');
    assert.match(await dashboard.page.innerText('#competence'), /still being read/u);
  });

  it('says that a run without steps has none yet', async () => {
    const empty = sampleRun({ steps: 0, problems: 5, batch: 1 });
    dashboard.serve(empty);
    await show(empty.state);
    assert.match(await dashboard.page.innerText('#competence'), /No step has been logged yet/u);
    assert.equal(await dashboard.page.locator('canvas').count(), 0);
  });

  it('promises nothing of a run whose rollouts cannot be read', async () => {
    const empty = sampleRun({ steps: 0, problems: 0, batch: 0 });
    const advice = 'These rollouts are pickle, which is not read. Switch the log on.';
    await show({ ...empty.state, run: { ...empty.state.run, health: { ...empty.state.run.health, flags: [advice] } } });
    assert.equal(await dashboard.page.innerText('.notices .notice'), advice);
    assert.match(await dashboard.page.innerText('#competence'), /No rollout could be read\. The notices/u);
    assert.equal(await dashboard.page.innerText('.runLine'), 'No step yet');
  });

  it('lists what the trainer does not follow, with why and the way to all of it', async () => {
    const notFollowed = [{ why: 'The trainer’s dataset does not contain this problem.', count: 300, examples: ['h:1', 'h:2'] }];
    await show({ ...small.state, curation: { ...small.state.curation, decisions: 310, notFollowed } });
    const notice = await dashboard.page.innerText('.notices .notice');
    assert.match(notice, /300 decisions that the trainer does not follow \(h:1, h:2, …\)\. The trainer’s dataset does not contain this problem\./u);
    assert.match(await pageText(), /300 not followed/u);
    await dashboard.page.click('.notices >> text=Show decisions');
    assert.deepEqual(await dashboard.wishes(1), [{ kind: 'showDecisions' }]);
  });

  it('warns alike of a decision that the trainer does not find and of one that it refuses', async () => {
    const decision = { decision: 'd', action: 'exclude', at: 'today', by: 'me', reason: null, activeFromStep: null, why: null };
    const [row] = small.rows;
    dashboard.serve({ ...small, rows: (['unmatched', 'refused'] as const).map((state) => ({ ...row!, id: state, decisions: [{ ...decision, state }] })) });
    await show({ ...small.state, revision: 9 });
    await dashboard.page.locator('.chip.refused').waitFor();
    const colours = await dashboard.page.locator('.chip').evaluateAll((chips) => chips.map((chip) => getComputedStyle(chip).color));
    assert.deepEqual(colours, [colours[0], colours[0]]);
  });

  it('refuses the figures of a log of survivors and says why', async () => {
    const refusal = 'Uniform groups were dropped before this log was written. Log before filtering.';
    const state = withoutFigures(small.state);
    await show({ ...state, run: { ...state.run, completeness: 'survivors' }, refusals: [refusal] });
    assert.equal(await dashboard.page.innerText('.notices .notice'), refusal);
    for (const panel of ['competence', 'gradient', 'heatmap', 'scatter']) assert.match(await dashboard.page.innerText(`#${panel}`), /does not support these figures/u);
  });

  it('says how many decisions in force the trainer follows, not how many were ever made', async () => {
    const lastReceipt = { at: '2026-01-01T00:00:00.000Z', step: 12, generation: 3, adapter: 'verl' };
    await show({ ...small.state, curation: { ...small.state.curation, decisions: 3, pinned: 1, followed: 1, lastReceipt } });
    assert.match(await pageText(), /follows 1 decision, last receipt at step 12 \(verl\)/u);
  });

  it('shows curation warnings with the way to the file', async () => {
    await show({ ...small.state, curation: { ...small.state.curation, warnings: ['Line 3 is damaged.'] } });
    await dashboard.page.click('.notice:has-text("Line 3 is damaged.") button');
    assert.deepEqual(await dashboard.wishes(1), [{ kind: 'openDecisions' }]);
  });

  it('says where only polling finds changes, and why', async () => {
    await show(small.state);
    assert.doesNotMatch(await dashboard.page.innerText('.runFacts'), /polling/u);
    const polling = 'Changes are found by polling every 1 s: /mnt (nfs4) is a network drive.';
    await show({ ...small.state, run: { ...small.state.run, polling } });
    await dashboard.page.locator('.runFacts').getByText(polling).waitFor();
  });

  it('says of each newest figure which step it is of and where it is going', async () => {
    await show({ ...small.state, curation: { ...small.state.curation, decisions: 9, pinned: 1, relabelled: 2, pending: 2 } });
    const tiles = (await dashboard.page.innerText('.stats')).replaceAll('\n', ' ');
    assert.match(tiles, /Pass rate, step 20 \d+ % ([↗↘→] (rising|falling|steady) · )?target \d+ %/u);
    assert.match(tiles, /Decisions in force 3 2 pending/u);
  });

  it('says how many problems count that were never sampled', async () => {
    await show({ ...small.state, run: { ...small.state.run, problems: 60, countedProblems: { basis: 'dataset', count: 1060 } } });
    assert.match(await dashboard.page.innerText('#competence .hint'), /1.000 of them have not been sampled yet and count as 0\./u);
  });

  it('draws a single step', async () => {
    const one = sampleRun({ steps: 1, problems: 60, batch: 20 });
    dashboard.serve(one);
    await show(one.state);
    for (const panel of ['competence', 'gradient', 'heatmap', 'scatter']) {
      const colours = await canvasColours(dashboard.page, `#${panel} canvas`);
      assert.ok(colours.size > 8, `${panel} is blank`);
    }
  });

  it('draws nulls as holes', async () => {
    const { series } = small.state;
    const holes = (values: readonly (number | null)[]): (number | null)[] => values.map((value, index) => (index % 3 === 0 ? null : value));
    await show({ ...small.state, series: { ...series, competence: holes(series.competence), passRate: holes(series.passRate), mixed: holes(series.mixed) } });
    assert.equal(await dashboard.page.textContent('#competence .readoutValue'), series.competence[19]!.toFixed(2).replace('-', '−'));
    await dashboard.page.focus('#competence .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.settle();
    assert.equal(await dashboard.page.textContent('#competence .readoutValue'), '–');
  });

  it('says how many of a long run’s steps it draws', async () => {
    const long = sampleRun({ steps: 3000, problems: 500, batch: 8, shownSteps: 1300 });
    dashboard.serve(long);
    await show(long.state);
    assert.match(await dashboard.page.innerText('#competence .basis'), /over 3.000 steps, 1.000 of them drawn/u);
    assert.ok((await canvasColours(dashboard.page, '#heatmap canvas')).size > 8);
  });

  it('says that the dots are a sample when there are too many problems', async () => {
    await show({ ...small.state, scatter: { ...small.state.scatter, total: 100_000 } });
    assert.match(await dashboard.page.innerText('#scatter .basis'), /a sample of \d+ of 100.000 visited problems/u);
  });

  it('shows hostile texts as texts', async () => {
    const bad = withHostileTexts(small);
    dashboard.serve(bad);
    await show(bad.state);
    await dashboard.page.click('[data-row="1"]');
    await dashboard.page.locator('#card .facts').waitFor();
    assert.equal(await dashboard.page.title(), 'dashboard');
    assert.equal(await dashboard.page.locator('#root img, #root script').count(), 0);
    assert.ok((await dashboard.page.textContent('h1'))!.startsWith('"><img src=x'));
  });

  it('keeps hostile texts from widening the page', async () => {
    const bad = withHostileTexts(small);
    dashboard.serve(bad);
    await show(bad.state);
    const [page, view] = await dashboard.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.equal(page, view);
  });

  it('stands in one column on a narrow panel and in two on a wide one', async () => {
    await show(small.state);
    const places = async (): Promise<number[]> => {
      const boxes = await Promise.all(['competence', 'gradient'].map((panel) => dashboard.page.locator(`#${panel}`).boundingBox()));
      return boxes.map((box) => Math.round(box!.x));
    };
    assert.equal(new Set(await places()).size, 2);
    await dashboard.page.setViewportSize({ width: 700, height: 900 });
    assert.equal(new Set(await places()).size, 1);
  });

  it('tells the host when the shown width has changed', async () => {
    await show(small.state);
    const told = dashboard.nextResize();
    await dashboard.page.setViewportSize({ width: 800, height: 900 });
    await told;
    assert.deepEqual(dashboard.resizedWidths, [800]);
  });

  it('narrows its canvases with the panel', async () => {
    await show(small.state);
    await dashboard.page.setViewportSize({ width: 920, height: 900 });
    await dashboard.page.waitForFunction(() => {
      const [plot, canvas] = ['#competence .plot', '#competence canvas'].map((selector) => document.querySelector(selector)!.clientWidth);
      return plot! < 450 && canvas === plot && document.documentElement.scrollWidth === document.documentElement.clientWidth;
    });
  });
});
