import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboard';
import { lastKnown } from '../parts/trend';
import { VirtualRows } from '../parts/virtualRows';
import type { ListOrder, Place } from './layoutState';
import { problemColumns } from './problemColumns';
import type { FetchPage, ListQuery } from './problemPages';
import { ProblemPages } from './problemPages';
import { ListHeader, ListRow } from './problemRow';
import { ProblemToolbar } from './problemToolbar';

const rowHeightPx = 30;
const rowMoves = new Map([['ArrowDown', 1], ['ArrowUp', -1], ['PageDown', 10], ['PageUp', -10]]);

interface ProblemListProps {
  readonly state: DashboardState;
  readonly order: ListOrder;
  readonly onOrder: (order: ListOrder) => void;
  readonly fetchPage: FetchPage;
  readonly place: Place;
  readonly onPlace: (change: Partial<Place>) => void;
  readonly onSelect: (problem: string) => void;
}

/** All problems of the run, a window of them at a time; it refreshes with each state and keeps its place. */
export function ProblemList({ state, order, onOrder, fetchPage, place, onPlace, onSelect }: ProblemListProps): JSX.Element {
  const { problem: selected, search } = place;
  const scroller = useRef<HTMLDivElement>(null);
  const pages = usePages(state, listQuery(order, search), fetchPage, scroller);
  const focus = useRowFocus(scroller, pages.total ?? 0);
  useListTop(scroller, pages.total, place.listTop);
  const competence = lastKnown(state.series.competence);
  const row = (index: number): JSX.Element => (
    <ListRow
      {...{ row: pages.row(index), index, competence }}
      selected={selected !== null && pages.row(index)?.id === selected}
      focusable={index === focus.index}
      onFocus={focus.set}
      onSelect={onSelect}
    />
  );
  const empty = pages.total === 0 && pages.error === null;
  return (
    <section class="panel problems" id="problems" aria-labelledby="problems-title">
      <header class="panelHeader">
        <h2 id="problems-title">Problems</h2>
        <ProblemToolbar total={pages.total} order={order} onOrder={onOrder} search={search} onSearch={(text) => onPlace({ search: text })} />
      </header>
      <ListFailure pages={pages} />
      {empty && <p class="missing">{emptyText(state, search, order)}</p>}
      <VirtualRows
        count={pages.total ?? 0}
        rowHeightPx={rowHeightPx}
        label="Problems"
        columns={problemColumns.length}
        header={<ListHeader order={order} onOrder={onOrder} />}
        row={row}
        onWindow={(window) => pages.show(window)}
        onKeyDown={focus.onKeyDown}
        onScrollEnd={(listTop) => onPlace({ listTop })}
        scroller={scroller}
      />
    </section>
  );
}

function ListFailure({ pages }: { readonly pages: ProblemPages }): JSX.Element | null {
  if (pages.error === null) return null;
  return (
    <p class="notice error" role="alert">
      <bdi>{`The problems could not be listed: ${pages.error}`}</bdi>
      <button type="button" class="secondary" onClick={() => pages.refresh()}>Try again</button>
    </p>
  );
}

function listQuery(order: ListOrder, search: string): ListQuery {
  return {
    sort: order.sort,
    descending: order.descending,
    ...(search === '' ? {} : { search }),
    ...(order.membership === 'all' ? {} : { membership: order.membership }),
  };
}

function emptyText(state: DashboardState, search: string, order: ListOrder): string {
  if (search !== '') return 'No problem id or text contains this. Shorten or clear the search.';
  if (order.membership !== 'all') return 'No problem has this decision. Choose “All problems” to see all of them.';
  return state.run.loaded ? 'No problem has been seen yet.' : 'The log is still being read; problems will appear here.';
}

/** Scrolls the list, once there are rows, to where it was. */
function useListTop(scroller: { readonly current: HTMLElement | null }, total: number | null, listTop: number): void {
  const wanted = useRef<number | null>(listTop);
  useLayoutEffect(() => {
    if (total === null || wanted.current === null) return;
    scroller.current?.scrollTo(0, wanted.current);
    wanted.current = null;
  }, [total]);
}

/** The pages behind the list: asked anew with another query, refreshed with another state. */
function usePages(state: DashboardState, query: ListQuery, fetchPage: FetchPage, scroller: { readonly current: HTMLElement | null }): ProblemPages {
  const [, render] = useReducer((count: number) => count + 1, 0);
  // Another run is another list: nothing of the old one may show.
  const pages = useMemo(() => new ProblemPages(query, fetchPage, () => render(null)), [state.run.id, fetchPage]);
  const key = JSON.stringify(query);
  const asked = useRef<{ readonly key: string; readonly pages: ProblemPages } | null>(null);
  useEffect(() => {
    const before = asked.current;
    asked.current = { key, pages };
    // The rows that come into view have asked already.
    if (before === null) return;
    if (before.key === key && before.pages === pages) pages.refresh();
    else {
      scroller.current?.scrollTo(0, 0);
      pages.ask(query);
    }
  }, [state, key, pages]);
  return pages;
}

interface RowFocus {
  readonly index: number;
  readonly set: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One row at a time can be reached by Tab; the arrow keys move it. */
function useRowFocus(scroller: { readonly current: HTMLElement | null }, count: number): RowFocus {
  const [shown, setShown] = useState(0);
  // Keys come faster than renderings: the newest place is kept beside the shown one.
  const newest = useRef(0);
  const moved = useRef(false);
  const set = (index: number): void => {
    newest.current = index;
    setShown(index);
  };
  useEffect(() => {
    if (!moved.current || shown !== newest.current) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${shown}"]`);
    // It may come into the window only with the next rendering.
    if (!row) return;
    moved.current = false;
    row.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = rowMoves.get(event.key);
    const onRow = event.target instanceof HTMLElement && event.target.dataset['row'] !== undefined;
    if (move === undefined || !onRow) return;
    event.preventDefault();
    moved.current = true;
    set(Math.min(count - 1, Math.max(0, newest.current + move)));
    if (scroller.current) scrollToRow(scroller.current, newest.current);
  };
  return { index: Math.min(shown, Math.max(0, count - 1)), set, onKeyDown };
}

function scrollToRow(scroller: HTMLElement, index: number): void {
  const top = index * rowHeightPx;
  const viewHeight = scroller.clientHeight - 2 * rowHeightPx;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + viewHeight) scroller.scrollTop = top - viewHeight;
}
