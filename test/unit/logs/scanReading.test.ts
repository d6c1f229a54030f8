import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nemoRlFormat } from '../../../src/logs/formats/nemoRl';
import { primeRlFormat } from '../../../src/logs/formats/primeRl';
import { verlFormat } from '../../../src/logs/formats/verl';
import { useLineLimits } from '../../../src/logs/files/lineLimits';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { ByteScanner } from '../../../src/logs/scan/byteScanner';
import { sharedScanner, useScanner } from '../../../src/logs/scan/scanner';
import { compareReadings, newKernel, readFile } from '../../support/fuzz/differences';
import { makeFile, nemoRlShape, primeRlShape, verlShape } from '../../support/fuzz/jsonLines';
import { Random } from '../../support/fuzz/random';
import { scannedLogs } from '../../support/fuzz/scannedLogs';
import { temporaryDirectory } from '../temporaryDirectory';

const fixtures = path.join(import.meta.dirname, '../../fixtures/scan');

describe('reading a log with a scanner', () => {
  const directory = temporaryDirectory();
  let file: string;
  beforeEach(() => {
    file = path.join(directory.path(), '3.jsonl');
  });

  function read(...lines: readonly string[]): { readonly log: LogFile; readonly prompts: PromptTable } {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    const prompts = new PromptTable();
    const log = new LogFile(file, 3, verlFormat, prompts);
    while (log.poll(1 << 20, Date.now()).more);
    return { log, prompts };
  }

  it('uses the kernel', () => assert.equal(sharedScanner().name, 'kernel'));

  for (const [format, shape] of scannedLogs) {
    it(`gives the rows, prompts and counts that parsing each ${format.framework} line gives`, () => {
      for (let seed = 1; seed <= 10; seed++) compareReadings(makeFile(new Random(seed), shape, 60), format, file);
    });
  }

  for (const name of readdirSync(fixtures)) {
    it(`gives of ${name} what parsing each line gives`, () => compareReadings(readFileSync(path.join(fixtures, name)), verlFormat, file));
  }

  for (const piece of [1, 2, 3, 7, 64, 4096]) {
    it(`gives the same however a file is cut, here into pieces of ${piece} bytes`, () => {
      for (const [format, shape] of [[verlFormat, verlShape], [primeRlFormat, primeRlShape], [nemoRlFormat, nemoRlShape]] as const) {
        const content = makeFile(new Random(piece), shape, piece < 7 ? 5 : 40);
        writeFileSync(file, content);
        const whole = readFile(file, format, newKernel());
        assert.deepEqual(readFile(file, format, newKernel(), piece), whole);
        assert.deepEqual(readFile(file, format, new ByteScanner(), piece), whole);
      }
    });
  }

  it('gives the same where lines are too long to be held, and leaves the same ones out where they are too long to be read', () => {
    try {
      for (const [format, shape] of [[verlFormat, verlShape], [primeRlFormat, primeRlShape], [nemoRlFormat, nemoRlShape]] as const) {
        const content = makeFile(new Random(11), shape, 60);
        writeFileSync(file, content);
        useLineLimits(null);
        const whole = readFile(file, format, newKernel());
        useLineLimits({ chunkBytes: 64, heldBytes: 32, maxBytes: 1 << 20, maxKeptBytes: 1 << 20 });
        assert.deepEqual(readFile(file, format, newKernel()), whole);
        useLineLimits({ chunkBytes: 64, heldBytes: 32, maxBytes: 300, maxKeptBytes: 1 << 20 });
        compareReadings(content, format, file);
      }
    } finally {
      useLineLimits(null);
    }
  });

  it('tells where the lines lie that it leaves out because they are too long', () => {
    useLineLimits({ chunkBytes: 64, heldBytes: 32, maxBytes: 300, maxKeptBytes: 1 << 20 });
    try {
      const row = (length: number): string => JSON.stringify({ input: 'p', output: 'x'.repeat(length), gts: '1', score: 1, step: 3 });
      const { log } = read(row(1), row(400), row(5));
      const [first, second] = [row(1).length + 1, row(400).length];
      assert.deepEqual([log.table.length, log.health.badLines, log.health.longLines], [2, 1, [{ offset: first, length: second }]]);
    } finally {
      useLineLimits(null);
    }
  });

  for (const [what, row] of [
    ['an answer', (text: string) => `"gts": "${text}"`],
    ['an answer of parts', (text: string) => `"gts": {"tests": ["${text.slice(20)}"]}`],
    ['an id', (text: string) => `"problem_id": "${text}"`],
    ['a name', (text: string) => `"uid": "${text}_0_0"`],
  ] as const) {
    it(`leaves a line out with ${what} that is too long to be held, whether it is scanned or parsed`, () => {
      useLineLimits({ chunkBytes: 1 << 10, heldBytes: 1 << 10, maxBytes: 1 << 20, maxKeptBytes: 50 });
      try {
        const line = (length: number, score: string): string => `{"input": "p", "output": "${'o'.repeat(60)}", "score": ${score}, ${row('x'.repeat(length))}}`;
        const { log } = read(line(30, '1'), line(70, '1'), line(30, 'NaN'), line(70, 'NaN'));
        assert.deepEqual([log.table.length, log.health.longLines.length], [2, 2]);
      } finally {
        useLineLimits(null);
      }
    });
  }

  it('leaves a line out whose verdict is a list that parsing would take too much memory for', () => {
    const heavy = `{"input": "p", "output": "o", "score": 1, "acc": [${'[],'.repeat(1_000_000)}0]}`;
    const { log } = read('{"input": "p", "output": "o", "score": 1.0}', heavy);
    assert.deepEqual([log.table.length, log.health.badLines, log.health.longLines], [1, 1, [{ offset: 44, length: heavy.length }]]);
  });

  for (const scanner of [newKernel(), new ByteScanner()]) {
    it(`reads on once the memory of a long line was given back (${scanner.name})`, () => {
      useScanner(scanner);
      try {
        const row = (length: number): string => JSON.stringify({ input: 'p', output: 'x'.repeat(length), gts: '1', score: 1, step: 3 });
        const size = sharedScanner().buffer.length;
        read(row(1), row(3_000_000));
        assert.ok(sharedScanner().buffer.length > 3_000_000);
        sharedScanner().release();
        assert.equal(sharedScanner().buffer.length, size);
        const { log } = read(row(1), row(2));
        assert.deepEqual([log.table.length, log.table.lengthChars(1)], [2, 2]);
      } finally {
        useScanner(null);
      }
    });
  }

  it('leaves a line out whose prompt is too long to be held, whether it is scanned or parsed', () => {
    useLineLimits({ chunkBytes: 1 << 10, heldBytes: 1 << 10, maxBytes: 1 << 20, maxKeptBytes: 50 });
    try {
      const row = (length: number, score: string): string => `{"input": "${'x'.repeat(length)}", "output": "o", "score": ${score}}`;
      const { log } = read(row(50, '1'), row(51, '1'), row(50, 'NaN'), row(51, 'NaN'));
      assert.deepEqual([log.table.length, log.health.longLines.length], [2, 2]);
    } finally {
      useLineLimits(null);
    }
  });

  it('leaves a line out that parsing would take too much memory for, and tells where it lies', () => {
    // Not for a scanner, because of the word that JSON does not know.
    const heavy = `{"input": "p", "output": "o", "score": NaN, "x": [${'[],'.repeat(1_000_000)}0]}`;
    const { log } = read('{"input": "p", "output": "o", "score": 1.0}', heavy);
    assert.deepEqual([log.table.length, log.health.badLines, log.health.longLines], [1, 1, [{ offset: 44, length: heavy.length }]]);
  });

  it('reads lines longer than a chunk, and longer than the scanner’s buffer is made for', () => {
    const row = (length: number): string => JSON.stringify({ input: 'p', output: 'x'.repeat(length), gts: '1', score: 1, step: 3 });
    const { log } = read(row(1), row(3_000_000), row(40_000_000), row(5));
    assert.deepEqual(Array.from({ length: log.table.length }, (_, i) => log.table.lengthChars(i)), [1, 3_000_000, 40_000_000, 5]);
  });

  it('knows a prompt again however its text is escaped, whether the line is scanned or parsed', () => {
    const row = (input: string, rest = ''): string => `{"input": "${input}", "output": "o", "gts": "1", "score": 1.0${rest}}`;
    const spellings = [row('é/\\n'), row('\\u00e9/\\n'), row('\\u00E9\\/\\n'), row('é/\\u000a'), row('é/\\n', ', "x": NaN')];
    const { log, prompts } = read(...spellings);
    assert.deepEqual([log.table.length, prompts.length], [5, 1]);
  });

  it('knows an answer again however its number or object is spelled, and tells it from its text', () => {
    const row = (gts: string): string => `{"input": "p", "output": "o", "gts": ${gts}, "score": 1.0}`;
    assert.equal(read(row('4'), row('4.0'), row('0.4e1')).prompts.length, 1);
    assert.equal(read(row('{"a": 1, "b": 2}'), row('{"b":2,"a":1.0}')).prompts.length, 1);
    assert.equal(read(row('4'), row('"4"'), row('null'), '{"input": "p", "output": "o", "score": 1.0}').prompts.length, 4);
  });

  it('tells ids apart that are one double, and takes the id 17 for the id "17"', () => {
    const row = (id: string): string => `{"input": "p", "output": "o", "problem_id": ${id}, "score": 1.0}`;
    const { prompts } = read(row('9007199254740993'), row('9007199254740992'), row('17'), row('"17"'), row('17.0'));
    assert.deepEqual(Array.from({ length: prompts.length }, (_, i) => prompts.at(i)?.explicitId), ['9007199254740993', '9007199254740992', '17']);
  });

  it('goes on with an unfinished line after another file was read with the same scanner', () => {
    const row = (answer: string): string => JSON.stringify({ input: `p${answer}`, output: 'x'.repeat(100_000), gts: answer, score: 1 });
    const files = ['3.jsonl', '4.jsonl'].map((name) => path.join(directory.path(), name));
    const prompts = new PromptTable();
    const logs = files.map((each, i) => new LogFile(each, 3 + i, verlFormat, prompts));
    for (const each of files) writeFileSync(each, '');
    const text = files.map((_, i) => ['1', '2', '3'].map((answer) => `${row(`${i}${answer}`)}\n`).join(''));
    for (let from = 0; from < 320_000; from += 70_000) {
      for (const [i, each] of files.entries()) {
        writeFileSync(each, text[i]?.slice(from, from + 70_000) ?? '', { flag: 'a' });
        logs[i]?.poll(1 << 20, Date.now());
      }
    }
    assert.deepEqual(logs.map(({ table, health }) => [table.length, health.badLines]), [[3, 0], [3, 0]]);
    assert.deepEqual(Array.from({ length: prompts.length }, (_, i) => prompts.at(i)?.answer).sort(), ['"01"', '"02"', '"03"', '"11"', '"12"', '"13"']);
  });

  it('counts a line as bad whose values are nested too deep to be walked, and goes on', () => {
    const deep = `{"input": "p", "output": "o", "gts": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "score": 1.0}`;
    const { log } = read(deep, '{"input": "p", "output": "o", "gts": 1e400, "score": 1.0}');
    assert.deepEqual([log.table.length, log.health.badLines], [1, 1]);
  });

  it('reads the same with the scanner in TypeScript where there is no kernel', () => {
    useScanner(new ByteScanner());
    try {
      assert.equal(read('{"input": "p", "output": "o", "score": 1.0}').log.table.length, 1);
    } finally {
      useScanner(null);
    }
  });
});
