import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingRoots, missingRootsText } from '../../../src/extension/runs/missingRoots';

describe('run roots that are not there', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-roots-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are found until they exist', async () => {
    const [there, later] = [directory, path.join(directory, 'later')];
    assert.deepEqual(await missingRoots([there, later]), [later]);
    mkdirSync(later);
    assert.deepEqual(await missingRoots([there, later]), []);
  });

  it('are those below a file too', async () => {
    const file = path.join(directory, 'file');
    writeFileSync(file, '');
    assert.deepEqual(await missingRoots([path.join(file, 'runs')]), [path.join(file, 'runs')]);
  });

  it('are named with what to do, the first few of many', () => {
    assert.equal(missingRootsText([]), '');
    assert.equal(missingRootsText(['/a']), 'The run root /a does not exist. Create this directory, or correct the setting cdasLens.runRoots.');
    assert.match(missingRootsText(['/a', '/b', '/c', '/d', '/e']), /^These run roots do not exist: \/a, \/b, \/c and 2 more\. /);
  });

  it('are named on one line', () => {
    assert.doesNotMatch(missingRootsText(['/a\nb\u202ec']), /[\n\u202e]/);
  });
});
