import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { groupRows, orderedProblems, problemRow, problemRows, type ProblemContext } from '../../../src/engine/views/problemViews';
import { temporaryDirectory } from '../temporaryDirectory';
import { loadOnly } from './fixtureRuns';

describe('the rows of very many problems', () => {
  const directory = temporaryDirectory();
  const count = 6000;

  async function load(): Promise<ProblemContext> {
    const dataset = path.join(directory.path(), 'train.jsonl');
    const question = (row: number): string => `${row} ${'x'.repeat((row * 37) % 400)}`;
    const rows = Array.from({ length: count }, (_, row) => JSON.stringify({ id: `p${row}`, question: question(row), answer: String(row) }));
    writeFileSync(dataset, `${rows.join('\n')}\n`);
    const logged = (row: number, score: number): string => `${JSON.stringify({ input: question(row), output: 'o', gts: String(row), score, step: 1 })}\n`;
    writeFileSync(path.join(directory.path(), '1.jsonl'), [5000, 17, 900].map((row) => logged(row, 0) + logged(row, 1)).join(''));
    return contextOf(await loadOnly(directory.path(), { dataset }));
  }

  function contextOf(run: ObservedRun): ProblemContext {
    return { run, facts: findFacts(run), curation: { generation: 0, problems: new Map(), decisions: [], undone: new Set(), expired: new Set(), warnings: [] }, standings: new Map() };
  }

  it('take only those texts from the dataset that the log has not', async () => {
    const { run: { registry } } = await load();
    assert.deepEqual(registry.rowsToRead([16, 17, 18, 900, 5000]), [16, 18]);
  });

  it('are in parts what they are one by one, in the order that was asked for', async () => {
    const context = await load();
    const ordered = orderedProblems(context, { sort: 'id', descending: true });
    const parts = [...problemRows(context, ordered)];
    assert.equal(ordered.length, count);
    assert.ok(parts.length > 3 && parts.every(({ length }) => length <= 1024));
    assert.deepEqual(parts.flat(), Array.from(ordered, (problem) => problemRow(context, problem)));
  });

  it('are read together from the dataset, ever more of them where their texts are short', async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => JSON.stringify({ id: `p${row}`, question: `Q${row}`, answer: row }));
    const dataset = path.join(directory.path(), 'train.jsonl');
    writeFileSync(dataset, `${rows.join('\n')}\n`);
    writeFileSync(path.join(directory.path(), '1.jsonl'), `${JSON.stringify({ input: 'Q7', output: 'o', gts: '7', score: 1, step: 1 })}\n`);
    const context = contextOf(await loadOnly(directory.path(), { dataset }));
    const file = context.run.datasetFile;
    assert.ok(file);
    const asked: number[] = [];
    const readAhead = file.readAhead.bind(file);
    file.readAhead = (wanted) => {
      asked.push(wanted.length);
      return readAhead(wanted);
    };
    const ordered = orderedProblems(context, { sort: 'id', descending: true });
    const listed = [...problemRows(context, ordered)].flat();
    assert.deepEqual(asked, [1024, 4096, 16_384, 32_768, 60_000 - 54_272]);
    assert.ok(listed.every(({ text, groundTruth }) => text === `Q${Number(groundTruth)}`));
  });

  it('of one step are its groups, in parts', async () => {
    const logged = Array.from({ length: 9000 }, (_, row) => JSON.stringify({ input: `Problem ${row}`, output: 'o', gts: '1', score: row % 2, step: 1 }));
    writeFileSync(path.join(directory.path(), '1.jsonl'), `${logged.join('\n')}\n`);
    const context = contextOf(await loadOnly(directory.path()));
    const parts = [...groupRows(context, 1)];
    assert.ok(parts.length > 1);
    assert.deepEqual(parts.flat().map(({ title, correct, rewardMean }) => [title, correct, rewardMean]), logged.map((_, row) => [`Problem ${row}`, row % 2, row % 2]));
    assert.deepEqual([...groupRows(context, 2)], []);
  });
});
