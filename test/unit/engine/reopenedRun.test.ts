import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { IndexCache } from '../../../src/engine/reading/indexCache';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { loadRun, readToEnd } from '../../../src/engine/runLoading';
import type { RatingOptions } from '../../../src/engine/rating/runRating';
import { KeptLog } from './keptLog';
import { lines, options, visible, type Rollout } from './liveLog';
import { readContents } from './readContents';

const watch = { cancelled: () => false, progress: () => undefined };
const otherRule: RatingOptions = { mode: 'paper', correctThreshold: 0.2 };

/** Groups of so many rollouts that their tallies are kept, and others. */
const groups = fc.array(
  fc.record({ problem: fc.nat(5), n: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 600, max: 2500 })), scores: fc.constantFrom<readonly number[]>([0, 1], [0], [0, 0.25, 1], [1]) }),
  { minLength: 1, maxLength: 4 },
);

function rolloutsOf(step: typeof groups extends fc.Arbitrary<infer Value> ? Value : never): readonly Rollout[] {
  return step.flatMap(({ problem, n, scores }) => Array.from({ length: n }, (_, i) => ({ problem, score: scores[(i * 7) % scores.length] ?? 0 })));
}

/** All groups, with problems by name: after a step was rewritten their numbers are others. */
function groupsOf(run: ObservedRun): unknown {
  return run.steps.map(({ groups: own }) => own.map(({ problem, ...counts }) => ({ ...counts, problem: run.registry.at(problem)?.preview })));
}

describe('a run that is reopened', () => {
  let kept: KeptLog;

  beforeEach(() => {
    kept = new KeptLog();
  });
  afterEach(() => kept.remove());

  function write(step: number, rollouts: readonly Rollout[]): void {
    writeFileSync(kept.file(step), lines(step, rollouts));
  }

  async function load(cache: IndexCache | null, by: RatingOptions = options): Promise<ObservedRun> {
    const run = await loadRun(await kept.source(), { options: by, dataset: null, aids: { cache, second: null } });
    assert.ok(run !== null);
    return run;
  }

  async function assertSame(run: ObservedRun, by: RatingOptions = options): Promise<void> {
    const fresh = await load(null, by);
    assert.deepEqual(visible(run), visible(fresh));
    assert.deepEqual([run.rule, run.rewardEvidence], [fresh.rule, fresh.rewardEvidence]);
    assert.deepEqual(groupsOf(run), groupsOf(fresh));
  }

  it('shows what a first reading shows, under another rule too, and after steps came again, went on and were added', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(groups, groups, groups), groups, groups, async (steps, again, more) => {
        steps.forEach((step, i) => write(i + 1, rolloutsOf(step)));
        await load(kept.openCache());
        const run = await load(kept.openCache());
        assert.ok(run.files.restored.bytes > 0);
        await assertSame(run);
        run.configure({ options: otherRule });
        await readToEnd(run, watch);
        await assertSame(run, otherRule);
        write(2, rolloutsOf(again));
        appendFileSync(kept.file(3), lines(3, rolloutsOf(more)));
        write(4, rolloutsOf(more));
        await readToEnd(run, watch);
        await assertSame(run, otherRule);
        assert.deepEqual(readContents(run.files), readContents((await load(null)).files));
      }),
      { numRuns: 8 },
    );
  });

  it('looks at no row of large groups before somebody asks for one', async () => {
    const step = rolloutsOf([{ problem: 1, n: 2000, scores: [0, 1] }, { problem: 2, n: 2000, scores: [1] }]);
    for (const number of [1, 2]) write(number, step);
    await load(kept.openCache());
    const run = await load(kept.openCache());
    run.configure({ options: otherRule });
    await readToEnd(run, watch);
    const tables = [1, 2].flatMap((number) => run.files.rowsOf(number).map(({ file }) => file.table));
    assert.deepEqual(tables.map(({ packed }) => packed !== null), [true, true]);
    assert.deepEqual(readContents(run.files), readContents((await load(null)).files));
    assert.deepEqual(tables.map(({ packed }) => packed !== null), [false, false]);
  });
});
