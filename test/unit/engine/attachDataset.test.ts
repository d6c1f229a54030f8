import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ObservedRun } from '../../../src/engine/observedRun';
import { attachDataset } from '../../../src/engine/runLoading';
import { fixtures, loadOnly } from './fixtureRuns';

describe('giving a run its dataset', () => {
  let folder: string;
  let link: string;
  let run: ObservedRun;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cdas-dataset-'));
    link = path.join(folder, 'train.jsonl');
    symlinkSync(path.join(fixtures, 'datasets/math8_verl.jsonl'), link);
    run = await loadOnly(path.join(fixtures, 'runs/verl_v07'), { dataset: link });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes the one before it away where the named one is missing, and says what to do', async () => {
    const missing = path.join(folder, 'nothere.jsonl');
    await attachDataset(run, missing);
    assert.equal(run.datasetFile, null);
    assert.deepEqual(run.notes, [`The dataset is not used: there is no file ${missing}. Name the right one in cdasLens.dataset or --dataset.`]);
  });

  it('says nothing any more of a dataset that is not named any more', async () => {
    await attachDataset(run, path.join(folder, 'nothere.jsonl'));
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
