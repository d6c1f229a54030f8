import { formatTable, type TableColumn } from '../core/textTable';
import { printable } from '../core/printable';

/** Where a command writes: one JSON document, or text for people. */
export class Output {
  constructor(private readonly stream: { write(text: string): unknown }) {}

  /** Writes one JSON document. */
  json(value: unknown): void {
    this.stream.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes one JSON value on one line, for commands that never end. */
  jsonLine(value: unknown): void {
    this.stream.write(`${JSON.stringify(value)}\n`);
  }

  /** Writes one line of text; control characters in it are shown, not sent to the terminal. */
  line(text: string): void {
    this.stream.write(`${printable(text)}\n`);
  }

  /** Writes a text of several lines that is fit for a terminal as it is. */
  text(text: string): void {
    this.stream.write(text);
  }

  /** Writes rows as an aligned table, or `empty` when there are none. */
  table<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[], empty: string): void {
    this.stream.write(rows.length === 0 ? `${empty}\n` : formatTable(rows, columns));
  }
}
