import assert from 'node:assert/strict';
import { formatTable } from '../../../src/core/textTable';

describe('a table of text', () => {
  it('is as wide as its widest cells, however many rows it has', () => {
    const rows = Array.from({ length: 150_000 }, (_, row) => row);
    const lines = formatTable(rows, [{ title: 'row', cell: (row) => row }, { title: 'text', cell: (row) => (row === 7 ? null : 'é') }]).split('\n');
    assert.equal(lines.length, rows.length + 2);
    assert.deepEqual([lines[0], lines[1], lines[8], lines[150_000]], ['   row  text', '     0  é', '     7  -', '149999  é']);
  });
});
