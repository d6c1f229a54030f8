import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOfNormalised } from '../../../src/logs/columns/textHash';
import { readDatasetFile, type DatasetFile } from '../../../src/logs/datasets/datasetFile';
import { loadRun } from '../../../src/engine/runLoading';
import { openRuns } from '../../../src/logs/discovery/discover';
import { fixtures, loadOnly } from '../engine/fixtureRuns';
import { summaryOf } from './formats/expectedRun';
import { temporaryDirectory } from '../temporaryDirectory';

const parquet = path.join(fixtures, 'datasets/math8_verl.parquet');

/** All that is known of the rows of a dataset, the last first, as somebody asks for them who reads them again. */
function rowsOf({ index }: DatasetFile): unknown[] {
  const rows = Array.from({ length: index.length }, (_, row) => index.length - 1 - row);
  return rows.map((row) => [index.hashOf(row), index.explicitIdOf(row), index.difficultyOf(row), index.previewOf(row), index.answerOf(row)]);
}

describe('a parquet dataset', () => {
  const directory = temporaryDirectory();

  it('has the rows of the same dataset as JSON lines', async () => {
    const [rows, lines] = await Promise.all([readDatasetFile(parquet), readDatasetFile(path.join(fixtures, 'datasets/math8_verl.jsonl'))]);
    assert.deepEqual(rowsOf(rows), rowsOf(lines));
    assert.equal(rows.unusableRows, 0);
  });

  it('has the texts of its rows also where others between them have no prompt', async () => {
    const { index, unusableRows } = await readDatasetFile(path.join(fixtures, 'parquet/snappy.parquet'));
    const previews = Array.from({ length: index.length }, (_, row) => index.previewOf(row));
    assert.ok(unusableRows > 0 && index.length > 100 && new Set(previews).size > 50);
    assert.deepEqual(previews.map(hashOfNormalised), previews.map((_, row) => index.hashOf(row)));
  });

  it('is matched to a log', async () => {
    const summary = summaryOf(await loadOnly(path.join(fixtures, 'runs/verl_v07'), { dataset: parquet }));
    assert.deepEqual(summary.identity, { explicit: 0, matched: 8, ambiguous: 0, unmatched: 0 });
  });

  it('is found by the configuration of a verl run, which names it', async () => {
    cpSync(path.join(fixtures, 'runs/verl_v07'), directory.path(), { recursive: true });
    const config = path.join(directory.path(), 'outputs/2026-01-30/09-12-44/.hydra/config.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/train_files: .*/, 'train_files: [data/train.parquet]'));
    mkdirSync(path.join(directory.path(), 'data'));
    cpSync(parquet, path.join(directory.path(), 'data/train.parquet'));
    const [source] = (await openRuns(directory.path())).runs;
    const run = await loadRun(source!, { options: { mode: 'paper', correctThreshold: null }, dataset: null });
    assert.equal(run?.datasetFile?.path, path.join(directory.path(), 'data/train.parquet'));
  });

  it('that is cut short, or none, is refused with its name', async () => {
    const file = path.join(directory.path(), 'train.parquet');
    writeFileSync(file, readFileSync(parquet).subarray(0, 3000));
    await assert.rejects(readDatasetFile(file), /train\.parquet is not a complete parquet file/);
    writeFileSync(file, 'x');
    await assert.rejects(readDatasetFile(file), /train\.parquet is not a complete parquet file/);
  });
});
