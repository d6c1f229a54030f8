import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { groupTexts } from '../../../../src/engine/reading/rolloutTexts';
import { fixtures, loadOnly, problemWith, readExpected } from '../../engine/fixtureRuns';
import { contextOf, fixtureRun, summaryOf } from './expectedRun';
import { temporaryDirectory } from '../../temporaryDirectory';

describe('the texts of a group', () => {
  for (const name of ['prime_rl_head', 'ms_swift_hf', 'nemo_rl', 'areal_2026_08', 'roll_rlvr', 'trl_grpo']) {
    it(`are what the model wrote in ${name}, each with its own verdict`, async () => {
      const run = await loadOnly(fixtureRun(name));
      const expected = readExpected(name);
      const step = run.steps[0]!.step;
      const { id } = run.registry.problems[problemWith(run, expected.questions['p2']!)]!;
      const group = groupTexts(contextOf(run), id, step);
      assert.match(group.prompt, /What is 15% of 80\?/);
      assert.deepEqual([group.total, group.rollouts.filter(({ correct }) => correct === 1).length], [4, 2]);
      for (const { response, correct } of group.rollouts) {
        assert.match(response, /^(?:Let me|#### )/);
        assert.equal(/#### 12(?:<\|im_end\|>)?$/.test(response), correct === 1, response);
      }
    });
  }
});

describe('texts in compressed and binary logs', () => {
  const directory = temporaryDirectory();
  beforeEach(() => {
    mkdirSync(path.join(directory.path(), 'rollouts'));
  });

  const plain = (step: number): Buffer => readFileSync(path.join(fixtureRun('verl_v07'), `rollouts/${step}.jsonl`));

  it('are those of the plain files', async () => {
    writeFileSync(path.join(directory.path(), 'rollouts/1.jsonl.gz'), gzipSync(plain(1)));
    cpSync(path.join(fixtures, 'compressed/2.jsonl.zst'), path.join(directory.path(), 'rollouts/2.jsonl.zst'));
    const [packed, unpacked] = [await loadOnly(directory.path()), await loadOnly(fixtureRun('verl_v07'))];
    for (const { id } of packed.registry.problems) {
      for (const step of [1, 2]) {
        const { rollouts, prompt, missing } = groupTexts(contextOf(packed), id, step);
        const wanted = groupTexts(contextOf(unpacked), id, step);
        assert.deepEqual([rollouts, prompt, missing], [wanted.rollouts, wanted.prompt, null]);
      }
    }
  });

  /** A dataset whose one row is part of a question, so that only a search inside the prompts finds it. */
  function partialDataset(): string {
    const file = path.join(directory.path(), 'train.jsonl');
    writeFileSync(file, `${JSON.stringify({ prompt: 'Tom has 3 boxes with 4 pens each.' })}\n`);
    return file;
  }

  it('are searched for a dataset’s texts in gzip files', async () => {
    for (const step of [1, 2]) writeFileSync(path.join(directory.path(), `rollouts/${step}.jsonl.gz`), gzipSync(plain(step)));
    const run = await loadOnly(directory.path(), { dataset: partialDataset() });
    assert.equal(summaryOf(run).identity.matched, 1);
  });

  it('are searched for a dataset’s texts in parquet files', async () => {
    const run = await loadOnly(fixtureRun('trl_grpo'), { dataset: partialDataset() });
    assert.equal(summaryOf(run).identity.matched, 1);
  });
});
