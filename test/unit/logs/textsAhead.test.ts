import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextsAhead } from '../../../src/logs/datasets/textsAhead';

describe('texts that are held ahead', () => {
  it('are by row what was added, and none of another row, however often they are cleared', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '', 'é', '…', '\ud800', '\u{1f600}', 'long '.repeat(50)), maxLength: 6 });
    const rows = fc.uniqueArray(fc.nat(60), { maxLength: 20 }).chain((found) => fc.tuple(...found.sort((a, b) => a - b).map((row) => fc.record({ row: fc.constant(row), preview: text, answer: text }))));
    const held = new TextsAhead();
    fc.assert(
      fc.property(rows, (added) => {
        held.clear();
        for (const { row, ...texts } of added) held.add(row, texts);
        const known = new Map(added.map(({ row, ...texts }) => [row, texts]));
        for (let row = -1; row <= 61; row++) assert.deepEqual(held.at(row), known.get(row) ?? null);
        assert.equal(held.units, added.reduce((sum, { preview, answer }) => sum + preview.length + answer.length, 0));
      }),
    );
  });
});
