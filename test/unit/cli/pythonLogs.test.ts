import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { isRecord } from '../../../src/core/json';
import { temporaryDirectory } from '../temporaryDirectory';
import { cliJson } from './cliProcess';

const script = path.join(import.meta.dirname, '../../trainer/write_logs.py');
/** What is not the same where texts are missing: the texts, the names of the runs, and that it is said. */
const differing = new Set(['id', 'name', 'path', 'variant', 'text', 'title', 'flags']);

/** A document of the command line without what differs. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (differing.has(key) ? [] : [[key, comparable(member)]])));
}

describe('the logs that the Python package writes', () => {
  const folder = temporaryDirectory();
  beforeEach(() => execFileSync('python3', [script, folder.path()], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }));

  for (const [command, ...options] of [['show'], ['groups'], ['problems'], ['recompute'], ['next-batch', '--size', '4']] as const) {
    it(`say the same without texts: ${command}`, () => {
      const [texts, groups] = ['rollouts', 'groups'].map((log) => cliJson([command, path.join(folder.path(), log), ...options]));
      assert.deepEqual(comparable(groups), comparable(texts));
    });
  }

  it('are told apart by the doctor', () => {
    const found = JSON.stringify(cliJson(['doctor', path.join(folder.path(), 'groups')]));
    assert.match(found, /has one line per group and no rollouts/);
  });
});
