import type { Page, ProblemQuery } from '../../protocol/engineApi';
import type { ProblemRow } from '../../protocol/run';
import type { RowWindow } from '../parts/virtualRows';
import { failureText } from './host';

/** Which problems are listed and in which order. */
export type ListQuery = Omit<ProblemQuery, 'run' | 'offset' | 'limit'>;

/** Fetches one page of a list. */
export type FetchPage = (query: Omit<ProblemQuery, 'run'>) => Promise<Page<ProblemRow>>;

interface HeldPage {
  readonly rows: readonly ProblemRow[];
  readonly query: ListQuery;
  /** The round of refreshing in which it was asked for. */
  readonly round: number;
}

/** Rows per request. */
export const pageLimit = 100;

/** The pages of the problems list that have been fetched. Old rows stay until newer ones arrive; one request runs at a time. */
export class ProblemPages {
  private readonly pages = new Map<number, HeldPage>();
  private window: RowWindow = { from: 0, to: 0 };
  private round = 0;
  private running = false;
  private known: number | null = null;
  private failure: string | null = null;

  constructor(
    private query: ListQuery,
    private readonly fetchPage: FetchPage,
    private readonly onChange: () => void,
  ) {}

  /** How many problems fit the query; null until the first answer. */
  get total(): number | null {
    return this.known;
  }

  /** Why the newest request failed, or null. */
  get error(): string | null {
    return this.failure;
  }

  /** The row at `index`, if its page has been fetched. */
  row(index: number): ProblemRow | undefined {
    return this.pages.get(Math.floor(index / pageLimit))?.rows[index % pageLimit];
  }

  /** Lists other problems or in another order. */
  ask(query: ListQuery): void {
    this.query = query;
    this.refresh();
  }

  /** Fetches what is in view again. */
  refresh(): void {
    this.round++;
    this.failure = null;
    void this.pump();
  }

  /** Says which rows are in view. */
  show(window: RowWindow): void {
    this.window = window;
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let page = this.nextPage(); page !== null; page = this.nextPage()) await this.fetch(page);
    this.running = false;
  }

  /** The first page in view that is missing or older than the newest refresh; at least page 0, for the total. */
  private nextPage(): number | null {
    if (this.failure !== null) return null;
    const first = Math.floor(this.window.from / pageLimit);
    const last = Math.floor(Math.max(this.window.from, this.window.to - 1) / pageLimit);
    for (let page = first; page <= last; page++) {
      if (this.pages.get(page)?.round !== this.round) return page;
    }
    return null;
  }

  private async fetch(page: number): Promise<void> {
    const { query, round } = this;
    try {
      const answer = await this.fetchPage({ ...query, offset: page * pageLimit, limit: pageLimit });
      // Another order was asked for meanwhile: these rows belong to no place in it.
      if (query !== this.query) return;
      this.known = answer.total;
      this.dropOthers(query, answer.total);
      this.pages.set(page, { rows: answer.rows, query, round });
    } catch (error) {
      if (query === this.query && round === this.round) this.failure = failureText(error) ?? 'Cancelled.';
    }
    this.onChange();
  }

  /** Forgets the rows of another query and those past the end, and pages out of view that are no longer fresh. */
  private dropOthers(query: ListQuery, total: number): void {
    for (const [page, held] of this.pages) {
      const inView = page >= Math.floor(this.window.from / pageLimit) && page <= Math.floor(this.window.to / pageLimit);
      if (held.query !== query || page * pageLimit >= total || (held.round !== this.round && !inView)) this.pages.delete(page);
    }
  }
}
