// npm run fuzz [-- --lines N] [--seed S]: compares the scan kernel, its equal in TypeScript and JSON.parse on lines made at random.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ByteScanner } from '../../../src/logs/scan/byteScanner';
import { numberFields } from '../../../src/logs/scan/fastFields';
import type { WantedField } from '../../../src/logs/scan/lineScanner';
import { compareReadings, compareScans, newKernel } from './differences';
import { makeFile } from './jsonLines';
import { Random } from './random';
import { scannedLogs } from './scannedLogs';

const linesPerFile = 250;
const { values } = parseArgs({ options: { lines: { type: 'string', default: '1000000' }, seed: { type: 'string', default: String(Date.now() % 1_000_000_000) } } });
const wantedLines = Number(values.lines);
const firstSeed = Number(values.seed);
const folder = mkdtempSync(path.join(tmpdir(), 'cdas-fuzz-'));
const scanners = { kernel: newKernel(), bytes: new ByteScanner() };
/** Wanted values inside objects, which no format of its own needs for this test. */
const nestedFields: readonly WantedField[] = [
  ...['input', 'score', 'meta.score', 'meta.meta.step', 'meta', 'gts.a', 'pred.output'].map((key) => ({ path: key.split('.'), hashed: key === 'meta' })),
];

/** Lines of verl come twice as often. */
const logs = [scannedLogs[0], ...scannedLogs];

/** Compares one file made from a seed; returns how many of its lines the scanners proved. */
function compareSeed(seed: number): number {
  const random = new Random(seed);
  const [format, shape] = random.pick(logs);
  const content = makeFile(random, shape, linesPerFile);
  try {
    compareReadings(content, format, path.join(folder, '3.jsonl'));
    const proven = compareScans(content, nestedFields, scanners);
    if (format.fastFields !== undefined) compareScans(content, numberFields(format.fastFields).wanted.fields, scanners);
    return proven;
  } catch (error) {
    const kept = path.join(tmpdir(), `cdas-fuzz-${seed}.jsonl`);
    writeFileSync(kept, content);
    console.error(`Seed ${seed}: a difference; the file is kept as ${kept}.`);
    throw error;
  }
}

console.log(`Comparing ${wantedLines} lines from seed ${firstSeed} on.`);
let proven = 0;
let lines = 0;
try {
  for (let seed = firstSeed; lines < wantedLines; seed++) {
    proven += compareSeed(seed);
    lines += linesPerFile;
    if (lines % 100_000 === 0) console.log(`${lines} lines, ${proven} of them proven by the scanners; seed ${seed}`);
  }
  console.log(`No difference in ${lines} lines, ${proven} of them proven by the scanners (seeds ${firstSeed} to ${firstSeed + lines / linesPerFile - 1}).`);
} finally {
  rmSync(folder, { recursive: true });
}
