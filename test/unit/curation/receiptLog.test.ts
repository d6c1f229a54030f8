import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiptLog } from '../../../src/curation/receiptLog';
import { receipt } from '../core/decisionSamples';
import { temporaryDirectory } from '../temporaryDirectory';

const lineOf = (step: number): string =>
  `${JSON.stringify({ schema: 'cdas-receipt/1', ...receipt(step, { generation: 1, appliedAtStep: step }) })}\n`;

describe('the receipt log', () => {
  const directory = temporaryDirectory();
  const path = (): string => join(directory.path(), 'receipts.jsonl');
  const steps = (log: ReceiptLog): readonly number[] => log.receipts.map(({ appliedAtStep }) => appliedAtStep);

  it('is empty without a file', () => {
    const log = new ReceiptLog(directory.path());
    assert.deepEqual([log.refresh(), log.receipts, log.warnings], [false, [], []]);
  });

  it('takes up receipts as they come, half a line only once it is whole', () => {
    const log = new ReceiptLog(directory.path());
    const second = lineOf(2);
    writeFileSync(path(), lineOf(1) + second.slice(0, 40));
    log.refresh();
    assert.deepEqual(steps(log), [1]);
    appendFileSync(path(), second.slice(40));
    assert.equal(log.refresh(), true);
    assert.deepEqual([steps(log), log.warnings], [[1, 2], []]);
  });

  it('names damaged lines and keeps the rest', () => {
    writeFileSync(path(), `${lineOf(1)}{"schema":"cdas-receipt/1"}\n${lineOf(3)}`);
    const log = new ReceiptLog(directory.path());
    log.refresh();
    assert.deepEqual(steps(log), [1, 3]);
    assert.match(log.warnings.join(), /^receipts\.jsonl line 2 has no date/);
  });
});
