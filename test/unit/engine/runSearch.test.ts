import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { engineOn } from './observedTree';
import { temporaryDirectory } from '../temporaryDirectory';

describe('two searches at once', () => {
  const root = temporaryDirectory();

  beforeEach(() => {
    mkdirSync(path.join(root.path(), 'run/rollouts'), { recursive: true });
    writeFileSync(path.join(root.path(), 'run/rollouts/1.jsonl'), '{"input":"a","output":"b","gts":"1","score":1.0,"step":1}\n');
  });

  it('find each run once, and do not begin it anew', async () => {
    const { catalog } = engineOn(root.path());
    const [first, second] = [catalog.rescan(), catalog.rescan()];
    assert.equal(await first, true);
    const [run] = catalog.all;
    await second;
    assert.equal(catalog.all.length, 1);
    assert.equal(catalog.all[0], run);
  });

  it('are followed by one that sees what came since', async () => {
    const { catalog } = engineOn(root.path());
    await Promise.all([catalog.rescan(), catalog.rescan()]);
    rmSync(path.join(root.path(), 'run'), { recursive: true });
    assert.equal(await catalog.rescan(), true);
    assert.deepEqual(catalog.all, []);
  });
});
