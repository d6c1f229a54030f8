import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatTable, TextTable, type TableColumn } from '../core/textTable';
import { printable } from '../core/printable';

/** Where text goes: a stream of Node, or in tests less of one. `write` gives false where more should wait for `drain`. */
export interface TextSink {
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
}

/** Of so many rows a text is made at once: larger ones would outlive many collections of garbage. */
const rowsPerText = 64;

/** Where a command writes: one JSON document, or text for people. */
export class Output {
  constructor(private readonly stream: TextSink) {}

  /** Writes one JSON document. */
  json(value: unknown): void {
    this.stream.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes the rows of all parts as one JSON array, part by part. */
  async jsonRows(parts: Iterable<readonly unknown[]>): Promise<void> {
    let before = '[';
    for (const part of parts) {
      for (let at = 0; at < part.length; at += rowsPerText) {
        // Without its brackets, which are those of all parts.
        await this.writePart(`${before}${JSON.stringify(part.slice(at, at + rowsPerText), null, 2).slice(1, -2)}`);
        before = ',';
      }
    }
    this.stream.write(before === '[' ? '[]\n' : '\n]\n');
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

  /** Writes the rows of all parts as one table, part by part. */
  async tableRows<Row>(parts: Iterable<readonly Row[]>, columns: readonly TableColumn<Row>[], empty: string): Promise<void> {
    const table = new TextTable(columns);
    let isEmpty = true;
    for (const part of parts) {
      if (part.length === 0) continue;
      isEmpty = false;
      await this.writePart(table.lines(part));
    }
    if (isEmpty) this.stream.write(`${empty}\n`);
  }

  /** In turns, so that a reader that is gone is noticed and one that is slow is waited for. */
  private async writePart(text: string): Promise<void> {
    if (this.stream.write(text) === false) await new Promise<void>((resolve) => this.stream.once?.('drain', resolve));
    await nextTurn();
  }
}
