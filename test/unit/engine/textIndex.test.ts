import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextIndex } from '../../../src/engine/rating/textIndex';

describe('an index of texts', () => {
  it('leads to the first number of each text, and knows which texts only one has', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 })), (texts) => {
        const index = new TextIndex((number) => texts[number]);
        texts.forEach((text, number) => index.set(text, number));
        for (const text of [...texts, 'none of them']) {
          const first = texts.indexOf(text);
          assert.equal(index.get(text), first < 0 ? undefined : first);
          assert.equal(index.getOnly(text), first < 0 || texts.lastIndexOf(text) !== first ? undefined : first);
        }
      }),
    );
  });

  it('finds what goes by another text by now under both', () => {
    const texts = ['one', 'two'];
    const index = new TextIndex((number) => texts[number]);
    texts.forEach((text, number) => index.set(text, number));
    index.setAlias('two', 1);
    texts[1] = 'second';
    index.set('second', 1);
    assert.deepEqual(['one', 'two', 'second'].map((text) => index.get(text)), [0, 1, 1]);
  });
});
