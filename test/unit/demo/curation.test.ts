import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultStrategy } from '../../../src/core/samplerStrategy';
import { readTrainerSampler } from '../../../src/core/trainerSampler';
import type { Trainer } from '../../support/demo/trainer';
import { openRun, questionsOf, receiptsOf, rolloutsOf, samplerConfig, smallRun, trainSteps, writeSampler } from './runs';
import { temporaryDirectories } from '../temporaryDirectory';

describe('a demo run under a sampler config', () => {
  const newDirectory = temporaryDirectories();
  let dir: string;
  let trainer: Trainer;
  let lines: string[];

  beforeEach(() => {
    dir = newDirectory();
    lines = [];
    trainer = openRun(dir, {}, lines);
  });

  const stepsWith = (problem: number, from: number, to: number): number[] => {
    const { text } = trainer.problems[problem]!;
    return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((step) => questionsOf(dir, step).includes(text));
  };

  it('keeps an excluded problem out of every batch and out of the competence', () => {
    const { id } = trainer.problems[0]!;
    writeSampler(dir, samplerConfig('sha256:a', { [id]: { membership: 'exclude' } }));
    trainSteps(trainer, 20);
    assert.deepEqual(stepsWith(0, 1, 20), []);
    assert.equal(trainer.sampler.cdas.countedProblems, trainer.problems.length - 1);
  });

  it('takes a problem back in when it is no longer excluded', () => {
    const { id } = trainer.problems[0]!;
    writeSampler(dir, samplerConfig('sha256:a', { [id]: { membership: 'exclude' } }));
    trainSteps(trainer, 2);
    writeSampler(dir, samplerConfig('sha256:b', {}));
    trainSteps(trainer, 1);
    assert.equal(trainer.sampler.cdas.countedProblems, trainer.problems.length);
    assert.deepEqual(receiptsOf(dir).map((receipt) => [receipt['appliedAtStep'], receipt['excluded']]), [[1, 1], [3, 0]]);
  });

  it('has a pinned problem in every batch from the next step on', () => {
    trainSteps(trainer, 2);
    writeSampler(dir, samplerConfig('sha256:a', { [trainer.problems[9]!.id]: { membership: 'pin' } }));
    trainSteps(trainer, 10);
    assert.deepEqual(stepsWith(9, 3, 12), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('lets more pins than a batch holds take turns', () => {
    const pins = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    writeSampler(dir, samplerConfig('sha256:a', Object.fromEntries(pins.map((i) => [trainer.problems[i]!.id, { membership: 'pin' }]))));
    trainSteps(trainer, 6);
    for (const pin of pins) assert.equal(stepsWith(pin, 1, 6).length, 4, `problem ${pin}`);
  });

  it('scores a relabelled problem against the new answer and rates it afresh', () => {
    const { id } = trainer.problems[0]!;
    writeSampler(dir, samplerConfig('sha256:a', { [id]: { membership: 'pin' } }));
    trainSteps(trainer, 3);
    assert.equal(trainer.sampler.cdas.visits(0), 3);
    writeSampler(dir, samplerConfig('sha256:b', { [id]: { membership: 'pin', groundTruth: '4711' } }));
    trainSteps(trainer, 1);
    assert.equal(trainer.sampler.cdas.visits(0), 1);
    const rows = rolloutsOf(dir, 4).filter((row) => row.input.includes(trainer.problems[0]!.text));
    assert.deepEqual(new Set(rows.map((row) => row.gts)), new Set(['4711']));
  });

  it('rates a problem afresh when its new answer is taken back', () => {
    const { id } = trainer.problems[0]!;
    writeSampler(dir, samplerConfig('sha256:a', { [id]: { membership: 'pin', groundTruth: 4711 } }));
    trainSteps(trainer, 3);
    writeSampler(dir, samplerConfig('sha256:b', { [id]: { membership: 'pin' } }));
    trainSteps(trainer, 1);
    assert.equal(trainer.sampler.cdas.visits(0), 1);
    assert.equal(rolloutsOf(dir, 4)[0]!.gts, trainer.problems[0]!.groundTruth);
  });

  it('finds a problem by id, by index and by text hash, and lists those that it cannot find', () => {
    const { problems } = trainer;
    writeSampler(dir, samplerConfig('sha256:a', {
      [problems[0]!.id]: { membership: 'exclude' },
      '1': { membership: 'exclude' },
      'other:2': { membership: 'pin', index: '2' },
      'other:3': { groundTruth: '0.5', textHash: problems[3]!.textHash },
      __proto__x: { membership: 'exclude' },
    }));
    trainSteps(trainer, 1);
    const [receipt] = receiptsOf(dir);
    const { schema, generation, digest, appliedAtStep, excluded, pinned, relabelled, matched, unmatched } = receipt!;
    assert.deepEqual(
      { schema, generation, digest, appliedAtStep, excluded, pinned, relabelled, matched, unmatched },
      { schema: 'cdas-receipt/1', generation: 3, digest: 'sha256:a', appliedAtStep: 1, excluded: 2, pinned: 1, relabelled: 1, matched: 4, unmatched: ['__proto__x'] },
    );
  });

  it('writes one receipt for a digest, however often it looks', () => {
    writeSampler(dir, samplerConfig('sha256:a', {}));
    trainSteps(trainer, 3);
    assert.equal(receiptsOf(dir).length, 1);
  });

  it('says in the receipt how it samples, in the words of the adapters', () => {
    trainSteps(trainer, 7);
    writeSampler(dir, samplerConfig('sha256:a', {}, { name: 'mopps', seed: 5, target: 0.4 }));
    trainSteps(trainer, 1);
    assert.deepEqual(receiptsOf(dir)[0]!['sampler'], {
      strategy: { name: 'mopps', mode: 'paper', warmup: 'first-epoch', symmetric: true, seed: 5, target: 0.4 },
      own: {}, size: 6, draws: 7, observed: 7, epoch: 1, offset: 6, learns: true, givenOrder: false,
    });
  });

  it('samples under its own seed where the config names none', () => {
    writeSampler(dir, samplerConfig('sha256:a', {}));
    trainSteps(trainer, 1);
    const { strategy } = readTrainerSampler(receiptsOf(dir)[0]!['sampler'])!;
    assert.deepEqual(strategy, { ...defaultStrategy, seed: smallRun.seed });
  });

  it('stays with the strategy in force when it does not know another, says so, and obeys the rest', () => {
    writeSampler(dir, samplerConfig('sha256:a', {}, { name: 'random', seed: 3 }));
    trainSteps(trainer, 1);
    writeSampler(dir, samplerConfig('sha256:b', { [trainer.problems[5]!.id]: { membership: 'pin' } }, { name: 'luck', seed: 4 }));
    trainSteps(trainer, 2);
    assert.deepEqual(stepsWith(5, 2, 3), [2, 3]);
    const followed = receiptsOf(dir).map((receipt) => readTrainerSampler(receipt['sampler'])!.strategy);
    assert.deepEqual(followed.map(({ name, seed }) => [name, seed]), [['random', 3], ['random', 3]]);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^\.cdas\/sampler\.json: Unknown strategy "luck"; use one of cdas, .*\. Batches are chosen as before\.$/);
  });

  it('keeps one problem in when everything is excluded, and says so', () => {
    writeSampler(dir, samplerConfig('sha256:a', Object.fromEntries(trainer.problems.map(({ id }) => [id, { membership: 'exclude' }]))));
    trainSteps(trainer, 2);
    assert.equal(questionsOf(dir, 2).length, 1);
    const [receipt] = receiptsOf(dir);
    assert.equal(receipt!['excluded'], trainer.problems.length - 1);
    assert.deepEqual(receipt!['ignored'], [trainer.problems.at(-1)!.id]);
    assert.deepEqual(lines, ['.cdas/sampler.json excludes every problem; the last one stays in']);
  });

  it('trains on when a directory lies in the place of the config', () => {
    mkdirSync(join(dir, '.cdas', 'sampler.json'), { recursive: true });
    trainSteps(trainer, 1);
    assert.deepEqual(lines, ['.cdas/sampler.json is not a file; the last good one stays in force']);
  });

  for (const [what, content] of [
    ['half a file', '{"schema": "cdas-sampler/1", "dig'],
    ['another kind of file', '[1, 2, 3]'],
    ['a newer schema', { schema: 'cdas-sampler/2', digest: 'sha256:b', problems: {} }],
    ['no digest', { schema: 'cdas-sampler/1', problems: {} }],
    ['problems of the wrong shape', { schema: 'cdas-sampler/1', digest: 'sha256:b', problems: ['all'] }],
    ['an unknown membership', { schema: 'cdas-sampler/1', digest: 'sha256:b', problems: { '0': { membership: 'maybe' } } }],
  ] as const) {
    it(`keeps to the last good config, and says so once, when it finds ${what}`, () => {
      writeSampler(dir, samplerConfig('sha256:a', { [trainer.problems[5]!.id]: { membership: 'pin' } }));
      trainSteps(trainer, 1);
      writeSampler(dir, content);
      trainSteps(trainer, 3);
      assert.deepEqual(stepsWith(5, 1, 4), [1, 2, 3, 4]);
      assert.equal(receiptsOf(dir).length, 1);
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, /^\.cdas\/sampler\.json .*; the last good one stays in force$/);
    });
  }
});
