import assert from 'node:assert/strict';
import { IndexedFiles } from '../../../src/engine/reading/indexedFiles';
import type { RunIndex } from '../../../src/logs/runIndex';

const count = 300;
const nameOf = (step: number): string => `${step}.jsonl`;

/** An index of files at rest, and of one that is open. */
function indexed(): IndexedFiles {
  const steps = Array.from({ length: count }, (_, step) => step);
  const index = { files: [{ name: 'open.jsonl', step: 7 }], resting: { names: steps.map(nameOf), fileSteps: steps } };
  // Only names and steps are asked for.
  return new IndexedFiles(index as unknown as RunIndex);
}

describe('the files of an index', () => {
  const take = (files: IndexedFiles, step: number): unknown => files.take({ name: nameOf(step), step, launch: 0 });

  it('are found in any order, each once', () => {
    for (const orderOf of [(i: number): number => i, (i: number): number => count - 1 - i, (i: number): number => (i * 7) % count]) {
      const files = indexed();
      for (let i = 0; i < count; i++) assert.equal(take(files, orderOf(i)), orderOf(i));
      assert.equal(take(files, 5), undefined);
      assert.deepEqual(files.left, []);
    }
  });

  it('are left where nobody asked for them, or under another step', () => {
    const files = indexed();
    assert.equal(files.take({ name: nameOf(3), step: 4, launch: 0 }), undefined);
    for (let step = 0; step < count; step++) if (step !== 3 && step !== 250) take(files, step);
    assert.equal(take(files, 1000), undefined);
    assert.deepEqual(files.left, [3, 250]);
  });

  it('are handed out whole where they were open', () => {
    const files = indexed();
    assert.equal((files.take({ name: 'open.jsonl', step: 7, launch: 0 }) as { readonly name: string }).name, 'open.jsonl');
    assert.equal(files.take({ name: 'open.jsonl', step: 7, launch: 0 }), undefined);
  });
});
