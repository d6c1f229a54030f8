import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { examineLog } from '../../../src/engine/doctor/doctor';
import { gatherEvidence } from '../../../src/engine/doctor/doctorEvidence';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { loadRun } from '../../../src/engine/runLoading';
import { openRuns } from '../../../src/logs/discovery/discover';
import type { DoctorReport } from '../../../src/protocol/doctor';
import { fixtures, loadOnly, readExpected } from './fixtureRuns';
import { temporaryDirectory } from '../temporaryDirectory';

describe('the ratings that the authors’ trainer stored', () => {
  const directory = temporaryDirectory();
  beforeEach(() => {
    cpSync(path.join(fixtures, 'runs/cdas_official'), directory.path(), { recursive: true });
  });

  const state = 'checkpoints/qwen2_5_7b_cdas_cdas.json';
  const log = 'sampling_log/qwen2_5_7b_cdas_sampling.json';

  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(directory.path(), file), 'utf8'));
  const entries = (): { step: number }[] => read(log) as { step: number }[];
  const write = (file: string, value: unknown): void => writeFileSync(path.join(directory.path(), file), JSON.stringify(value));

  async function examine(mode: 'paper' | 'official-compat' = 'paper'): Promise<DoctorReport> {
    const run = await loadOnly(directory.path(), { mode });
    return examineLog(run, findFacts(run), gatherEvidence(run));
  }

  it('are those that their rule gives for the log, whatever the views show', async () => {
    const { abilities } = readExpected('cdas_official').cdas;
    for (const mode of ['paper', 'official-compat'] as const) {
      const { storedRatings, findings } = await examine(mode);
      assert.deepEqual([storedRatings?.file, storedRatings?.step, storedRatings?.problems, storedRatings?.problemsHere], [state, 4, 8, 8]);
      assert.equal(storedRatings?.ability, abilities.at(-1));
      assert.ok(Math.abs(storedRatings!.abilityHere - storedRatings!.ability) < 1e-12 && storedRatings!.largestDifference! < 1e-12);
      assert.equal(findings.find(({ code }) => code === 'storedRatings')?.severity, 'note');
    }
  });

  it('count the steps after the warm-up only, as that trainer does', async () => {
    write(log, [{ step: 0, result: { 'What is 15% of 80?': [4, 0, 1] } }, ...entries()]);
    assert.ok(((await examine()).storedRatings?.largestDifference ?? 1) < 1e-12);
  });

  it('are held to the steps up to their own, where the log goes on', async () => {
    write(log, [...entries(), { step: 5, result: { 'What is 15% of 80?': [0, 4, 0] } }]);
    assert.ok(((await examine()).storedRatings?.largestDifference ?? 1) < 1e-12);
  });

  it('show that rollouts are missing in the log', async () => {
    write(log, entries().map((entry) => (entry.step === 2 ? { step: 2, result: {} } : entry)));
    const finding = (await examine()).findings.find(({ code }) => code === 'storedRatings');
    assert.equal(finding?.severity, 'warning');
    assert.match(finding.text, /difficulties differ by up to 0\.0991/);
    assert.match(finding.fix!.advice, /sampling log of the whole run/);
  });

  it('are found beside several experiments by the name of their own', async () => {
    write('checkpoints/other_cdas.json', { ...(read(state) as object), cur_step: 99 });
    assert.equal((await examine()).storedRatings?.step, 4);
  });

  it('are none where the file is half-written, hostile or not theirs', async () => {
    for (const text of ['{"model_abil', '[]', '{"problem_difficulties": 3}']) {
      writeFileSync(path.join(directory.path(), state), text);
      assert.equal((await examine()).storedRatings, null);
    }
    writeFileSync(path.join(directory.path(), state), '{"model_abilities": "x", "problem_difficulties": {"__proto__": [0, 0.5], "constructor": {}}}');
    const { storedRatings } = await examine();
    assert.deepEqual([storedRatings?.problems, storedRatings?.problemsHere, storedRatings?.ability], [1, 0, 0]);
  });
});

describe('the authors’ sampling log', () => {
  it('counts a step that a resumed training appended again once, by its later entry', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-resumed-'));
    after(() => rmSync(directory, { recursive: true }));
    const entry = (step: number, correct: number): object => ({ step, result: { Q: [correct, 4 - correct, correct / 4] } });
    writeFileSync(path.join(directory, 'exp_sampling.json'), JSON.stringify([entry(1, 1), entry(2, 2), entry(3, 3), entry(2, 4)]));
    const run = await loadOnly(directory);
    assert.deepEqual(run.steps.map(({ step, groups }) => [step, groups.map(({ n, correct }) => [n, correct])]), [[1, [[4, 1]]], [2, [[4, 4]]], [3, [[4, 3]]]]);
  });

  it('of several experiments in one directory are runs of their own', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cdas-experiments-'));
    after(() => rmSync(directory, { recursive: true }));
    const log = (correct: number): string => JSON.stringify([{ step: 1, result: { Q: [correct, 4 - correct, correct / 4] } }]);
    writeFileSync(path.join(directory, 'first_sampling.json'), log(1));
    writeFileSync(path.join(directory, 'second_sampling.json'), log(3));
    const { runs } = await openRuns(directory);
    assert.equal(new Set(runs.map(({ id }) => id)).size, 2);
    const loaded = await Promise.all(runs.map((source) => loadRun(source, { options: { mode: 'paper', correctThreshold: null }, dataset: null })));
    assert.deepEqual(loaded.map((run) => [run?.source.name, run?.steps[0]?.rollouts, run?.totals.sums.groups]), [['first', 4, 1], ['second', 4, 1]]);
  });
});
