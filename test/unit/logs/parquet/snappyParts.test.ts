import assert from 'node:assert/strict';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import { packedPart, snappyParts } from '../../../../src/logs/parquet/snappyParts';
import { copyOf, literalOf, pack } from './packedBlocks';

/** What is unpacked of each part by itself, put together. */
function unpackedInParts(packed: Uint8Array): Buffer | null {
  const parts = snappyParts(packed)?.map((part) => {
    const unpacked = new Uint8Array(part.length);
    snappyUncompress(packedPart(packed, part), unpacked);
    return unpacked;
  });
  return parts === undefined ? null : Buffer.concat(parts);
}

const blocks = fc.array(fc.record({ literal: fc.uint8Array({ minLength: 1, maxLength: 700 }).map((bytes) => Buffer.from(bytes)), distances: fc.array(fc.nat(70_000), { minLength: 1, maxLength: 9 }) }), { minLength: 1, maxLength: 40 });

describe('what Snappy packed', () => {
  it('is the same unpacked in parts, each by itself', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const { packed, text } = pack(given);
        assert.ok(unpackedInParts(packed)?.equals(text));
      }),
      { numRuns: 40 },
    );
  });

  it('is cut into parts of a megabyte', () => {
    const { packed } = pack(Array.from({ length: 40 }, () => ({ literal: Buffer.from('What the model wrote.'), distances: [20, 3] })));
    assert.deepEqual(snappyParts(packed)?.map(({ length }) => length), [1 << 20, 1 << 20, 8 << 16]);
  });

  it('is not cut where a part would refer to one before it', () => {
    const { packed } = pack(Array.from({ length: 16 }, () => ({ literal: Buffer.from('abcd'), distances: [2] })));
    assert.equal(snappyParts(packed)?.length, 1);
    assert.equal(snappyParts(Buffer.concat([packed, copyOf(5, 64)])), null);
  });

  it('is not cut where it ends in the middle of a literal', () => {
    const { packed } = pack([{ literal: Buffer.from('abcd'), distances: [2] }]);
    assert.equal(snappyParts(Buffer.concat([packed, literalOf(Buffer.alloc(300)).subarray(0, 100)])), null);
  });
});
