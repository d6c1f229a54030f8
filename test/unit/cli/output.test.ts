import assert from 'node:assert/strict';
import { Output, type TextSink } from '../../../src/cli/output';

describe('the output of a command', () => {
  const columns = [{ title: 'ID', cell: (row: { id: string; n: number | null }) => row.id }, { title: 'N', cell: (row: { n: number | null }) => row.n }];
  let written: string[];
  const sink: TextSink = { write: (text) => void written.push(text) };

  beforeEach(() => {
    written = [];
  });

  it('is the same JSON array, in however many parts its rows come', async () => {
    const rows = [{ id: 'a', list: [] }, 'b', null, [1, { c: '[\n]' }]];
    await new Output(sink).jsonRows([rows.slice(0, 1), [], rows.slice(1)]);
    assert.equal(written.join(''), `${JSON.stringify(rows, null, 2)}\n`);
    assert.ok(written.length > 2);
  });

  it('is an empty JSON array where there are no rows', async () => {
    await new Output(sink).jsonRows([[]]);
    assert.equal(written.join(''), '[]\n');
  });

  it('is one table in parts, which becomes wider where later rows need it', async () => {
    await new Output(sink).tableRows([[{ id: 'a', n: 7 }], [{ id: 'a longer one', n: null }, { id: 'b', n: 12 }]], columns, 'none');
    assert.deepEqual(written, ['ID  N\na   7\n', 'a longer one   -\nb             12\n']);
  });

  it('says what there is instead of a table without rows', async () => {
    await new Output(sink).tableRows([], columns, 'none');
    assert.deepEqual(written, ['none\n']);
  });

  it('makes no further part before its reader has taken the last one', async () => {
    let made = 0;
    let take = (): void => assert.fail('nobody waits');
    const slow: TextSink = { write: () => false, once: (_, taken) => void (take = taken) };
    const done = new Output(slow).jsonRows((function* () {
      for (const row of ['a', 'b']) {
        made++;
        yield [row];
      }
    })());
    assert.equal(made, 1);
    take();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.equal(made, 2);
    take();
    await done;
  });
});
