import assert from 'node:assert/strict';
import { annotationPlaces, linesToAnnotate, marginLines } from '../../../src/extension/annotations/viewport';

const document = (lineCount: number, length = 10): { lineCount: number; lengthOf: () => number } => ({ lineCount, lengthOf: () => length });

describe('linesToAnnotate', () => {
  it('takes the visible lines and the margin on both sides', () => {
    const lines = linesToAnnotate([{ first: 1000, last: 1010 }], document(5000), 1e9);
    assert.equal(lines[0], 1000 - marginLines);
    assert.equal(lines.at(-1), 1010 + marginLines);
    assert.equal(lines.length, 11 + 2 * marginLines);
  });

  it('stays within the document', () => {
    assert.deepEqual(linesToAnnotate([{ first: 0, last: 2 }], document(3), 1e9), [0, 1, 2]);
  });

  it('takes each line once where folded parts are close together', () => {
    const lines = linesToAnnotate([{ first: 0, last: 5 }, { first: 8, last: 12 }], document(40), 1e9);
    assert.equal(new Set(lines).size, lines.length);
    assert.equal(lines.length, 40);
  });

  it('prefers visible lines when the text is too long for all', () => {
    assert.deepEqual(linesToAnnotate([{ first: 10, last: 12 }], document(100, 1000), 3000), [10, 11, 12]);
  });

  it('takes one line however long it is', () => {
    assert.deepEqual(linesToAnnotate([{ first: 4, last: 9 }], document(100, 5_000_000), 1000), [4]);
  });
});

describe('annotationPlaces', () => {
  it('is the end of short lines only', () => {
    assert.deepEqual(annotationPlaces('auto', [80, 90, 100]), { start: false, end: true });
  });

  it('is the start as well where most lines reach out of sight', () => {
    assert.deepEqual(annotationPlaces('auto', [80, 900, 1000]), { start: true, end: true });
  });

  it('is what was asked for', () => {
    assert.deepEqual(annotationPlaces('lineEnd', [900]), { start: false, end: true });
    assert.deepEqual(annotationPlaces('lineStart', [9]), { start: true, end: false });
  });
});
