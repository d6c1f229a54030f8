import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileTail } from '../../../src/logs/files/fileTail';
import { rllmFormat } from '../../../src/logs/formats/rllm';
import { verlFormat } from '../../../src/logs/formats/verl';
import { useLineLimits } from '../../../src/logs/files/lineLimits';
import { LogFile } from '../../../src/logs/logFile';
import { claimScanner, LineReader } from '../../../src/logs/files/lineReader';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { ByteScanner } from '../../../src/logs/scan/byteScanner';
import { useScanner } from '../../../src/logs/scan/scanner';
import type { TailState } from '../../../src/logs/files/tailState';
import { makeFile, verlShape } from '../../support/fuzz/jsonLines';
import { Random } from '../../support/fuzz/random';
import { temporaryDirectory } from '../temporaryDirectory';

const limits = { chunkBytes: 16, heldBytes: 32, maxBytes: 100, maxKeptBytes: 1 << 20 };
/** A moment at which everything has rested. */
const later = Number.MAX_SAFE_INTEGER;

type Found = readonly [line: string | number, offset: number];

/** The lines of a text as they are to be found: of one that is too long its length. */
function linesOf(text: string): readonly Found[] {
  const found: Found[] = [];
  let offset = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const bare = line.replace(/\r$/, '');
    if (line.length > limits.maxBytes) found.push([line.length, offset]);
    else if (bare.trim() !== '') found.push([bare, offset]);
    offset += line.length + 1;
  }
  return found;
}

describe('long lines', () => {
  const directory = temporaryDirectory();
  const file = (): string => path.join(directory.path(), 'log.jsonl');

  beforeEach(() => useLineLimits(limits));
  afterEach(() => {
    useLineLimits(null);
    useScanner(null);
  });

  /** A reader that keeps what it finds; another one goes on from its state. */
  function follow(isWhole: (line: string) => boolean = () => false, state: TailState | null = null): { readonly tail: FileTail; readonly found: Found[]; readonly readOn: (now?: number) => Found[] } {
    const found: Found[] = [];
    const tail = new FileTail(file(), {
      onLine: (line, offset) => found.push([line.toString(), offset]),
      onLongLine: (offset, length) => found.push([length, offset]),
      onReset: () => found.splice(0),
      isWholeRecord: (line) => isWhole(line.toString()),
    });
    if (state !== null) tail.resume(state);
    const readOn = (now = Date.now()): Found[] => {
      while (tail.poll(64, now).more);
      return found;
    };
    return { tail, found, readOn };
  }

  const line = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((length) => 'x'.repeat(length)),
    fc.integer({ min: 95, max: 105 }).map((length) => 'y'.repeat(length)),
    fc.integer({ min: 0, max: 400 }).map((length) => 'z'.repeat(length)),
  );
  const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 12 }).map((lines) => lines.flat().join(''));

  it('are the same lines however the file grows and whoever else reads meanwhile, and those over the limit are told by place and length', () => {
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 8 }), fc.boolean(), (content, pieces, disturbed) => {
        const whole = `${content}end`;
        writeFileSync(file(), '');
        const { readOn, found } = follow();
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const piece = whole.slice(at, at + (pieces[turn % pieces.length] ?? 1));
          appendFileSync(file(), piece);
          at += piece.length;
          readOn();
          // Another reader takes the scanner's buffer, or it is given back.
          if (disturbed && turn % 2 === 0) readSomethingElse();
          else if (disturbed) claimScanner().release();
        }
        assert.deepEqual(found, linesOf(whole));
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  function readSomethingElse(): void {
    const fd = openSync(import.meta.filename, 'r');
    try {
      new LineReader({ onLine: () => undefined }).read(fd, 50, 0);
    } finally {
      closeSync(fd);
    }
  }

  it('are read by the scanner in TypeScript alike', () => {
    useScanner(new ByteScanner());
    const content = `${'a'.repeat(100)}\n${'b'.repeat(101)}\n${'c'.repeat(70)}\nd\n`;
    writeFileSync(file(), content);
    assert.deepEqual(follow().readOn(), linesOf(content));
  });

  it('are read on by another reader at any moment without taking the middle of one for a line', () => {
    const content = `first\n${'a'.repeat(90)}\n${'b'.repeat(300)}\n${'c'.repeat(60)}\nlast\n`;
    for (let seen = 1; seen < content.length; seen += 7) {
      writeFileSync(file(), content.slice(0, seen));
      const before = follow();
      before.readOn();
      const state = before.tail.state;
      assert.ok(state);
      appendFileSync(file(), content.slice(seen));
      const after = follow(undefined, state);
      assert.deepEqual([...before.found, ...after.readOn()], linesOf(content));
    }
  });

  it('are not read from their start again while they grow', () => {
    writeFileSync(file(), 'first\n');
    const { tail, readOn } = follow();
    readOn();
    for (let turn = 0; turn < 50; turn++) {
      appendFileSync(file(), 'x'.repeat(20));
      const before = tail.progress.read;
      readOn();
      assert.equal(tail.progress.read - before, 20);
      assert.equal(tail.pendingBytes, 20 * (turn + 1));
    }
    appendFileSync(file(), '\nlast\n');
    assert.deepEqual(readOn(), [['first', 0], [1000, 6], ['last', 1007]]);
  });

  it('without an end are handed over once they have rested, and not again when their end comes', () => {
    writeFileSync(file(), `a\n${'b'.repeat(90)}`);
    const { readOn, tail } = follow((line) => line.endsWith('b'));
    assert.deepEqual(readOn(), [['a', 0]]);
    assert.deepEqual(readOn(later), [['a', 0], ['b'.repeat(90), 2]]);
    assert.equal(tail.pendingBytes, 0);
    const state = tail.state;
    appendFileSync(file(), '\r\nc\n');
    assert.deepEqual(readOn(later).slice(2), [['c', 94]]);
    assert.ok(state);
    assert.deepEqual(follow(undefined, state).readOn(later), [['c', 94]]);
  });

  it('without an end that are proven by the scanner are whole, whatever parsing would take', () => {
    const record = `{"a": "${'b'.repeat(80)}"}`;
    writeFileSync(file(), record);
    assert.deepEqual(follow(() => false).readOn(later), [[record, 0]]);
  });

  it('that were taken and go on after all are read anew, with the rest of the file', () => {
    writeFileSync(file(), `a\n${'b'.repeat(60)}`);
    const { readOn } = follow(() => true);
    readOn(later);
    appendFileSync(file(), `${'b'.repeat(30)}\n`);
    assert.deepEqual(readOn(later), [['a', 0], ['b'.repeat(90), 2]]);
  });

  it('over the limit without an end stay pending', () => {
    writeFileSync(file(), 'x'.repeat(120));
    const { readOn, tail } = follow(() => true);
    assert.deepEqual(readOn(later), []);
    assert.equal(tail.pendingBytes, statSync(file()).size);
  });
});

describe('what is too large to be parsed', () => {
  const directory = temporaryDirectory();

  it('counts as left out where it is one of many documents, and the others are read', () => {
    const episode = (more: string): string => `{"task": {"question": "q"}, "is_correct": true, "trajectories": [${more}]}`;
    writeFileSync(path.join(directory.path(), 'episode_hash1.json'), episode(''));
    writeFileSync(path.join(directory.path(), 'episode_hash2.json'), episode(`${'[],'.repeat(1_000_000)}[]`));
    // Nothing but a length: it takes no room on the disk.
    writeFileSync(path.join(directory.path(), 'episode_hash3.json'), '');
    truncateSync(path.join(directory.path(), 'episode_hash3.json'), 200_000_000);
    const log = new LogFile(directory.path(), 1, rllmFormat, new PromptTable());
    while (log.poll(1 << 20, Date.now()).more);
    assert.deepEqual([log.table.length, log.health.badLines, log.health.longLines.map(({ length }) => length).sort((a, b) => a - b)], [1, 2, [3_000_069, 200_000_000]]);
  });
});

describe('a compressed log', () => {
  const directory = temporaryDirectory();

  it('has the rows of the plain one, read over many turns and beside another one', () => {
    const content = makeFile(new Random(8), verlShape, 3000);
    const files = ['1.jsonl', '1.jsonl.gz', '2.jsonl.gz'].map((name) => path.join(directory.path(), name));
    files.forEach((file, i) => writeFileSync(file, i === 0 ? content : gzipSync(content)));
    const logs = files.map((file) => new LogFile(file, 3, verlFormat, new PromptTable()));
    for (let more = true; more; ) more = logs.map((log) => log.poll(1 << 16, Number.MAX_SAFE_INTEGER).more).includes(true);
    const [plain, ...packed] = logs.map(({ table, health }) => [Array.from({ length: table.length }, (_, row) => [table.reward(row), table.lengthChars(row), table.offset(row), table.key(row)]), health]);
    for (const each of packed) assert.deepEqual(each, plain);
  });
});
