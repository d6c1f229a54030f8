import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { openRuns } from '../../src/logs/discovery/discover';
import { TurnBudget } from '../../src/engine/runLoading';
import type { SharedReading } from '../../src/engine/reading/readAhead';
import { RunFiles } from '../../src/engine/reading/runFiles';
import { SecondReader } from '../../src/engine/reading/secondReader';
import type { RunSource } from '../../src/logs/runSource';
import { ByteScanner } from '../../src/logs/scan/byteScanner';
import { numberFields } from '../../src/logs/scan/fastFields';
import { sharedScanner, useScanner } from '../../src/logs/scan/scanner';
import { wantedOf } from '../../src/logs/scan/slimRow';

/** What a reader found, so that readers can be held to one another. */
export interface Tally {
  readonly rows: number;
  readonly scoreSum: number;
  readonly problems: number;
  /** Code points of all responses; null where a reader does not count them. */
  readonly responseLength: number | null;
  /** How long it took, of which other things than reading into columns are counted in `identifyMs`. */
  readonly readMs: number;
  readonly identifyMs?: number;
}

async function sourceOf(directory: string): Promise<RunSource> {
  const [source] = (await openRuns(directory)).runs;
  if (source === undefined) throw new Error(`no run in ${directory}`);
  return source;
}

/** The product's own way from a run's files to its columns, turn by turn as the engine takes it; then the identification of its problems. */
export function readByProduct(directory: string): Promise<Tally> {
  return readFiles(directory, null);
}

/** The second thread of this process; its script lies beside this program. */
let second: SecondReader | null = null;

/** The same by two threads; the second one comes with the first pass and stays. */
export function readByTwoThreads(directory: string): Promise<Tally> {
  second ??= new SecondReader({
    script: path.join(__dirname, 'readerThread.js'),
    onTrouble: (message) => {
      throw new Error(message);
    },
  });
  // However little there is to read.
  return readFiles(directory, { second, worthBytes: 1 });
}

async function readFiles(directory: string, shared: SharedReading | null): Promise<Tally> {
  const source = await sourceOf(directory);
  const start = performance.now();
  const files = new RunFiles(source, () => null, shared);
  const budget = new TurnBudget();
  while (budget.spend((bytes) => files.poll(bytes, Date.now())).more);
  const read = performance.now();
  for (let prompt = 0; prompt < files.prompts.length; prompt++) files.prompts.at(prompt);
  const identified = performance.now();
  return { ...tallyOf(files), readMs: read - start, identifyMs: identified - read };
}

/** The same with the scanner in TypeScript. */
export async function readByFallback(directory: string): Promise<Tally> {
  useScanner(new ByteScanner());
  return readByProduct(directory);
}

function tallyOf(files: RunFiles): Omit<Tally, 'readMs'> {
  let [rows, scoreSum, responseLength] = [0, 0, 0];
  for (const { file, range } of files.steps.flatMap((step) => files.rowsOf(step))) {
    for (let row = range.start; row < range.end; row++) {
      rows++;
      scoreSum += file.table.reward(row) ?? 0;
      responseLength += file.table.lengthChars(row) ?? 0;
    }
  }
  return { rows, scoreSum, problems: files.prompts.length, responseLength };
}

/** The scanner alone: what it costs to find the values, nothing made of them. */
export async function scanOnly(directory: string, files: readonly string[]): Promise<Tally> {
  const { format } = await sourceOf(directory);
  const { fastFields, slim } = format;
  const start = performance.now();
  if (fastFields !== undefined) sharedScanner().want(numberFields(fastFields).wanted);
  else if (slim !== undefined) sharedScanner().want(wantedOf(slim));
  else throw new Error('the format cannot be scanned');
  let rows = 0;
  for (const file of files) rows += scanFile(file);
  return { rows, scoreSum: 0, problems: 0, responseLength: null, readMs: performance.now() - start };
}

const chunkBytes = 1 << 19;
const newline = 0x0a;

function scanFile(file: string): number {
  const scanner = sharedScanner();
  const fd = openSync(file, 'r');
  let rows = 0;
  for (let carried = 0; ; ) {
    scanner.reserve(carried + chunkBytes);
    const read = readSync(fd, scanner.buffer, scanner.dataStart + carried, chunkBytes, null);
    if (read === 0) break;
    const end = scanner.dataStart + carried + read;
    const lineEnd = scanner.dataStart + scanner.buffer.subarray(scanner.dataStart, end).lastIndexOf(newline) + 1;
    let from = scanner.dataStart;
    do {
      rows += scanner.scan(from, lineEnd);
      from = scanner.scanned;
    } while (scanner.full);
    scanner.buffer.copyWithin(scanner.dataStart, from, end);
    carried = end - from;
  }
  closeSync(fd);
  return rows;
}
