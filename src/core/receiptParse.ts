import type { Receipt } from './decision';
import { isRecord } from './json';
import { readTrainerSampler } from './trainerSampler';

/** The schema tag of a line in receipts.jsonl. */
export const receiptSchema = 'cdas-receipt/1';

/** What one line of receipts.jsonl turned out to be. */
export type ReceiptReading =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'ignored' | 'damaged'; readonly why: string };

/** Reads the text of one line. Never throws; counts that a trainer left out are 0. */
export function parseReceiptLine(line: string): ReceiptReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'damaged', why: 'is not JSON' };
  }
  if (!isRecord(value)) return { kind: 'damaged', why: 'is not a JSON object' };
  const schema = value['schema'];
  if (schema !== receiptSchema) {
    const newer = typeof schema === 'string' && /^cdas-receipt\/\d+$/.test(schema);
    return newer
      ? { kind: 'ignored', why: `has the schema ${schema}: update CDAS Lens to read it` }
      : { kind: 'damaged', why: `has no schema ${receiptSchema}` };
  }
  return readReceipt(value);
}

function readReceipt(value: Record<string, unknown>): ReceiptReading {
  const { at, digest, generation, appliedAtStep } = value;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return { kind: 'damaged', why: 'has no date in `at`' };
  if (typeof digest !== 'string') return { kind: 'damaged', why: 'has no digest' };
  if (!isCount(generation)) return { kind: 'damaged', why: 'has no generation' };
  if (!isCount(appliedAtStep)) return { kind: 'damaged', why: 'has no appliedAtStep' };
  const sampler = readTrainerSampler(value['sampler']);
  const receipt: Receipt = {
    at,
    generation,
    digest,
    appliedAtStep,
    excluded: countOr0(value['excluded']),
    pinned: countOr0(value['pinned']),
    relabelled: countOr0(value['relabelled']),
    matched: countOr0(value['matched']),
    unmatched: idsIn(value['unmatched']),
    ...(isCount(value['unmatchedTotal']) && { unmatchedTotal: value['unmatchedTotal'] }),
    ...listed('ambiguous', value['ambiguous']),
    ...listed('refused', value['ignored']),
    ...listed('unsupported', value['unsupported']),
    adapter: typeof value['adapter'] === 'string' ? value['adapter'] : 'unknown',
    run: typeof value['run'] === 'string' ? value['run'] : '',
    ...(sampler !== null && { sampler }),
  };
  return { kind: 'receipt', receipt };
}

function listed(field: 'ambiguous' | 'refused' | 'unsupported', value: unknown): Partial<Receipt> {
  const ids = idsIn(value);
  return ids.length === 0 ? {} : { [field]: ids };
}

function idsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function countOr0(value: unknown): number {
  return isCount(value) ? value : 0;
}
