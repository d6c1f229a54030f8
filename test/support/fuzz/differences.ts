import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { LogFormat } from '../../../src/logs/logFormat';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { fieldFlag, fieldKind, type LineScanner, type WantedField } from '../../../src/logs/scan/lineScanner';
import { ByteScanner } from '../../../src/logs/scan/byteScanner';
import { KernelScanner } from '../../../src/logs/scan/kernelScanner';
import { kernelCode, useScanner } from '../../../src/logs/scan/scanner';
import { ScannedLine } from '../../../src/logs/scan/scannedLine';

/** The kernel; the mocha setup and the fuzz command have it compiled. */
export function newKernel(): KernelScanner {
  const code = kernelCode();
  assert.ok(code, 'the kernel is compiled');
  return new KernelScanner(code, 1n);
}

/** What a scanner says of a line, without what depends on the scanner. */
interface ScannedValues {
  readonly start: number;
  readonly end: number;
  readonly values: readonly unknown[] | null;
  /** The raw bytes behind each hash. */
  readonly hashes: readonly (readonly [hash: string, bytes: string])[];
}

/** Scans complete lines in pieces as the scanner likes them. */
export function scanAll(scanner: LineScanner, bytes: Buffer, fields: readonly WantedField[]): ScannedValues[] {
  scanner.reserve(bytes.length);
  scanner.want({ fields, leftOut: [], measured: [] });
  bytes.copy(scanner.buffer, scanner.dataStart);
  const end = scanner.dataStart + bytes.length;
  const line = new ScannedLine(scanner);
  const found: ScannedValues[] = [];
  let from = scanner.dataStart;
  do {
    const count = scanner.scan(from, end);
    for (let record = 0; record < count; record++) {
      line.moveTo(record);
      found.push(valuesOf(line, fields));
    }
    from = scanner.scanned;
  } while (scanner.full);
  return found;
}

function valuesOf(line: ScannedLine, fields: readonly WantedField[]): ScannedValues {
  const at = line.scanner.dataStart;
  const hashes: (readonly [string, string])[] = [];
  const values = fields.map(({ hashed }, field) => {
    const kind = line.kind(field);
    if (kind === fieldKind.absent) return undefined;
    const raw = line.bytes(field).toString('latin1');
    if (hashed) hashes.push([`${line.hashLow(field)} ${line.hashHigh(field)}`, raw]);
    const text = kind === fieldKind.string ? [line.codePoints(field), line.flags(field) & fieldFlag.rareEscapes] : [];
    return [kind, raw, ...text, line.value(field)];
  });
  return { start: line.start - at, end: line.end - at, values: line.isProven ? values : null, hashes: line.isProven ? hashes : [] };
}

/** Throws where the two scanners differ on a line, or say another value than JSON.parse. */
export function compareScans(bytes: Buffer, fields: readonly WantedField[], scanners: { readonly kernel: LineScanner; readonly bytes: LineScanner }): number {
  const byKernel = scanAll(scanners.kernel, bytes, fields);
  const byBytes = scanAll(scanners.bytes, bytes, fields);
  const bytesOfHash = new Map<string, string>();
  let proven = 0;
  for (const [index, line] of byKernel.entries()) {
    const text = bytes.toString('latin1', line.start, line.end);
    const [found, expected] = [{ ...line, hashes: [] }, { ...byBytes[index], hashes: [] }];
    // Most are equal, and comparing their texts is many times faster.
    if (JSON.stringify(found) !== JSON.stringify(expected)) assert.deepEqual(found, expected, `the scanners differ on ${JSON.stringify(text)}`);
    if (line.values === null) continue;
    proven++;
    for (const [hash, raw] of line.hashes) {
      assert.equal(bytesOfHash.get(hash) ?? raw, raw, `two texts have one hash in ${JSON.stringify(text)}`);
      bytesOfHash.set(hash, raw);
    }
    compareWithParse(bytes.toString('utf8', line.start, line.end), line.values, fields);
  }
  assert.equal(byKernel.length, byBytes.length, 'the scanners found different numbers of lines');
  return proven;
}

function compareWithParse(text: string, values: readonly unknown[], fields: readonly WantedField[]): void {
  const row: unknown = JSON.parse(text);
  for (const [field, { path }] of fields.entries()) {
    // By own members only, as readers of rows take them.
    const parsed = path.reduce<unknown>((value, key) => (isMember(value, key) ? value[key] : undefined), row);
    const found = values[field] as unknown[] | undefined;
    const value = found?.at(-1);
    if (!Object.is(value, parsed)) assert.deepEqual(value, parsed, `another value of ${path.join('.')} than JSON.parse in ${JSON.stringify(text)}`);
    if (typeof parsed === 'string') assert.equal(found?.[2], Array.from(parsed).length, `another length of ${path.join('.')} in ${JSON.stringify(text)}`);
  }
}

function isMember(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key);
}

/** Everything that is kept of a file, read with a scanner or, without one, by JSON.parse alone; `piece` bytes at a time. */
export function readFile(file: string, format: LogFormat, scanner: LineScanner | null, piece = 1 << 20): unknown {
  const prompts = new PromptTable();
  const { fastFields, slim, ...slow } = format;
  assert.ok(fastFields ?? slim, 'the format can be scanned');
  useScanner(scanner);
  try {
    const log = new LogFile(file, 3, scanner === null ? slow : format, prompts);
    for (let more = true; more; ) {
      const poll = log.poll(piece, Number.MAX_SAFE_INTEGER);
      assert.equal(poll.error, null);
      more = poll.more;
    }
    return contentOf(log, prompts);
  } finally {
    useScanner(null);
  }
}

function contentOf(log: LogFile, prompts: PromptTable): unknown {
  const { table, health, progress, pendingBytes } = log;
  const rows = Array.from({ length: table.length }, (_, row) => {
    const prompt = table.prompt(row);
    const known = prompts.at(prompt);
    assert.ok(known, 'every row has its prompt');
    return [prompt, known.explicitId, known.answer, ...known.hashes, known.offset, table.reward(row), table.explicitCorrect(row), table.isScored(row), table.lengthChars(row), table.offset(row), table.key(row)].map(String);
  });
  return { rows, ranges: table.ranges, health, progress, pendingBytes, prompts: prompts.length };
}

/** Throws where a file reads differently with the kernel, with the scanner in TypeScript, and by JSON.parse alone. */
export function compareReadings(content: Buffer, format: LogFormat, file: string): void {
  writeFileSync(file, content);
  const parsed = readFile(file, format, null);
  assert.deepEqual(readFile(file, format, newKernel()), parsed, 'the kernel reads the file differently from JSON.parse');
  assert.deepEqual(readFile(file, format, new ByteScanner()), parsed, 'the scanner in TypeScript reads the file differently from JSON.parse');
}
