import assert from 'node:assert/strict';
import { ExpectedError } from '../../src/protocol/channel';
import type { DashboardView } from '../../src/protocol/dashboardMessages';
import type { OpenDashboard, PageOptions } from './dashboardPage';
import type { SampleRun } from './sampleState';
import { sampleRun } from './sampleState';
import { useDashboards } from './useDashboards';

const sample = sampleRun({ steps: 30, problems: 350, batch: 24 });
const first = sample.rows.filter((row) => row.difficulty !== null).sort((a, b) => b.difficulty! - a.difficulty!)[0]!;

function viewOf(run: SampleRun, readOnlyReason: string | null = null): DashboardView {
  return { kind: 'run', state: run.state, readOnlyReason };
}

describe('dashboard actions', () => {
  const openPage = useDashboards();
  let dashboard: OpenDashboard;

  async function open(options: PageOptions = {}, readOnlyReason: string | null = null): Promise<void> {
    dashboard = await openPage({ sample, ...options });
    await dashboard.show(viewOf(sample, readOnlyReason));
    await dashboard.page.locator('[data-row="0"] bdi').first().waitFor();
  }

  const idOfRow = (row: number): Promise<string | null> => dashboard.page.textContent(`[data-row="${row}"] bdi`);

  it('posts the header’s wishes', async () => {
    await open();
    await dashboard.show({ kind: 'run', state: { ...sample.state, curation: { ...sample.state.curation, decisions: 1 } }, readOnlyReason: null });
    for (const name of ['Select run…', 'Next batch', 'Recompute', 'Undo last decision']) await dashboard.page.getByRole('button', { name }).click();
    assert.deepEqual(await dashboard.wishes(4), [{ kind: 'selectRun' }, { kind: 'nextBatch' }, { kind: 'recompute' }, { kind: 'undo' }]);
  });

  it('lists the hardest problems first', async () => {
    await open();
    assert.equal(await idOfRow(0), first.id);
  });

  it('undoes nothing where nothing has been decided', async () => {
    await open();
    assert.equal(await dashboard.page.getByRole('button', { name: 'Undo last decision' }).isDisabled(), true);
  });

  it('posts each decision of a row with the row’s problem', async () => {
    await open();
    dashboard.serve({ ...sample, rows: sample.rows.map((row) => ({ ...row, relabelledTo: 'another answer' })) });
    await dashboard.show({ kind: 'run', state: { ...sample.state, revision: 99 }, readOnlyReason: null });
    await dashboard.page.locator('[data-row="0"] .decisionButtons button[aria-disabled="false"]').nth(3).waitFor();
    const buttons = dashboard.page.locator('[data-row="0"] .decisionButtons button');
    for (let index = 0; index < 4; index++) await buttons.nth(index).click();
    assert.deepEqual(await dashboard.wishes(4), ['pin', 'exclude', 'relabel', 'clear'].map((kind) => ({ kind, problem: first.id })));
  });

  it('rests the decisions that would change nothing, and says why', async () => {
    await open();
    const offered = (row: number): Promise<(string | null)[]> =>
      dashboard.page.locator(`[data-row="${row}"] .decisionButtons button[aria-disabled="true"]`).evaluateAll((buttons) => buttons.map((button) => button.getAttribute('title')));
    assert.deepEqual(await offered(0), ['No decision on this problem']);
    dashboard.serve({ ...sample, rows: sample.rows.map((row) => ({ ...row, membership: 'pin' as const })) });
    await dashboard.show({ kind: 'run', state: { ...sample.state, revision: 99 }, readOnlyReason: null });
    await dashboard.page.locator('[data-row="0"] [title="Pinned already"]').waitFor();
    assert.deepEqual(await offered(0), ['Pinned already']);
  });

  it('opens the rollouts of a visit and of a group', async () => {
    await open();
    await dashboard.page.click('[data-row="0"]');
    await dashboard.page.locator('#card .history button').first().click();
    await dashboard.page.focus('#gradient .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('#groups td button').first().click();
    const { step } = sample.details.get(first.id)!.history.at(-1)!;
    assert.deepEqual(await dashboard.wishes(2), [{ kind: 'rollouts', problem: first.id, step }, { kind: 'rollouts', problem: 'h:1', step: 1 }]);
  });

  it('does not select a row whose decision button was pressed', async () => {
    await open();
    await dashboard.page.locator('[data-row="0"] .decisionButtons button').first().click();
    await dashboard.wishes(1);
    await dashboard.settle();
    assert.equal(await dashboard.page.locator('#card').count(), 0);
  });

  it('opens the card of the clicked row and posts its decisions', async () => {
    await open();
    await dashboard.page.click('[data-row="0"]');
    await dashboard.page.locator('#card .facts').waitFor();
    assert.match(await dashboard.page.innerText('#card'), new RegExp(first.groundTruth as string, 'u'));
    await dashboard.page.click('#card >> text=Exclude');
    assert.deepEqual(await dashboard.wishes(1), [{ kind: 'exclude', problem: first.id }]);
  });

  it('says on the card whether the next batch holds the problem, and why', async () => {
    await open();
    await dashboard.page.click('[data-row="0"]');
    await dashboard.page.locator('#card >> text=rank 12 of 400').waitFor();
    assert.match(await dashboard.page.innerText('#card'), /yes \(expected\): rank 12 of 400 on the harder side; the first 32 are chosen/);
    await dashboard.page.click('#card >> text=Why?');
    assert.deepEqual(await dashboard.wishes(1), [{ kind: 'explain', problem: first.id }]);
  });

  it('says on the card why no next batch can be shown', async () => {
    await open({ handlers: { explain: () => Promise.reject(new ExpectedError('The log holds survivors only.')) } });
    await dashboard.page.click('[data-row="0"]');
    await dashboard.page.locator('#card >> text=The log holds survivors only.').waitFor();
  });

  it('selects the problem of the clicked dot', async () => {
    await open();
    const { scatter } = sample.state;
    await dashboard.page.focus('#scatter .plotControl');
    await dashboard.page.keyboard.press('End');
    await dashboard.settle();
    const hardest = (await dashboard.page.textContent('#scatter .tipId'))!;
    assert.equal(scatter.difficulty[scatter.id.indexOf(hardest)], Math.max(...scatter.difficulty));
    const ring = (await dashboard.page.locator('#scatter .dotRing').boundingBox())!;
    await dashboard.page.mouse.click(ring.x + ring.width / 2, ring.y + ring.height / 2);
    const chosen = (await dashboard.page.textContent('#card h2'))!;
    assert.equal(scatter.difficulty[scatter.id.indexOf(chosen)]!.toFixed(2), scatter.difficulty[scatter.id.indexOf(hardest)]!.toFixed(2));
  });

  it('says a dot’s difficulty, pass rate with interval and visits under the pointer', async () => {
    await open();
    await dashboard.page.focus('#scatter .plotControl');
    await dashboard.page.keyboard.press('Home');
    assert.match(await dashboard.page.innerText('#scatter .tip'), /D [+−]?0\.\d\d, pass rate \d+ % \(\d+–\d+ %\), \d+ visits?/u);
  });

  it('keeps selection, scroll place and open tables when a new state arrives', async () => {
    await open();
    await dashboard.page.click('#gradient header button');
    await dashboard.page.locator('.virtual').evaluate((list) => list.scrollTo(0, 1800));
    await dashboard.page.locator('[data-row="65"] bdi').first().waitFor();
    const chosen = await idOfRow(65);
    await dashboard.page.click('[data-row="65"]');
    const next = sampleRun({ steps: 31, problems: 350, batch: 24 });
    dashboard.serve(next);
    const place = await dashboard.page.locator('.virtual').evaluate((list) => list.scrollTop);
    await dashboard.show(viewOf(next));
    await dashboard.page.locator('#gradient tbody bdi:text-is("31")').waitFor();
    assert.equal(await dashboard.page.locator('.virtual').evaluate((list) => list.scrollTop), place);
    assert.equal(await dashboard.page.textContent('#card h2'), chosen);
  });

  it('shows the rows of the new state', async () => {
    await open();
    const decided = { decision: 'd1', action: 'exclude', at: 'now', by: 'me', reason: null, state: 'pending' as const, activeFromStep: null, why: null };
    const rows = sample.rows.map((row) => (row.id === first.id ? { ...row, membership: 'exclude' as const, decisions: [decided] } : row));
    dashboard.serve({ ...sample, rows });
    await dashboard.show({ kind: 'run', state: { ...sample.state, revision: 99 }, readOnlyReason: null });
    await dashboard.page.locator('[data-row="0"] .chip.pending').waitFor();
    const active = rows.map((row) => (row.id === first.id ? { ...row, decisions: [{ ...decided, state: 'active' as const, activeFromStep: 31 }] } : row));
    dashboard.serve({ ...sample, rows: active });
    await dashboard.show({ kind: 'run', state: { ...sample.state, revision: 100 }, readOnlyReason: null });
    assert.equal(await dashboard.page.locator('[data-row="0"] .chip.active').textContent(), 'Excluded · active from step 31');
  });

  it('sorts by a column, turns the order round and keeps it with the panel', async () => {
    await open();
    await dashboard.page.click('.listHeader >> text=Visits');
    await dashboard.page.locator('[aria-sort=descending] >> text=Visits').waitFor();
    await dashboard.page.click('.listHeader >> text=Visits');
    await dashboard.page.locator('[aria-sort=ascending] >> text=Visits').waitFor();
    assert.deepEqual((await dashboard.keptLayout() as { order: unknown }).order, { sort: 'visits', descending: false, membership: 'all' });
  });

  it('opens with the layout that was kept', async () => {
    await open({ keptLayout: { reach: 1, tables: ['competence'], order: { sort: 'visits', descending: true, membership: 'all' } } });
    assert.equal(await dashboard.page.locator('#competence table').count(), 1);
    assert.equal(await dashboard.page.isChecked('.axisChoice label:nth-of-type(2) input'), true);
    assert.equal(await dashboard.page.locator('[aria-sort=descending]').textContent(), 'Visits↓');
  });

  it('searches ids and texts on the host', async () => {
    await open();
    await dashboard.page.fill('.search', sample.rows[200]!.id);
    await dashboard.page.locator('[role=status]:text-is("1 problem")').waitFor();
    assert.equal(await idOfRow(0), sample.rows[200]!.id);
  });

  it('says when nothing fits the search', async () => {
    await open();
    await dashboard.page.fill('.search', 'no such problem');
    await dashboard.page.locator('#problems .missing').waitFor();
    assert.match(await dashboard.page.innerText('#problems .missing'), /Shorten or clear the search/u);
  });

  it('fetches only the pages in view', async () => {
    const offsets: number[] = [];
    await open({
      handlers: {
        problems: ({ offset, limit }) => {
          offsets.push(offset);
          return { revision: 1, total: 100_000, rows: Array.from({ length: limit }, (_, index) => ({ ...first, id: `p${offset + index}` })) };
        },
      },
    });
    await dashboard.page.locator('.virtual').evaluate((list) => list.scrollTo(0, 30 * 50_010));
    await dashboard.page.locator('bdi:text-is("p50015")').waitFor();
    assert.deepEqual([...new Set(offsets)], [0, 50_000]);
    assert.ok((await dashboard.page.locator('[data-row]').count()) < 60);
  });

  it('asks for the problems once when it opens, and again with each state', async () => {
    const asked: unknown[] = [];
    const count = (): number => asked.length;
    const none = { revision: 0, total: 0, rows: [] };
    dashboard = await openPage({ sample, handlers: { problems: (query) => (asked.push(query), none) } });
    await dashboard.show(viewOf(sample));
    await dashboard.page.getByText('No problem has been seen yet').waitFor();
    assert.equal(count(), 1);
    await dashboard.show({ kind: 'run', state: { ...sample.state, revision: 99 }, readOnlyReason: null });
    while (count() < 2) await dashboard.settle();
  });

  it('moves through the rows with the arrow keys and selects with Enter', async () => {
    await open();
    await dashboard.page.focus('[data-row="0"]');
    for (let press = 0; press < 25; press++) await dashboard.page.keyboard.press('ArrowDown');
    await dashboard.page.locator('[data-row="25"]:focus').waitFor();
    const id = await idOfRow(25);
    await dashboard.page.keyboard.press('Enter');
    await dashboard.settle();
    assert.equal(await dashboard.page.textContent('#card h2'), id);
    await dashboard.page.focus('#card button');
    await dashboard.page.keyboard.press('Escape');
    await dashboard.settle();
    assert.equal(await dashboard.page.locator('#card').count(), 0);
  });

  it('shows the groups of the step that is opened in a chart', async () => {
    await open();
    await dashboard.page.focus('#gradient .plotControl');
    await dashboard.page.keyboard.press('Home');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('#groups tbody tr').waitFor();
    assert.match(await dashboard.page.innerText('#groups'), /Groups of step 1[^]*First problem[^]*none, all pass/u);
  });

  it('shows a failed wish until it is dismissed', async () => {
    await open({ handlers: { intent: () => Promise.reject(new ExpectedError('decisions.jsonl cannot be written: the disk is full')) } });
    await dashboard.page.locator('[data-row="0"] .decisionButtons button').first().click();
    const alert = dashboard.page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), /the disk is full/u);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await dashboard.settle();
    assert.equal(await alert.count(), 0);
  });

  it('shows why the list could not be read and tries again', async () => {
    let broken = true;
    dashboard = await openPage({
      handlers: {
        problems: () => {
          if (broken) throw new ExpectedError('the log was moved away');
          return { revision: 1, total: 1, rows: [first] };
        },
      },
    });
    await dashboard.show(viewOf(sample));
    await dashboard.page.getByRole('alert').waitFor();
    assert.match(await dashboard.page.getByRole('alert').innerText(), /the log was moved away/u);
    broken = false;
    await dashboard.page.click('text=Try again');
    await dashboard.page.locator('[data-row="0"] bdi').first().waitFor();
    assert.equal(await dashboard.page.getByRole('alert').count(), 0);
  });

  it('shows on the card why a problem could not be read', async () => {
    await open({ handlers: { problem: () => Promise.reject(new ExpectedError('the index is being rebuilt')) } });
    await dashboard.page.click('[data-row="0"]');
    await dashboard.page.locator('#card .missing').waitFor();
    assert.equal(await dashboard.page.innerText('#card .missing'), 'the index is being rebuilt');
  });

  it('refuses decisions where none can be written, for the reason that the host gives', async () => {
    await open({}, 'No folder is open. Open the folder of your training job.');
    assert.equal(await dashboard.page.innerText('.notices'), 'No folder is open. Open the folder of your training job.');
    assert.equal(await dashboard.page.locator('[data-row="0"] .decisionButtons button[aria-disabled="true"]').count(), 4);
    assert.equal(await dashboard.page.getByRole('button', { name: 'Undo last decision' }).isDisabled(), true);
  });
});
