import assert from 'node:assert/strict';
import path from 'node:path';
import { TableAgain } from '../../../src/logs/tableAgain';
import { fixtures } from '../engine/fixtureRuns';

describe('rows of a table that are read again', () => {
  const file = path.join(fixtures, 'parquet/snappy.parquet');

  it('are read on to where they follow, and sought where they do not, when what was read before is ended', () => {
    const seen: string[] = [];
    const again = new TableAgain(function* (_, from) {
      seen.push(`from ${from}`);
      try {
        for (let row = from; ; row += 2) yield [row, row + 1];
      } finally {
        seen.push(`end of ${from}`);
      }
    });
    assert.deepEqual([...again.rows(file, [3, 4, 2000, 1999])], [3, 4, 2000, 1999]);
    assert.deepEqual(seen, ['from 3']);
    assert.deepEqual([...again.rows(file, [9000, 5])], [9000, 5]);
    assert.deepEqual(seen, ['from 3', 'end of 3', 'from 9000', 'end of 9000', 'from 5']);
  });
});
