import { createReadStream, closeSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Tally } from './productReaders';

const chunkBytes = 1 << 20;
const newline = 0x0a;

/** Calls back for each chunk of the files, read into one buffer: as fast as they can be read at all. */
export function readChunks(files: readonly string[], onChunk: (bytes: Buffer) => void): Tally {
  const start = performance.now();
  const buffer = Buffer.alloc(chunkBytes);
  for (const file of files) {
    const fd = openSync(file, 'r');
    for (let read = readSync(fd, buffer, 0, chunkBytes, null); read > 0; read = readSync(fd, buffer, 0, chunkBytes, null)) onChunk(buffer.subarray(0, read));
    closeSync(fd);
  }
  return { rows: 0, scoreSum: 0, problems: 0, responseLength: null, readMs: performance.now() - start };
}

/** Finds the line ends and nothing else. */
export function scanNewlines(files: readonly string[]): Tally {
  let rows = 0;
  const { readMs } = readChunks(files, (bytes) => {
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) rows++;
  });
  return { rows, scoreSum: 0, problems: 0, responseLength: null, readMs };
}

/** Columns of the same values that the product reads, filled from parsed rows. */
class ParsedColumns {
  private readonly prompts = new Map<string, number>();
  private readonly columns = { prompt: [] as number[], score: [] as number[], step: [] as number[], correct: [] as boolean[], length: [] as number[] };

  add(line: string): void {
    // The generator wrote the line.
    const row = JSON.parse(line) as { input: string; output: string; gts: string; score: number; step: number; acc: boolean };
    const key = `${row.gts}\n${row.input}`;
    const prompt = this.prompts.get(key) ?? this.prompts.size;
    this.prompts.set(key, prompt);
    this.columns.prompt.push(prompt);
    this.columns.score.push(row.score);
    this.columns.step.push(row.step);
    this.columns.correct.push(row.acc);
    this.columns.length.push(row.output.length);
  }

  tally(readMs: number): Tally {
    const { score } = this.columns;
    return { rows: score.length, scoreSum: score.reduce((sum, each) => sum + each, 0), problems: this.prompts.size, responseLength: null, readMs };
  }
}

/** Cuts lines out of chunks and parses each. */
export function parseLines(files: readonly string[]): Tally {
  const columns = new ParsedColumns();
  let rest = Buffer.alloc(0);
  const { readMs } = readChunks(files, (bytes) => {
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      const line = bytes.subarray(from, end);
      columns.add((rest.length > 0 ? Buffer.concat([rest, line]) : line).toString('utf8'));
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, bytes.subarray(from)]);
  });
  return columns.tally(readMs);
}

/** The way of most programs: readline and JSON.parse. */
export async function parseByReadline(files: readonly string[]): Promise<Tally> {
  const start = performance.now();
  const columns = new ParsedColumns();
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) columns.add(line);
  }
  return columns.tally(performance.now() - start);
}

const columnTypes = "{input: 'VARCHAR', output: 'VARCHAR', gts: 'VARCHAR', score: 'DOUBLE', step: 'INTEGER', acc: 'BOOLEAN'}";

/** What DuckDB takes over of a row: a hash of what tells problems apart (as a double, which costs the least to take over), score, length, and the rest. */
const rowQueries = {
  verl: { select: '(hash(input, gts) >> 11)::DOUBLE, score, length(output)::INTEGER, step, acc', columns: columnTypes },
  primeRl: {
    select: '(hash(task.key) >> 11)::DOUBLE, traces[1].rewards.correct.score, length(traces[1].nodes[2].message.content)::INTEGER, ok',
    columns:
      "{task: 'STRUCT(key VARCHAR)', ok: 'BOOLEAN', traces: 'STRUCT(rewards STRUCT(correct STRUCT(score DOUBLE, weight DOUBLE)), nodes STRUCT(message STRUCT(role VARCHAR, content VARCHAR), sampled BOOLEAN)[])[]'}",
  },
  nemoRl: {
    select: '(hash(content[1][1]) >> 11)::DOUBLE, rewards[1], length(content[1][2])::INTEGER, sample_loss_mask[1]',
    columns: "{content: 'VARCHAR[][]', rewards: 'DOUBLE[]', sample_loss_mask: 'DOUBLE[]'}",
  },
} as const;

/** DuckDB, one row for each rollout taken over into JavaScript. It has no byte offsets. */
export function rowsByDuckdb(directory: string, log: keyof typeof rowQueries, threads: number): Promise<Tally> {
  const { select, columns } = rowQueries[log];
  return tallyRows(`SELECT ${select} FROM read_json('${directory}/**/*.jsonl', format = 'newline_delimited', columns = ${columns})`, threads);
}

/** Takes over the rows that a query of DuckDB gives: each begins with prompt, score and length. */
export async function tallyRows(sql: string, threads: number): Promise<Tally> {
  const prompts = new Set<number>();
  let [rows, scoreSum, responseLength] = [0, 0, 0];
  const readMs = await eachChunk(sql, threads, (chunk) => {
    const [prompt, score, length] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      prompts.add(Number(prompt?.[row]));
      scoreSum += Number(score?.[row]);
      responseLength += Number(length?.[row]);
    }
    rows += chunk.rowCount;
  });
  return { rows, scoreSum, problems: prompts.size, responseLength, readMs };
}

/** DuckDB, grouped by prompt and step within the engine. */
export async function groupsByDuckdb(directory: string, threads: number): Promise<Tally> {
  const sql = `SELECT hash(input, gts) AS prompt, step, count(*)::INTEGER, sum(score), sum(length(output))::DOUBLE FROM read_json('${directory}/*.jsonl', format = 'newline_delimited', columns = ${columnTypes}) GROUP BY prompt, step`;
  const prompts = new Set<unknown>();
  let [rows, scoreSum, responseLength] = [0, 0, 0];
  const readMs = await eachChunk(sql, threads, (chunk) => {
    for (const [prompt, , count, score, length] of chunk.getRows()) {
      prompts.add(prompt);
      rows += Number(count);
      scoreSum += Number(score);
      responseLength += Number(length);
    }
  });
  return { rows, scoreSum, problems: prompts.size, responseLength, readMs };
}

/** Runs a query in a database of its own and calls back for each chunk of what it gives; how long that took. */
export async function eachChunk(sql: string, threads: number, onChunk: (chunk: DuckDBDataChunk) => void): Promise<number> {
  // Only where it is wanted: the library alone takes 30 MB.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const start = performance.now();
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const result = await connection.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) onChunk(chunk);
  connection.closeSync();
  instance.closeSync();
  return performance.now() - start;
}
