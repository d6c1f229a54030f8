import assert from 'node:assert/strict';
import type { Page, ProblemQuery } from '../../src/protocol/engineApi';
import type { ProblemRow } from '../../src/protocol/run';
import type { ListQuery } from '../../src/webview/dashboard/problemPages';
import { ProblemPages, pageLimit } from '../../src/webview/dashboard/problemPages';
import { sampleRun } from './sampleState';

type Asked = Omit<ProblemQuery, 'run'>;

const byVisits: ListQuery = { sort: 'visits', descending: true };
const [row] = sampleRun({ steps: 1, problems: 1, batch: 1 }).rows;

/** A host whose answers wait until a test gives them. */
class SlowHost {
  readonly asked: Asked[] = [];
  private readonly waiting: { resolve: (page: Page<ProblemRow>) => void; reject: (error: Error) => void }[] = [];

  readonly fetch = (query: Asked): Promise<Page<ProblemRow>> => {
    this.asked.push(query);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  };

  /** Answers the oldest request with rows whose ids start with `mark`. */
  async answer(mark: string, total = 1000): Promise<void> {
    const { offset, limit } = this.asked[this.asked.length - this.waiting.length]!;
    const count = Math.max(0, Math.min(limit, total - offset));
    this.waiting.shift()!.resolve({ revision: 1, total, rows: Array.from({ length: count }, (_, index) => ({ ...row!, id: `${mark}${offset + index}` })) });
    await new Promise((resolve) => setImmediate(resolve));
  }

  async fail(message: string): Promise<void> {
    this.waiting.shift()!.reject(new Error(message));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('problem pages', () => {
  let host: SlowHost;
  let pages: ProblemPages;

  beforeEach(() => {
    host = new SlowHost();
    pages = new ProblemPages(byVisits, host.fetch, () => undefined);
  });

  it('ask for the first page before anything is known', async () => {
    pages.show({ from: 0, to: 0 });
    await host.answer('a');
    assert.deepEqual(host.asked, [{ ...byVisits, offset: 0, limit: pageLimit }]);
    assert.deepEqual([pages.total, pages.row(5)?.id], [1000, 'a5']);
  });

  it('ask for the pages in view, one at a time', async () => {
    pages.show({ from: 190, to: 310 });
    assert.equal(host.asked.length, 1);
    await host.answer('a');
    await host.answer('a');
    await host.answer('a');
    assert.deepEqual(host.asked.map(({ offset }) => offset), [100, 200, 300]);
  });

  it('keep old rows until the refreshed ones arrive', async () => {
    pages.show({ from: 0, to: 20 });
    await host.answer('old');
    pages.refresh();
    assert.equal(pages.row(0)?.id, 'old0');
    await host.answer('new');
    assert.equal(pages.row(0)?.id, 'new0');
  });

  it('refresh once more when a state arrives during a request', async () => {
    pages.show({ from: 0, to: 20 });
    pages.refresh();
    pages.refresh();
    await host.answer('a');
    await host.answer('b');
    assert.deepEqual([host.asked.length, pages.row(0)?.id], [2, 'b0']);
  });

  it('drop an answer to a query that is no longer asked', async () => {
    pages.show({ from: 0, to: 20 });
    pages.ask({ sort: 'id', descending: false });
    await host.answer('visits');
    assert.equal(pages.row(0), undefined);
    await host.answer('id');
    assert.equal(pages.row(0)?.id, 'id0');
    assert.equal(host.asked[1]?.sort, 'id');
  });

  it('forget rows past the new end', async () => {
    pages.show({ from: 100, to: 120 });
    await host.answer('a');
    pages.refresh();
    await host.answer('a', 50);
    assert.deepEqual([pages.total, pages.row(110)], [50, undefined]);
  });

  it('say why a request failed and stop asking until told', async () => {
    pages.show({ from: 0, to: 20 });
    await host.fail('gone');
    pages.show({ from: 0, to: 30 });
    assert.deepEqual([pages.error, host.asked.length], ['gone', 1]);
    pages.refresh();
    await host.answer('a');
    assert.deepEqual([pages.error, pages.row(0)?.id], [null, 'a0']);
  });

  it('keep their rows when a refresh fails', async () => {
    pages.show({ from: 0, to: 20 });
    await host.answer('a');
    pages.refresh();
    await host.fail('gone');
    assert.equal(pages.row(0)?.id, 'a0');
  });
});
