import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/logs/columns/textDigest';

describe('the digest of a text', () => {
  it('counts the code points of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => digestOf(Buffer.from(text)).length === Array.from(text).length));
  });

  it('is that of the text alone, whatever was looked at before and wherever it lies', () => {
    const text = Buffer.from('What the model wrote. Ωλ');
    const first = digestOf(text);
    digestOf(Buffer.alloc(100_000, 0xff));
    for (const offset of [0, 1, 2, 3]) assert.deepEqual(digestOf(Buffer.concat([Buffer.alloc(offset, 7), text]).subarray(offset)), first);
  });

  it('differs where one character does', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.nat(), (text, place) => {
        const at = place % text.length;
        const other = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
        return digestOf(Buffer.from(text)).hash !== digestOf(Buffer.from(other)).hash;
      }),
    );
  });
});
