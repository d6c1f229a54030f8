import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../support/fuzz/random';
import { fragments, type TextKind } from './texts';
import { NemoRlWriter, PrimeRlWriter, type GroupWriter } from './tokenLogs';

/** A kind of log to read. */
export interface Variant {
  readonly writer: (seed: number) => GroupWriter;
  /** The file of a step. */
  readonly file: (step: number) => string;
}

/** verl's log with lines of about that length; the shares of its texts sum up to 1. */
function verl(lineBytes: number, kinds: Readonly<Partial<Record<TextKind, number>>>): Variant {
  return { writer: (seed) => new VerlWriter(lineBytes, kinds, seed), file: (step) => `${step}.jsonl` };
}

/** The logs that are measured. */
export const variants = {
  main: verl(10_500, { maths: 0.85, code: 0.15 }),
  short: verl(1_700, { maths: 0.85, code: 0.15 }),
  long: verl(54_000, { maths: 0.85, code: 0.15 }),
  code: verl(10_500, { code: 1 }),
  cjk: verl(10_500, { cjk: 1 }),
  /** Turned into TRL's parquet files after it is written. */
  trl: verl(10_500, { maths: 0.85, code: 0.15 }),
  primeRl: { writer: (seed) => new PrimeRlWriter(seed), file: (step) => `step_${step}/train/all/traces.jsonl` },
  nemoRl: { writer: (seed) => new NemoRlWriter(seed), file: (step) => `exp_001/train_data_step${step}.jsonl` },
} as const satisfies Record<string, Variant>;

/** The name of a variant. */
export type VariantName = keyof typeof variants;

/** Rollouts of one problem in a step, and files of about this size, one for each step. */
const groupSize = 16;
const fileBytes = 85_000_000;
const fragmentCount = 8_000;

/** The directory of a log of that variant, size and seed; it is written when it is not there yet. */
export function prepareLog(cache: string, name: VariantName, options: { readonly bytes: number; readonly seed: number }): string {
  const directory = path.join(cache, `${name}-${options.bytes}-${options.seed}`);
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const variant = variants[name];
  const writer = variant.writer(options.seed);
  for (let [step, left] = [1, options.bytes]; left > 0; step++) {
    const file = path.join(unfinished, variant.file(step));
    mkdirSync(path.dirname(file), { recursive: true });
    left -= writeFile(file, () => Buffer.concat(writer.group(step)), Math.min(left, fileBytes));
  }
  renameSync(unfinished, directory);
  return directory;
}

function writeFile(file: string, group: () => Buffer, bytes: number): number {
  const fd = openSync(file, 'w');
  let written = 0;
  try {
    while (written < bytes) written += writeSync(fd, group());
  } finally {
    closeSync(fd);
  }
  return written;
}

/** Writes rows as verl does: Python's separators, raw UTF-8. */
class VerlWriter implements GroupWriter {
  private readonly random: Random;
  /** Escaped as in JSON, so that rows are put together by copying. */
  private readonly pieces: { readonly share: number; readonly texts: readonly Buffer[] }[];
  private problem = 0;

  constructor(
    private readonly lineBytes: number,
    kinds: Readonly<Partial<Record<TextKind, number>>>,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.pieces = Object.entries(kinds).map(([kind, share]) => ({
      share,
      // The keys of a record of text kinds are text kinds.
      texts: fragments(kind as TextKind, this.random, fragmentCount).map((text) => Buffer.from(JSON.stringify(text).slice(1, -1))),
    }));
  }

  group(step: number): Buffer[] {
    const texts = this.textsOfRow();
    const prompt = [Buffer.from(`{"input": "system\\nYou are a helpful assistant.\\nuser\\nProblem ${this.problem++}. `), ...this.text(texts, Math.min(900, this.lineBytes / 4))];
    const answer = this.random.below(1000);
    const parts: Buffer[] = [];
    for (let i = 0; i < groupSize; i++) {
      const correct = this.random.chance(0.5);
      const length = this.lineBytes * (0.4 + 0.6 * this.random.next() + 0.6 * this.random.next()) - 1000 * Number(this.lineBytes > 4000) - 500;
      parts.push(...prompt, Buffer.from('\\nassistant\\n", "output": "'), ...this.text(texts, length));
      const tail = { gts: String(answer), score: correct ? 1 : 0, step, acc: correct, pred: String(correct ? answer : answer + 1) };
      parts.push(Buffer.from(`", ${pythonMembers(tail)}}\n`));
    }
    return parts;
  }

  private textsOfRow(): readonly Buffer[] {
    let at = this.random.next();
    for (const { share, texts } of this.pieces) if ((at -= share) < 0) return texts;
    return this.pieces[0]?.texts ?? [];
  }

  private text(texts: readonly Buffer[], bytes: number): Buffer[] {
    const parts: Buffer[] = [];
    for (let left = bytes; left > 0; left -= parts.at(-1)?.length ?? left) parts.push(this.random.pick(texts));
    return parts;
  }
}

/** The members of an object as Python's json.dumps writes them; scores are floats. */
function pythonMembers(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([key, value]) => `"${key}": ${key === 'score' ? Number(value).toFixed(1) : JSON.stringify(value)}`)
    .join(', ');
}
