import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ObservedRun } from '../../../../src/engine/observedRun';
import { openRuns } from '../../../../src/logs/discovery/discover';
import { naturalOrder } from '../../../../src/logs/logFormat';
import { loadOnly } from '../../engine/fixtureRuns';
import { fixtureRun, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

const plain = { mode: 'paper', correctThreshold: null } as const;

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(path.join(directory, entry.name)) : [path.join(directory, entry.name)]))
    .sort(naturalOrder);
}

/** All that a view could show of a run's groups, whatever order its files came in. */
function shown(run: ObservedRun): unknown {
  const { rollouts, groupSize, correctRule, completeness, identity, health } = summaryOf(run);
  const steps = run.steps.map(({ step, groups, lengthSum }) => {
    const byId = groups.map((group) => [run.registry.problems[group.problem]?.id, group.n, group.scored, group.correct, group.rewardSum] as const);
    return { step, lengthSum, groups: byId.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)) };
  });
  return { rollouts, groupSize, correctRule, completeness, identity, superseded: health.superseded, badLines: health.badLines, steps };
}

function readOn(run: ObservedRun): void {
  while (run.advance(4096, Date.now()).more);
}

describe('a run that is written while it is read', () => {
  const directory = temporaryDirectory();

  for (const name of ['prime_rl_head', 'trl_grpo', 'trl_repeats', 'ms_swift_hf', 'nemo_rl', 'areal_2026_08', 'roll_rlvr', 'skyrl_eval']) {
    it(`shows of ${name} what a fresh reading shows`, async () => {
      const source = fixtureRun(name);
      let run: ObservedRun | null = null;
      for (const file of filesBelow(source)) {
        const copy = path.join(directory.path(), path.relative(source, file));
        const bytes = readFileSync(file);
        mkdirSync(path.dirname(copy), { recursive: true });
        for (const [from, to] of [[0, bytes.length >> 1], [bytes.length >> 1, bytes.length]] as const) {
          appendFileSync(copy, bytes.subarray(from, to));
          if (run !== null) readOn(run);
        }
        if (run !== null) continue;
        const [found] = (await openRuns(directory.path())).runs;
        run = found === undefined ? null : new ObservedRun(found, plain);
      }
      assert.ok(run);
      readOn(run);
      assert.deepEqual(shown(run), shown(await loadOnly(source)));
    });

    it(`shows the same of ${name} when every file is written again in place, and when they are moved in anew`, async () => {
      const source = fixtureRun(name);
      const run = new ObservedRun((await openRuns(source)).runs[0]!, plain);
      readOn(run);
      const copyRun = async (): Promise<ObservedRun> => {
        for (const file of filesBelow(source)) {
          const copy = path.join(directory.path(), path.relative(source, file));
          mkdirSync(path.dirname(copy), { recursive: true });
          writeFileSync(copy, readFileSync(file));
        }
        return new ObservedRun((await openRuns(directory.path())).runs[0]!, plain);
      };
      const live = await copyRun();
      readOn(live);
      for (const file of filesBelow(directory.path())) {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes);
        readOn(live);
        writeFileSync(`${file}.new`, bytes);
        renameSync(`${file}.new`, file);
        readOn(live);
        assert.equal(statSync(file).size, bytes.length);
      }
      assert.deepEqual(shown(live), shown(run));
    });
  }
});
