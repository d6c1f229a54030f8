import type { JSX } from 'preact';
import type { ProblemRow } from '../../protocol/run';
import type { ListOrder } from './layoutState';
import type { ProblemColumn } from './problemColumns';
import { problemColumns } from './problemColumns';

interface ListHeaderProps {
  readonly order: ListOrder;
  readonly onOrder: (order: ListOrder) => void;
}

/** The column names; a click sorts, a second click turns the order round. */
export function ListHeader({ order, onOrder }: ListHeaderProps): JSX.Element {
  return (
    <div class="listRow listHeader" role="row" aria-rowindex={1}>
      {problemColumns.map((column) => <HeaderCell key={column.name} column={column} order={order} onOrder={onOrder} />)}
    </div>
  );
}

function HeaderCell({ column, order, onOrder }: ListHeaderProps & { readonly column: ProblemColumn }): JSX.Element {
  const { sort } = column;
  if (sort === null) return <span class={column.kind} role="columnheader" title={column.title}>{column.name}</span>;
  const sorted = order.sort === sort;
  const ascending = sorted && !order.descending;
  // Numbers are looked at from the top, the least distance from C and ids from the bottom.
  const descending = sorted ? !order.descending : sort !== 'id' && sort !== 'alignment';
  return (
    <span class={column.kind} role="columnheader" aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : 'none'}>
      <button type="button" class="sort" title={column.title} onClick={() => onOrder({ ...order, sort, descending })}>
        {column.name}
        <span class="sortMark" aria-hidden="true">{sorted ? (ascending ? '↑' : '↓') : ''}</span>
      </button>
    </span>
  );
}

interface ListRowProps {
  /** Undefined until its page has arrived. */
  readonly row: ProblemRow | undefined;
  readonly index: number;
  readonly competence: number | null;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly onFocus: (index: number) => void;
  readonly onSelect: (problem: string) => void;
}

/** One problem of the list; click or Enter selects it. */
export function ListRow({ row, index, competence, selected, focusable, onFocus, onSelect }: ListRowProps): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && event.target === event.currentTarget && row) onSelect(row.id);
  };
  return (
    <div
      class={`listRow${selected ? ' selected' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      data-row={index}
      onFocusIn={() => onFocus(index)}
      onKeyDown={onKeyDown}
      onClick={() => row && onSelect(row.id)}
    >
      {problemColumns.map((column) => (
        <span key={column.name} class={column.kind} role="gridcell">
          {row ? column.cell(row, { competence, reachable: focusable }) : <span class="placeholder" />}
        </span>
      ))}
    </div>
  );
}
