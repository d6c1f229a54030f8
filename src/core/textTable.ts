import { cutToWidth, displayWidth } from './displayWidth';
import { printable } from './printable';

/** One column: its heading and the cell of a row. Numbers are aligned right; null is a dash. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null;
  /** How a number is written; without it as it is. */
  readonly format?: (value: number) => string;
  /** Longer texts are cut to this many characters; those that take two columns count twice. */
  readonly maxChars?: number;
}

const defaultMaxChars = 60;

/** Rows as an aligned table with a heading, each line ended. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  return new TextTable(columns).lines(rows);
}

/** An aligned table that is written part by part: its columns become wider where later rows need it. */
export class TextTable<Row> {
  private readonly widths: number[];
  private readonly right: boolean[];
  private hasHeading = false;

  constructor(private readonly columns: readonly TableColumn<Row>[]) {
    this.widths = columns.map(({ title }) => displayWidth(title));
    this.right = columns.map(() => false);
  }

  /** The lines of further rows, each ended, with the heading before the first ones. */
  lines(rows: readonly Row[]): string {
    const texts = rows.map((row) => this.columns.map((column, at) => this.textOf(column, at, row)));
    if (!this.hasHeading) texts.unshift(this.columns.map(({ title }) => title));
    this.hasHeading = true;
    return texts.map((row) => `${this.aligned(row)}\n`).join('');
  }

  private textOf(column: TableColumn<Row>, at: number, row: Row): string {
    const value = column.cell(row);
    if (typeof value === 'number') this.right[at] = true;
    const text = formatCell(column, value);
    this.widths[at] = Math.max(this.widths[at] ?? 0, displayWidth(text));
    return text;
  }

  private aligned(row: readonly string[]): string {
    return row.map((text, at) => pad(text, this.widths[at] ?? 0, this.right[at] === true)).join('  ').trimEnd();
  }
}

function formatCell<Row>({ format = String, maxChars = defaultMaxChars }: TableColumn<Row>, value: string | number | null): string {
  if (value === null) return '-';
  if (typeof value === 'number') return format(value);
  return cutToWidth(printable(value), maxChars);
}

function pad(text: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - displayWidth(text)));
  return right ? space + text : text + space;
}
