import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unusableRoots, unusableRootsText, type UnusableRoots } from '../../../src/extension/runs/unusableRoots';
import { temporaryDirectory } from '../temporaryDirectory';

const none: UnusableRoots = { missing: [], files: [], relative: [] };
const at = (directory: string): { written: string; directory: string } => ({ written: directory, directory });

describe('run roots that cannot be searched', () => {
  const directory = temporaryDirectory();

  it('are found until they exist', async () => {
    const later = path.join(directory.path(), 'later');
    assert.deepEqual(await unusableRoots([at(directory.path()), at(later), at(later)]), { ...none, missing: [later] });
    mkdirSync(later);
    assert.deepEqual(await unusableRoots([at(directory.path()), at(later)]), none);
  });

  it('are files, and what would lie below them does not exist', async () => {
    const file = path.join(directory.path(), 'file');
    writeFileSync(file, '');
    assert.deepEqual(await unusableRoots([at(file), at(path.join(file, 'runs'))]), { ...none, files: [file], missing: [path.join(file, 'runs')] });
  });

  it('are relative ones without a folder, as they are written', async () => {
    assert.deepEqual(await unusableRoots([{ written: 'runs', directory: null }, at(directory.path())]), { ...none, relative: ['runs'] });
  });

  it('are named with what to do, the first few of many', () => {
    assert.equal(unusableRootsText(none, true), '');
    assert.equal(unusableRootsText({ ...none, missing: ['/a'] }, true), 'The run root /a does not exist. Create this directory, or correct the setting cdasLens.runRoots.');
    assert.match(unusableRootsText({ ...none, missing: ['/a', '/b', '/c', '/d', '/e'] }, true), /^These run roots do not exist: \/a, \/b, \/c and 2 more\. /);
  });

  it('are named with all that is wrong with them', () => {
    const text = unusableRootsText({ missing: ['/a'], files: ['/b.jsonl'], relative: ['c', 'd'] }, true);
    assert.match(text, /^The run root \/a does not exist\. .* The run root \/b\.jsonl is not a directory\. .* These run roots start at a folder, and no folder is open: c, d\. Open the folder/);
  });

  it('hide no welcome without saying what it would say', () => {
    assert.equal(unusableRootsText(none, false), '');
    assert.match(unusableRootsText({ ...none, missing: ['/a'] }, false), /^The run root \/a does not exist\. .* Elsewhere no run has been found\. Add Run Root… /);
  });

  it('are named on one line', () => {
    assert.doesNotMatch(unusableRootsText({ ...none, missing: ['/a\nb\u202ec'] }, true), /[\n\u202e]/);
  });
});
