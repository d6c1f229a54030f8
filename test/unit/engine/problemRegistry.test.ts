import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DatasetRow } from '../../../src/core/datasetIndex';
import { ProblemRegistry } from '../../../src/engine/rating/problemRegistry';
import { PromptTable, type Prompt } from '../../../src/logs/columns/promptTable';
import { columnsOf, PlainDatasetIndex } from '../logs/plainDatasetIndex';
import { PlainRegistry } from './plainRegistry';

const texts = ['Problem A', 'Problem B', 'What is the sum of the first hundred primes?', 'What is the sum of the first hundred', 'Problem Z'];
const textId = (text: string): string => `h:${new PlainDatasetIndex([{ explicitId: null, text, groundTruth: null }]).hashOf(0)}`;
const datasetRow: fc.Arbitrary<DatasetRow> = fc.record({
  explicitId: fc.constantFrom(null, 'a', 'b', 'c', textId('Problem A')),
  text: fc.constantFrom(...texts.slice(0, 4)),
  groundTruth: fc.constantFrom(undefined, '1', '2'),
});
const logged = fc.record({
  explicitId: fc.constantFrom(null, 'a', 'b', 'of the log', 'another', textId('Problem B')),
  prompt: fc.constantFrom(...texts, ...texts.map((text) => `user\n${text}\nassistant\n`), ...texts.map((text) => `Think well. ${text} /no_think`)),
  promptIsUserText: fc.boolean(),
  groundTruth: fc.constantFrom(undefined, '1', '2', '3'),
});

/** Both kinds of registry over the same rows. */
function registries(rows: readonly DatasetRow[], prompts: PromptTable, usesExplicitIds: boolean): { readonly registry: ProblemRegistry; readonly plain: PlainRegistry; readonly added: string[] } {
  const dataset = columnsOf(rows);
  const added: string[] = [];
  const relabelled = (problem: string): readonly string[] => (problem.includes('~') ? ['"3"'] : []);
  const readPrompt = ({ preview }: Prompt): string => preview;
  const registry = new ProblemRegistry({ prompts, dataset, relabelled, readPrompt, onProblem: (from) => added.push(from) }, usesExplicitIds);
  return { registry, added, plain: new PlainRegistry({ dataset: new PlainDatasetIndex(rows), usesExplicitIds, relabelled, readPrompt }) };
}

describe('the problems of a log and its dataset', () => {
  it('are the same ones, under the same numbers, as those of a list with an object for each', () => {
    fc.assert(
      fc.property(fc.array(datasetRow, { maxLength: 8 }), fc.array(logged, { maxLength: 10 }), fc.boolean(), (rows, found, usesExplicitIds) => {
        const prompts = new PromptTable();
        const indices = found.map((each, place) => prompts.intern(each, 'log.jsonl', place));
        const { registry, plain, added } = registries(rows, prompts, usesExplicitIds);
        assert.deepEqual(indices.map((prompt) => registry.problemOf(prompt)), indices.map((prompt) => plain.problemOf(prompts.at(prompt)!)));
        const all = registry.problems.map(({ id, textHash, source, rows: own, preview, answer }) => ({ id, textHash, source, rows: own, preview, answer }));
        assert.deepEqual(all, plain.problems);
        assert.equal(registry.fitsDataset, plain.problems.some(({ source, rows: own }) => source !== null && own.length > 0));
        for (const id of [...all.map((problem) => problem.id), ...texts.map(textId), 'a', 'b', 'c']) assert.equal(registry.indexOf(id), plain.indexOf(id), id);
        assert.equal(added.length, registry.length);
      }),
      { numRuns: 1000 },
    );
  });
});
