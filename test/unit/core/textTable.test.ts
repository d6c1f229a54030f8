import assert from 'node:assert/strict';
import { formatTable } from '../../../src/core/textTable';

describe('a table of text', () => {
  it('is as wide as its widest cells, however many rows it has', () => {
    const rows = Array.from({ length: 150_000 }, (_, row) => row);
    const lines = formatTable(rows, [{ title: 'row', cell: (row) => row }, { title: 'text', cell: (row) => (row === 7 ? null : 'é') }]).split('\n');
    assert.equal(lines.length, rows.length + 2);
    assert.deepEqual([lines[0], lines[1], lines[8], lines[150_000]], ['   row  text', '     0  é', '     7  -', '149999  é']);
  });

  it('keeps its columns where characters are wide, have marks or are drawn as pictures', () => {
    const texts = ['plain', '日本語の問題', 'e\u0301te\u0301', '한국어', 'ｆｕｌｌ', '😀 x', '𠮷'];
    const lines = formatTable(texts, [{ title: 'text', cell: (text) => text }, { title: 'end', cell: () => '|' }]).trimEnd().split('\n');
    const columnsBefore = [5, 12, 3, 6, 8, 4, 2].map((columns) => 12 - columns + 2);
    assert.deepEqual(lines.slice(1).map((line, row) => line.length - texts[row]!.length - 1), columnsBefore);
  });

  it('cuts a long text to the columns it may take, and no character in two', () => {
    const cutTo7 = (text: string): string => formatTable([text], [{ title: '', cell: () => text, maxChars: 7 }]).split('\n')[1]!;
    assert.deepEqual(['1234567', '12345678', '日本語の問題', '日本語', 'a日本語の', '𠮷𠮷𠮷𠮷', 'e\u0301abcdef…'].map(cutTo7), ['1234567', '123456…', '日本語…', '日本語', 'a日本…', '𠮷𠮷𠮷…', 'e\u0301abcde…']);
  });
});
