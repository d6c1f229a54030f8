import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arePackedPrompts, PromptStore } from '../../../src/logs/columns/packedPrompts';

const text = fc.array(fc.constantFrom('a', 'é', '…', '\u0085', '→', '😀', '\ud800'), { maxLength: 8 }).map((parts) => parts.join(''));
const hash = fc.nat().map((number) => number.toString(16).padStart(16, '0'));
const prompt = fc.record({
  explicitId: fc.option(text),
  answer: fc.option(text),
  hashes: fc.array(hash, { minLength: 1, maxLength: 3 }),
  preview: text,
  file: fc.constantFrom('a.jsonl', 'b.jsonl'),
  offset: fc.nat(),
});

describe('packed prompts', () => {
  it('give back what was put in, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.array(prompt, { maxLength: 6 }), (prompts) => {
        const store = new PromptStore();
        prompts.forEach((each, index) => store.set(index, { ...each, containedHash: null }));
        prompts.forEach((each, index) => {
          const { explicitId, answer, hashes, preview, file, offset } = store.at(index);
          assert.deepEqual({ explicitId, answer, hashes, preview, file, offset }, { ...each });
        });
      }),
    );
  });

  it('take one byte for each character of a text that was cut', () => {
    const store = new PromptStore();
    store.set(0, { explicitId: null, answer: null, hashes: ['0'.repeat(16)], preview: `${'x'.repeat(99)}…`, file: 'a.jsonl', offset: 0, containedHash: null });
    const { texts } = store.pack(1, { keys: new Int32Array(), spellings: new Int32Array() });
    assert.equal(texts.length, 116);
  });

  it('go on from packed ones, texts that are longer than a piece too, and leave those as they were', () => {
    const of = (preview: string, index: number) => ({ explicitId: null, answer: null, hashes: ['0'.repeat(16)], preview, file: 'a.jsonl', offset: index, containedHash: null });
    const previews = ['short', 'x'.repeat(700_000), '→'.repeat(150_000), 'after'];
    const first = new PromptStore();
    previews.slice(0, 3).forEach((preview, index) => first.set(index, of(preview, index)));
    const packed = first.pack(3, { keys: new Int32Array(6), spellings: new Int32Array() });
    assert.equal(arePackedPrompts(packed), true);
    assert.equal(arePackedPrompts({ ...packed, texts: { ...packed.texts, length: 700_000 } }), false);
    const second = new PromptStore(packed);
    second.set(3, of('after', 3));
    first.set(3, of('other', 3));
    assert.deepEqual(previews.map((_, index) => second.at(index).preview), previews);
    assert.equal(first.at(3).preview, 'other');
    assert.equal(first.at(2).preview, previews[2]);
  });
});
