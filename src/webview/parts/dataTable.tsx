import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from './format';

/** The numbers behind a picture: `cell(row, column)` is the text of a cell. */
export interface TableData {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly cell: (row: number, column: number) => string;
}

const pageRows = 100;

/** An accessible table, a page at a time; the first column is the row's header. */
export function DataTable({ data }: { readonly data: TableData }): JSX.Element {
  const [wanted, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(data.rows / pageRows));
  const page = Math.min(wanted, pages - 1);
  const first = page * pageRows;
  const shown = Array.from({ length: Math.min(pageRows, data.rows - first) }, (_, index) => first + index);
  return (
    <div class="tableView">
      <div class="tableScroll" tabIndex={0} role="region" aria-label={data.caption}>
        <table>
          <caption>{data.caption}</caption>
          <thead>
            <tr>{data.columns.map((name) => <th scope="col" key={name}>{name}</th>)}</tr>
          </thead>
          <tbody>{shown.map((row) => <TableRow key={row} data={data} row={row} />)}</tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav class="pager" aria-label="Pages of the table">
          <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>Previous</button>
          <span>{`Rows ${formatCount(first + 1)} to ${formatCount(first + shown.length)} of ${formatCount(data.rows)}`}</span>
          <button type="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>Next</button>
        </nav>
      )}
    </div>
  );
}

function TableRow({ data, row }: { readonly data: TableData; readonly row: number }): JSX.Element {
  return (
    <tr>
      {data.columns.map((name, column) => {
        const text = data.cell(row, column);
        return column === 0 ? <th scope="row" key={name}><bdi>{text}</bdi></th> : <td key={name}>{text}</td>;
      })}
    </tr>
  );
}
