import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findFacts } from '../../../src/engine/doctor/logFindings';
import { orderedProblems, problemRow, problemRows, type ProblemContext } from '../../../src/engine/views/problemViews';
import { temporaryDirectory } from '../curation/temporaryDirectory';
import { loadOnly } from './fixtureRuns';

describe('the rows of very many problems', () => {
  const directory = temporaryDirectory();
  const count = 6000;

  async function load(): Promise<ProblemContext> {
    const dataset = path.join(directory.path(), 'train.jsonl');
    const question = (row: number): string => `${row} ${'x'.repeat((row * 37) % 400)}`;
    const rows = Array.from({ length: count }, (_, row) => JSON.stringify({ id: `p${row}`, question: question(row), answer: row }));
    writeFileSync(dataset, `${rows.join('\n')}\n`);
    const logged = (row: number, score: number): string => `${JSON.stringify({ input: `user\n${question(row)}\nassistant\n`, output: 'o', gts: String(row), score, step: 1 })}\n`;
    writeFileSync(path.join(directory.path(), '1.jsonl'), [5000, 17, 900].map((row) => logged(row, 0) + logged(row, 1)).join(''));
    const run = await loadOnly(directory.path(), { dataset });
    return { run, facts: findFacts(run), curation: { generation: 0, problems: new Map(), decisions: [], undone: new Set(), expired: new Set(), warnings: [] }, standings: new Map() };
  }

  it('are in parts what they are one by one, in the order that was asked for', async () => {
    const context = await load();
    const ordered = orderedProblems(context, { sort: 'id', descending: true });
    const parts = [...problemRows(context, ordered)];
    assert.equal(ordered.length, count);
    assert.ok(parts.length > 3 && parts.every(({ length }) => length <= 1024));
    assert.deepEqual(parts.flat(), Array.from(ordered, (problem) => problemRow(context, problem)));
  });
});
