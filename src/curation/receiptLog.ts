import { join } from 'node:path';
import type { Receipt } from '../core/decision';
import { parseReceiptLine } from '../core/receiptParse';
import { LineStore, type LineReading } from './lineStore';

/** The file in the curation directory that trainers append to. */
const receiptsFileName = 'receipts.jsonl';

/** Reads the receipts of a curation directory. The file belongs to the trainers: it is never written here. */
export class ReceiptLog {
  private readonly store: LineStore<Receipt>;

  constructor(directory: string) {
    this.store = new LineStore(join(directory, receiptsFileName), readReceiptLine, 'later receipts are still read.');
  }

  get path(): string {
    return this.store.path;
  }

  /** Reads what is new; true when anything changed. Throws an OperationalError, with all that was known kept. */
  refresh(): boolean {
    return this.store.refresh();
  }

  /** The receipts in file order. */
  get receipts(): readonly Receipt[] {
    return this.store.values;
  }

  /** One sentence for each line that does not count. */
  get warnings(): readonly string[] {
    return this.store.warnings;
  }
}

function readReceiptLine(text: string): LineReading<Receipt> {
  const reading = parseReceiptLine(text);
  return reading.kind === 'receipt' ? { kind: 'value', value: reading.receipt } : { kind: 'skipped', why: reading.why };
}
