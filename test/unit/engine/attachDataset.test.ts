import assert from 'node:assert/strict';
import { renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { attachDataset } from '../../../src/engine/runLoading';
import { fixtures, loadOnly } from './fixtureRuns';
import { temporaryDirectory } from '../temporaryDirectory';

describe('giving a run its dataset', () => {
  const folder = temporaryDirectory();
  let link: string;
  let run: ObservedRun;

  beforeEach(async () => {
    link = path.join(folder.path(), 'train.jsonl');
    symlinkSync(path.join(fixtures, 'datasets/math8_verl.jsonl'), link);
    run = await loadOnly(path.join(fixtures, 'runs/verl_v07'), { dataset: link });
  });

  it('takes the one before it away where the named one is missing, and says what to do', async () => {
    const missing = path.join(folder.path(), 'nothere.jsonl');
    await attachDataset(run, missing);
    assert.equal(run.datasetFile, null);
    assert.deepEqual(run.notes, [`The dataset is not used: there is no file ${missing}. Name the right one in cdasLens.dataset or --dataset.`]);
  });

  it('says nothing any more of a dataset that is not named any more', async () => {
    await attachDataset(run, path.join(folder.path(), 'nothere.jsonl'));
    await attachDataset(run, null);
    assert.deepEqual(run.notes, []);
  });

  it('keeps the rows of one that goes away, as while it is saved anew', async () => {
    renameSync(link, `${link}.old`);
    await attachDataset(run, link);
    assert.equal(run.datasetFile?.path, link);
    assert.match(run.notes.join(), /^The dataset is used as it was read before: there is no file/u);
  });
});
