import assert from 'node:assert/strict';
import { PlainTexts } from '../../../../src/logs/parquet/plainTexts';

/** Texts behind one byte of something else, each after its length. */
function pageOf(texts: readonly string[]): Uint8Array {
  const parts = texts.flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(text));
    return [length, Buffer.from(text)];
  });
  return new Uint8Array(Buffer.concat([Buffer.of(9), ...parts]));
}

function read(views: readonly Uint8Array[]): string[] {
  return views.map((view) => Buffer.from(view).toString('utf8'));
}

describe('the texts of a parquet page', () => {
  const texts = ['one', '', 'drei äöü', 'vier'];

  it('are those that follow each other in it', () => {
    assert.deepEqual(read(PlainTexts.in(pageOf(texts), 1, 4).slice(0, 4)), texts);
  });

  it('can be had some at a time, and no more than there are', () => {
    const all = PlainTexts.in(pageOf(texts), 1, 4);
    assert.deepEqual([read(all.slice(1, 3)), read(all.slice(3, 9)), all.at(4)], [['', 'drei äöü'], ['vier'], undefined]);
  });

  it('are refused where the last is longer than the page', () => {
    const page = pageOf(texts);
    assert.throws(() => PlainTexts.in(page.subarray(0, page.length - 1), 1, 4), RangeError);
  });

  it('are refused where there are fewer than the page says', () => {
    assert.throws(() => PlainTexts.in(pageOf(texts), 1, 5), RangeError);
  });
});
