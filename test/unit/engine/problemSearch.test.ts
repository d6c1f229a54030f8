import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { textHash } from '../../../src/core/identity';
import type { CurationState, ProblemCuration } from '../../../src/core/decisionFold';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { searchProblems } from '../../../src/engine/views/problemSearch';
import { problemPage } from '../../../src/engine/views/problemViews';
import { readDatasetFile } from '../../../src/logs/datasets/datasetFile';
import { temporaryDirectory } from '../temporaryDirectory';
import { loadOnly } from './fixtureRuns';

const everyProblem = { run: '', sort: 'id', descending: false, offset: 0, limit: 10 } as const;
const undecided: CurationState = { generation: 0, problems: new Map(), decisions: [], undone: new Set(), expired: new Set(), warnings: [] };

describe('a search among the problems of a run', () => {
  const directory = temporaryDirectory();
  const dataset = (): string => path.join(directory.path(), 'train.jsonl');

  function write(...questions: string[]): void {
    writeFileSync(dataset(), questions.map((question) => `${JSON.stringify({ question, answer: '1' })}\n`).join(''));
  }

  async function load(): Promise<ObservedRun> {
    const row = (text: string, score: number): string => `${JSON.stringify({ input: `user\n${text}\nassistant\n`, output: 'o', gts: '1', score, step: 1 })}\n`;
    writeFileSync(path.join(directory.path(), '1.jsonl'), ['Two Trains', 'A log’s own train'].map((text) => row(text, 0) + row(text, 1)).join(''));
    return loadOnly(directory.path(), { dataset: dataset() });
  }

  async function find(run: ObservedRun, search: string): Promise<string[]> {
    const isFound = await searchProblems(run, { ...everyProblem, search });
    const context = { run, facts: findFacts(run), curation: undecided, standings: new Map() };
    const { rows, total } = problemPage(context, everyProblem, isFound);
    assert.equal(total, rows.length);
    return rows.map(({ text }) => text).sort();
  }

  it('finds them by text, whatever its case, whoever knows them', async () => {
    write('Two Trains', 'Three trains', 'Four cars');
    const run = await load();
    assert.deepEqual(await find(run, 'TRAIN'), ['A log’s own train', 'Three trains', 'Two Trains']);
    assert.deepEqual(await find(run, 'three'), ['Three trains']);
    assert.deepEqual(await find(run, ''), ['A log’s own train', 'Four cars', 'Three trains', 'Two Trains']);
  });

  it('finds them by id', async () => {
    write('Two Trains', 'Four cars');
    const run = await load();
    assert.deepEqual(await find(run, textHash('Four cars').slice(2, 12).toUpperCase()), ['Four cars']);
  });

  it('looks into another dataset once the run has one', async () => {
    write('Two Trains');
    const run = await load();
    assert.deepEqual(await find(run, 'cars'), []);
    appendFileSync(dataset(), '{"question": "Four cars"}\n');
    run.configure({ dataset: await readDatasetFile(dataset()) });
    for (let more = true; more; ) ({ more } = run.advance(1 << 20, Date.now()));
    assert.deepEqual(await find(run, 'cars'), ['Four cars']);
  });

  it('shows of the problems with a decision those only that have the wanted one', async () => {
    write('Two Trains', 'Three trains', 'Four cars');
    const run = await load();
    const idOf = (text: string): string => `h:${textHash(text)}`;
    const decided = (membership: ProblemCuration['membership']): ProblemCuration => ({ membership, membershipDecision: null, relabel: null, conflicts: [], textHash: null, index: null });
    const problems = new Map([[idOf('Four cars'), decided('pin')], [idOf('Two Trains'), decided('exclude')], ['unknown', decided('pin')], [idOf('Three trains'), decided('normal')]]);
    const context = { run, facts: findFacts(run), curation: { ...undecided, problems }, standings: new Map() };
    const textsOf = (membership: 'pin' | 'decided'): string[] => problemPage(context, { ...everyProblem, membership }).rows.map(({ text }) => text).sort();
    assert.deepEqual(textsOf('pin'), ['Four cars']);
    assert.deepEqual(textsOf('decided'), ['Four cars', 'Two Trains']);
    const isFound = await searchProblems(run, { ...everyProblem, search: 'train' });
    assert.deepEqual(problemPage(context, { ...everyProblem, membership: 'decided' }, isFound).rows.map(({ text }) => text), ['Two Trains']);
  });
});
