import assert from 'node:assert/strict';
import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { StepEvent } from '../../../src/core/historyRows';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { ObservedRun } from '../../../src/engine/observedRun';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { readToEnd } from '../../../src/engine/runLoading';
import type { RatingOptions, RunCuration } from '../../../src/engine/rating/runRating';
import { summariseRun } from '../../../src/engine/views/runSummary';
import { openRuns } from '../../../src/logs/discovery/discover';
import { group, lines, options, visible, type Rollout } from './liveLog';
import { temporaryDirectory } from '../temporaryDirectory';

/** So little is done in a turn that each step takes several. */
const unitsPerTurn = 1;
const manySteps = 30;

describe('rating that takes many turns', () => {
  const directory = temporaryDirectory();
  const write = (step: number, ...groups: readonly (readonly Rollout[])[]): void => writeFileSync(path.join(directory.path(), `${step}.jsonl`), lines(step, groups.flat()));

  async function open(perTurn?: number): Promise<ObservedRun> {
    const source = (await openRuns(directory.path())).runs[0]!;
    return new ObservedRun(source, options, new RunFiles(source), perTurn);
  }

  /** Brings a run up to date; returns how many turns that took. */
  function settle(run: ObservedRun): number {
    for (let turns = 1; ; turns++) if (!run.advance(1 << 20, Date.now()).more) return turns;
  }

  async function atOnce(): Promise<unknown> {
    const run = await open();
    settle(run);
    return visible(run);
  }

  /** A run of many steps that was read, with an old one changed, and the turn begun in which that is found. */
  async function withOldStepChanged(): Promise<ObservedRun> {
    for (let step = 1; step <= manySteps; step++) write(step, group(step % 5, step % 5), group(7, 1));
    const run = await open(unitsPerTurn);
    settle(run);
    write(2, group(1, 4), group(9, 2));
    while (!run.isRating) run.advance(1 << 20, Date.now());
    return run;
  }

  it('shows what was shown before until all is rated, then what rating at once shows', async () => {
    const run = await withOldStepChanged();
    const before = visible(run);
    let turns = 0;
    for (; run.isRating; turns++) {
      assert.deepEqual(visible(run), before);
      assert.equal(summariseRun(run, findFacts(run), Date.now()).rating, true);
      run.advance(1 << 20, Date.now());
    }
    assert.ok(turns >= manySteps);
    assert.equal(summariseRun(run, findFacts(run), Date.now()).rating, false);
    assert.deepEqual(visible(run), await atOnce());
  });

  it('adds steps at the end one by one, each time as if the run had ended there', async () => {
    write(1, group(1, 1));
    const run = await open(unitsPerTurn);
    settle(run);
    for (let step = 2; step <= 5; step++) write(step, group(step, 1), group(1, step - 1));
    const seen = new Map<number, unknown>();
    for (let more = true; more; ) {
      ({ more } = run.advance(1 << 20, Date.now()));
      // The sums of a run go on changing.
      seen.set(run.steps.length, structuredClone(visible(run)));
    }
    assert.deepEqual([...seen.keys()], [1, 2, 3, 4, 5]);
    for (const step of [5, 4, 3, 2]) {
      assert.deepEqual(seen.get(step), await atOnce());
      unlinkSync(path.join(directory.path(), `${step}.jsonl`));
    }
  });

  it('takes in what comes meanwhile', async () => {
    const run = await withOldStepChanged();
    write(manySteps + 1, group(3, 3));
    write(5, group(3, 0));
    run.advance(1 << 20, Date.now());
    settle(run);
    // What was under way is brought to its end first, then it is looked for more.
    settle(run);
    assert.deepEqual(visible(run), await atOnce());
    assert.equal(run.steps.length, manySteps + 1);
  });

  it('begins again where meanwhile it is to be rated otherwise', async () => {
    const run = await withOldStepChanged();
    const decided = { events: [{ step: 3, problem: run.registry.problems[0]!.id, kind: 'exclude' as const }], relabelled: () => [] };
    run.applyCuration(decided);
    for (let turn = 0; turn < 3; turn++) run.advance(1 << 20, Date.now());
    assert.ok(run.isRating);
    run.configure({ options: { ...options, mode: 'official-compat' } });
    for (let turn = 0; turn < 3; turn++) run.advance(1 << 20, Date.now());
    assert.deepEqual([run.isRating, run.mode], [true, 'paper']);
    settle(run);
    const fresh = await open();
    fresh.configure({ options: { ...options, mode: 'official-compat' }, curation: decided });
    settle(fresh);
    assert.deepEqual(visible(run), visible(fresh));
    assert.equal(run.mode, 'official-compat');
  });

  it('is given up with the reading', async () => {
    const run = await withOldStepChanged();
    let asked = 0;
    const watch = { cancelled: () => ++asked === 3, progress: () => undefined };
    assert.equal(await readToEnd(run, watch), false);
    assert.deepEqual([asked, run.isRating], [3, true]);
  });

  it('comes to the same as rating at once after any history', async () => {
    const rollout = fc.record({ problem: fc.integer({ min: 1, max: 4 }), score: fc.constantFrom(0, 1, 1, 10) });
    const event = fc.record({ step: fc.integer({ min: 1, max: 6 }), problem: fc.integer({ min: 1, max: 4 }), kind: fc.constantFrom<StepEvent['kind'][]>('exclude', 'include', 'restart') });
    const action = fc.oneof(
      fc.record({ do: fc.constant('write'), step: fc.integer({ min: 1, max: 6 }), rollouts: fc.array(rollout, { minLength: 1, maxLength: 6 }) }),
      fc.record({ do: fc.constant('remove'), step: fc.integer({ min: 2, max: 6 }) }),
      fc.record({ do: fc.constant('turns'), turns: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ do: fc.constant('decide'), events: fc.array(event, { maxLength: 3 }) }),
      fc.record({ do: fc.constant('mode'), mode: fc.constantFrom<RatingOptions['mode'][]>('paper', 'official-compat') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 12 }), async (actions) => {
        rmSync(directory.path(), { recursive: true });
        mkdirSync(directory.path());
        write(1, group(1, 1), group(2, 2), group(3, 3), group(4, 4));
        const run = await open(200);
        const ids = new Map(run.advance(1 << 20, Date.now()).changed ? run.registry.problems.map(({ id }, problem) => [problem + 1, id]) : []);
        const set: { options: RatingOptions; curation: RunCuration } = { options, curation: { events: [], relabelled: () => [] } };
        for (const act of actions) {
          if ('rollouts' in act) write(act.step, act.rollouts);
          else if ('step' in act) rmSync(path.join(directory.path(), `${act.step}.jsonl`), { force: true });
          else if ('turns' in act) for (let turn = 0; turn < act.turns; turn++) run.advance(1 << 20, Date.now());
          else if ('events' in act) {
            const events = act.events.map((each) => ({ ...each, problem: ids.get(each.problem) ?? '' })).sort((a, b) => a.step - b.step);
            set.curation = { events, relabelled: () => [] };
            run.applyCuration(set.curation);
          } else {
            set.options = { ...options, mode: act.mode };
            run.configure({ options: set.options });
          }
        }
        settle(run);
        settle(run);
        const fresh = await open();
        settle(fresh);
        fresh.configure(set);
        assert.deepEqual(visible(run), visible(fresh));
      }),
      { numRuns: 60 },
    );
  });
});
