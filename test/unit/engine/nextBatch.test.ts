import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Session } from '../../../src/cli/session';
import { isRecord } from '../../../src/core/json';
import { unchangedStrategy, type StrategyChoice } from '../../../src/core/samplerStrategy';
import type { DecisionDraft } from '../../../src/curation/decisionLog';
import type { BatchPlan } from '../../../src/engine/batch/batchPlan';
import { BatchPlans } from '../../../src/engine/batch/batchPlans';
import { CurationStore } from '../../../src/engine/decisions/curationStore';
import { compileSurroundings } from '../../../src/engine/decisions/decide';
import { describeBatch, explainChoice } from '../../../src/engine/batch/nextBatch';
import { noAids } from '../../../src/engine/reading/readingAids';
import type { ChoiceReport, NextBatch } from '../../../src/protocol/nextBatch';
import { temporaryDirectory } from '../temporaryDirectory';

const rowCount = 30;
const size = 6;

describe('the next batch of a trainer that chooses with the trainer package', () => {
  const directory = temporaryDirectory();
  const place = (name: string): string => path.join(directory.path(), name);

  function writeDataset(): void {
    const rows = Array.from({ length: rowCount }, (_, row) => ({ id: `p${row}`, prompt: `What is ${row} + ${row}?`, answer: String(2 * row), difficulty: (row * 7) % rowCount }));
    writeFileSync(place('train.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    mkdirSync(place('.cdas'), { recursive: true });
  }

  function compile(choice: Partial<StrategyChoice>, drafts: readonly DecisionDraft[] = []): void {
    const store = new CurationStore(place('.cdas'));
    store.poll();
    store.append(drafts, 'ada');
    const { surroundings, problems } = compileSurroundings(store, null, { ...unchangedStrategy, ...choice });
    assert.deepEqual(problems, []);
    store.compile({ runNames: null, lastStep: null }, surroundings);
  }

  /** Trains on by so many steps, in a process of its own; gives what it would take next. */
  function train(steps: number, ahead = false): readonly string[] {
    const wanted = { dataset: place('train.jsonl'), directory: place('.cdas'), rollouts: place('rollouts'), state: place('state.json'), size, steps, ahead };
    const script = path.join('test', 'support', 'trainerLoop.py');
    const { status, stdout, stderr } = spawnSync('python3', [script, JSON.stringify(wanted)], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(status, 0, stderr);
    const told: unknown = JSON.parse(stdout);
    assert.ok(isRecord(told) && Array.isArray(told['next']));
    return told['next'].map(String).sort();
  }

  async function preview(ask: { readonly problem?: string; readonly dataset?: string | null; readonly choice?: Partial<StrategyChoice> } = {}): Promise<{ readonly batch: NextBatch; readonly ids: readonly string[]; readonly asked: ChoiceReport | null }> {
    const dataset = ask.dataset === undefined ? place('train.jsonl') : ask.dataset;
    const session = await Session.open(place('rollouts'), { mode: 'paper', threshold: null, dataset, mappings: [], aids: noAids, directory: place('.cdas') });
    const plan = new BatchPlans(session.curation).plan(session.context, { view: session.view, choice: { ...unchangedStrategy, ...ask.choice }, size: null });
    const batch = describeBatch(plan);
    return { batch, ids: batch.batch.map(({ problem }) => problem).sort(), asked: ask.problem === undefined ? null : explainChoice(plan, ask.problem) };
  }

  beforeEach(writeDataset);

  it('is planned once, until the run, the decisions, sampler.json or what is asked for changes', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    train(3);
    const session = await Session.open(place('rollouts'), { mode: 'paper', threshold: null, dataset: place('train.jsonl'), mappings: [], aids: noAids, directory: place('.cdas') });
    const plans = new BatchPlans(session.curation);
    const plan = (of: number | null = null): BatchPlan => plans.plan(session.context, { view: session.view, choice: unchangedStrategy, size: of });
    const first = plan();
    assert.equal(plan(), first);
    assert.notEqual(plan(3), first);
    compile({ name: 'random' });
    const random = plan();
    assert.equal(random.request.strategy.name, 'random');
    session.curation.append([{ action: 'exclude', problem: 'p3' }], 'ada');
    const excluding = plan();
    assert.equal(excluding.state.excluded, 1);
    assert.equal(plan(), excluding);
    train(1);
    await session.advance();
    assert.equal(plan().step, excluding.step + 1);
  });

  const strategies: readonly (readonly [string, Partial<StrategyChoice>, number])[] = [
    ['cdas after its warm-up', { name: 'cdas', seed: 3 }, 8],
    ['cdas while it warms up', { name: 'cdas', seed: 3 }, 2],
    ['cdas without a warm-up', { name: 'cdas', warmup: 'none' }, 4],
    ['random', { name: 'random', seed: 11 }, 7],
    ['static-curriculum', { name: 'static-curriculum' }, 7],
    ['learnability', { name: 'learnability', seed: 2 }, 6],
    ['balanced-filter', { name: 'balanced-filter', parameters: { low: 0.3 } }, 6],
    ['mopps', { name: 'mopps', seed: 4, parameters: { target: 0.4, decay: 0.7 } }, 6],
    ['difficulty-pools', { name: 'difficulty-pools' }, 6],
    ['adarft', { name: 'adarft', parameters: { rate: 0.2 } }, 6],
  ];
  for (const [what, choice, steps] of strategies) {
    it(`is exactly what it takes next, under ${what}`, async () => {
      compile(choice);
      const next = train(steps);
      const { batch, ids } = await preview();
      assert.deepEqual(batch.reasons, []);
      assert.ok(batch.exact);
      assert.deepEqual([batch.step, batch.size, batch.draw, batch.strategy.name], [steps + 1, size, steps, choice.name]);
      assert.deepEqual(ids, next);
    });
  }

  for (const [first, second] of [
    [{ name: 'random', seed: 5 }, { name: 'mopps', parameters: { decay: 0.9 } }],
    [{ name: 'adarft', parameters: { rate: 0.1 } }, { name: 'adarft', parameters: { rate: 0.4, sensitivity: 1 } }],
    [{ name: 'mopps', parameters: { decay: 0.9 } }, { name: 'learnability' }],
  ] as const) {
    it(`is exactly what it takes next after a change from ${JSON.stringify(first)} to ${JSON.stringify(second)}`, async () => {
      compile(first);
      train(6);
      compile(second);
      for (let i = 0; i < 3; i++) {
        const next = train(1);
        const { batch, ids } = await preview();
        assert.deepEqual(batch.reasons, []);
        assert.deepEqual(ids, next);
      }
    });
  }

  const decisions: readonly DecisionDraft[] = [
    { action: 'exclude', problem: 'p3' },
    { action: 'exclude', problem: 'p4' },
    { action: 'pin', problem: 'p8' },
    { action: 'relabel', problem: 'p9', groundTruth: '7', was: '18' },
  ];
  for (const [what, steps] of [['after the warm-up', 8], ['in the warm-up', 2]] as const) {
    it(`counts pending decisions as confirmed, says so, and is exact once they are, ${what}`, async () => {
      compile({ name: 'cdas' });
      train(steps);
      compile({}, decisions);
      const before = await preview();
      assert.equal(before.batch.exact, false);
      assert.match(before.batch.reasons.join(' '), /has not confirmed 4 decisions yet/);
      // The step in which the trainer reads the decisions is the one that was shown.
      const taken = train(0);
      assert.deepEqual(before.ids, taken);
      const next = train(2);
      const after = await preview();
      assert.deepEqual(after.batch.reasons, []);
      assert.deepEqual(after.ids, next);
      assert.ok(after.ids.includes('p8') && !after.ids.includes('p3') && !after.ids.includes('p4'));
      assert.equal(after.batch.pinned, 1);
      assert.equal(after.batch.excluded, 2);
    });
  }

  it('begins only that problem afresh of which a relabel is being taken back', async () => {
    compile({ name: 'cdas' }, [...decisions, { action: 'pin', problem: 'p1' }, { action: 'pin', problem: 'p2' }]);
    train(9);
    const store = new CurationStore(place('.cdas'));
    store.poll();
    compile({}, store.decisions.map(({ id, problem }) => ({ action: 'revert' as const, ref: id, ...(problem !== undefined && { problem }) })));
    const { ids, batch } = await preview();
    assert.equal(batch.exact, false);
    assert.deepEqual(ids, train(0));
  });

  it('is only expected where the trainer fetches batches ahead of the rewards, as the last step shows', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    const next = train(6, true);
    const { batch, ids } = await preview();
    assert.notDeepEqual(ids, next);
    assert.equal(batch.exact, false);
    assert.deepEqual(batch.reasons, ['Step 6 was not the batch that this rule chooses, so the trainer chooses differently: ahead of the rewards, or from another state.']);
  });

  it('is only expected where a receipt says that batches and rewards do not go in step', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    train(4, true);
    compile({}, decisions);
    train(1, true);
    assert.match((await preview()).batch.reasons.join(' '), /it does not choose its batches one by one/);
  });

  it('stays exact in the very step in which decisions took effect', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    train(4);
    compile({}, decisions);
    const next = train(1);
    const { batch, ids } = await preview();
    assert.deepEqual(batch.reasons, []);
    assert.deepEqual(ids, next);
  });

  it('says of a problem what keeps it in or out', async () => {
    compile({ name: 'cdas', warmup: 'none' }, decisions);
    train(6);
    const { batch } = await preview();
    const [first] = batch.batch.filter(({ rule }) => rule === 'ranked');
    const about = async (problem: string): Promise<ChoiceReport['choice']> => {
      const { asked } = await preview({ problem });
      assert.ok(asked);
      return asked.choice;
    };
    assert.deepEqual([(await about('p8')).rule, (await about('p8')).chosen], ['pinned', true]);
    assert.deepEqual([(await about('p3')).rule, (await about('p3')).chosen], ['excluded', false]);
    const chosen = await about(first!.problem);
    assert.deepEqual(chosen, first);
    assert.ok(chosen.rank !== null && chosen.rank <= chosen.places);
    for (const { rank, places, tied, chosen: isChosen, side, distance } of batch.removed) {
      assert.ok(!isChosen && side !== null && rank !== null && rank + tied > places);
      assert.ok(distance! >= batch.sides![side].cutOff!);
    }
    assert.equal((await preview({ problem: 'nobody' })).asked, null);
  });

  it('tells what changes against the last step', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    train(5);
    const { batch } = await preview();
    assert.equal(batch.currentStep, 5);
    assert.deepEqual([batch.added + batch.kept, batch.kept + batch.gone, batch.removed.length], [size, size, batch.gone]);
    assert.equal(batch.batch.filter(({ inCurrent }) => inCurrent).length, batch.kept);
  });

  it('is only expected where the dataset, or another strategy than the trainer’s, is looked at', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    train(5);
    assert.match((await preview({ dataset: null })).batch.reasons.join(' '), /No dataset is known/);
    assert.match((await preview({ choice: { seed: 9 } })).batch.reasons.join(' '), /follows cdas \(.*seed 1\) since step 1, and this is cdas \(.*seed 9\)/);
  });
});
