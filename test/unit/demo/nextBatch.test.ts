import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Session } from '../../../src/cli/session';
import type { CdasMode } from '../../../src/core/cdas';
import { unchangedStrategy, type StrategyChoice } from '../../../src/core/samplerStrategy';
import { strategySpecs } from '../../../src/core/strategies/strategySpecs';
import type { DecisionDraft } from '../../../src/curation/decisionLog';
import { BatchPlans } from '../../../src/engine/batch/batchPlans';
import { CurationStore } from '../../../src/engine/decisions/curationStore';
import { compileSurroundings } from '../../../src/engine/decisions/decide';
import { describeBatch } from '../../../src/engine/batch/nextBatch';
import { noAids } from '../../../src/engine/reading/readingAids';
import type { NextBatch } from '../../../src/protocol/nextBatch';
import type { Trainer } from '../../support/demo/trainer';
import { openRun, questionsOf, trainSteps } from './runs';
import { temporaryDirectories } from '../temporaryDirectory';

/** 40 problems in batches of 6: after so many steps the first pass over them is done. */
const pass = 6;

describe('the next batch of a demo run', () => {
  const newDirectory = temporaryDirectories();
  let dir: string;
  let trainer: Trainer;

  beforeEach(() => {
    dir = newDirectory();
    trainer = openRun(dir);
  });

  const curation = (): string => join(dir, '.cdas');

  function compile(choice: Partial<StrategyChoice>, drafts: readonly DecisionDraft[] = [], mode: CdasMode = 'paper'): void {
    const store = new CurationStore(curation());
    store.poll();
    store.append(drafts, 'ada');
    const { surroundings, problems } = compileSurroundings(store, null, { ...unchangedStrategy, ...choice });
    assert.deepEqual(problems, []);
    store.compile({ runNames: null, lastStep: null }, { ...surroundings, strategy: { ...surroundings.strategy, mode } });
  }

  async function preview(mode: CdasMode): Promise<NextBatch> {
    const session = await Session.open(join(dir, 'rollouts'), { mode, threshold: null, dataset: join(dir, 'train.jsonl'), mappings: [], aids: noAids, directory: curation() });
    return describeBatch(new BatchPlans(session.curation).plan(session.context, { view: session.view, choice: unchangedStrategy, size: null }));
  }

  /** The ids of the problems that a step really took. */
  function taken(step: number): readonly string[] {
    const ids = new Map(trainer.problems.map(({ text, id }) => [text, id]));
    return questionsOf(dir, step).map((question) => ids.get(question) ?? question).sort();
  }

  /** Shows the next batch, takes the step, and compares. */
  async function assertForetold(mode: CdasMode = 'paper'): Promise<NextBatch> {
    const batch = await preview(mode);
    assert.deepEqual(batch.reasons, []);
    assert.ok(batch.exact);
    trainSteps(trainer, 1);
    assert.equal(batch.step, trainer.step);
    assert.deepEqual(batch.batch.map(({ problem }) => problem).sort(), taken(trainer.step));
    return batch;
  }

  const decisions = (): readonly DecisionDraft[] => {
    const { problems } = trainer;
    return [
      { action: 'exclude', problem: problems[3]!.id },
      { action: 'exclude', problem: problems[4]!.id },
      { action: 'pin', problem: problems[8]!.id },
      { action: 'relabel', problem: problems[9]!.id, groundTruth: '7', was: problems[9]!.groundTruth },
    ];
  };

  for (const { name } of strategySpecs) {
    it(`is exactly what it takes next under ${name}, after each of some steps`, async () => {
      compile({ name, seed: 3 });
      trainSteps(trainer, pass);
      for (let i = 0; i < 3; i++) await assertForetold();
    });
  }

  for (const [what, choice, steps] of [
    ['while CDAS warms up', { name: 'cdas' }, 2],
    ['where the warm-up ends', { name: 'cdas' }, pass - 1],
    ['for CDAS without a warm-up', { name: 'cdas', warmup: 'none' }, 2],
    ['under parameters that are not the usual ones', { name: 'mopps', parameters: { target: 0.4, decay: 0.8, candidates: 0.7 } }, 3],
  ] as const) {
    it(`is exactly what it takes next ${what}`, async () => {
      compile(choice);
      trainSteps(trainer, steps);
      for (let i = 0; i < 2; i++) await assertForetold();
    });
  }

  for (const name of ['cdas', 'random', 'mopps', 'learnability']) {
    for (const [what, before] of [['after', pass + 1], ['in', 2]] as const) {
      it(`is exactly what it takes next with a pin, exclusions and a relabel under ${name}, made ${what} the first pass`, async () => {
        compile({ name });
        trainSteps(trainer, before);
        compile({}, decisions());
        const pending = await preview('paper');
        assert.equal(pending.exact, false);
        trainSteps(trainer, 1);
        // The step in which the trainer reads the decisions is the one that was shown.
        assert.deepEqual(pending.batch.map(({ problem }) => problem).sort(), taken(trainer.step));
        for (let i = 0; i < 2; i++) {
          const { batch, pinned, excluded } = await assertForetold();
          const ids = batch.map(({ problem }) => problem);
          const { problems } = trainer;
          assert.deepEqual([pinned, excluded, ids.length], [1, 2, 6]);
          assert.deepEqual([8, 3, 4].map((problem) => ids.includes(problems[problem]!.id)), [true, false, false]);
        }
      });
    }
  }

  it('is exactly what it takes next after a change of strategy in the middle of the run', async () => {
    compile({ name: 'random', seed: 5 });
    trainSteps(trainer, 4);
    for (const choice of [{ name: 'mopps', parameters: { decay: 0.9 } }, { name: 'learnability' }, { name: 'cdas', seed: 8 }, { name: 'adarft', parameters: { rate: 0.1 } }]) {
      compile(choice);
      assert.match((await preview('paper')).reasons.join(' '), /^The trainer follows .* since step \d+, and this is /);
      trainSteps(trainer, 1);
      for (let i = 0; i < 2; i++) assert.equal((await assertForetold()).strategy.name, choice.name);
    }
  });

  it('is exactly what it takes next in the mode of the published code', async () => {
    compile({ name: 'cdas', warmup: 'none' }, decisions(), 'official-compat');
    trainSteps(trainer, 4);
    for (let i = 0; i < 2; i++) assert.equal((await assertForetold('official-compat')).strategy.mode, 'official-compat');
  });

  it('is only expected after a change of mode, since a trainer may go on from the difficulties that it has', async () => {
    compile({ name: 'cdas', warmup: 'none' });
    trainSteps(trainer, 4);
    compile({}, [], 'official-compat');
    trainSteps(trainer, 2);
    const { exact, reasons } = await preview('official-compat');
    assert.equal(exact, false);
    assert.deepEqual(reasons, ['The trainer has also rated steps in mode paper.']);
  });

  it('stays exact for a run that was stopped and taken up again', async () => {
    compile({ name: 'cdas', seed: 4 }, decisions());
    trainSteps(trainer, pass + 2);
    trainer.save();
    trainer = openRun(dir);
    await assertForetold();
    compile({ name: 'mopps' });
    trainSteps(trainer, 1);
    trainer.save();
    trainer = openRun(dir);
    await assertForetold();
  });

  it('is exact where so much is excluded that batches are smaller', async () => {
    const { problems } = trainer;
    compile({ name: 'cdas', warmup: 'none' }, problems.slice(4).map(({ id }): DecisionDraft => ({ action: 'exclude', problem: id })));
    trainSteps(trainer, 2);
    assert.equal((await assertForetold()).size, 4);
    compile({ name: 'random' });
    trainSteps(trainer, 1);
    assert.equal((await assertForetold()).size, 4);
  });

  it('is only expected for a run that never found a sampler.json, as it has left no receipt', async () => {
    trainSteps(trainer, 2);
    const { exact, reasons } = await preview('paper');
    assert.equal(exact, false);
    assert.match(reasons.join(' '), /^No receipt of this run says/);
  });
});
