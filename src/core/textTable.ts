import { printable } from './printable';

/** One column: its heading and the cell of a row. Numbers are aligned right; null is a dash. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null;
  /** Digits after the point; whole numbers without it. */
  readonly digits?: number;
  /** Longer texts are cut to this many characters. */
  readonly maxChars?: number;
}

const defaultMaxChars = 60;

/** Rows as an aligned table with a heading, each line ended. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => formatCell(column, row)));
  const right = columns.map((column) => rows.some((row) => typeof column.cell(row) === 'number'));
  const widths = columns.map(({ title }, at) => cells.reduce((widest, row) => Math.max(widest, width(row[at] ?? '')), width(title)));
  const lines = [columns.map(({ title }) => title), ...cells].map((row) =>
    row.map((text, at) => pad(text, widths[at] ?? 0, right[at] === true)).join('  ').trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function formatCell<Row>({ cell, digits, maxChars }: TableColumn<Row>, row: Row): string {
  const value = cell(row);
  if (value === null) return '-';
  if (typeof value === 'number') return digits === undefined ? String(value) : value.toFixed(digits);
  return cut(printable(value), maxChars ?? defaultMaxChars);
}

function cut(text: string, maxChars: number): string {
  const chars = Array.from(text);
  return chars.length <= maxChars ? text : `${chars.slice(0, maxChars - 1).join('')}…`;
}

function width(text: string): number {
  return Array.from(text).length;
}

function pad(text: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return right ? space + text : text + space;
}
