import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../../src/logs/files/crc32';
import { useLineLimits } from '../../../src/logs/files/lineLimits';
import { PackedLines } from '../../../src/logs/files/packedLines';
import { unpackedParts } from '../../../src/logs/files/unpackedParts';
import { Random } from '../../support/fuzz/random';
import { temporaryDirectory } from '../temporaryDirectory';

const wholeBytes = 1 << 19;

describe('the content of a compressed file, part by part', () => {
  const directory = temporaryDirectory();
  const file = (name = 'x.gz'): string => path.join(directory.path(), name);

  function unpack(name = 'x.gz'): Buffer {
    const fd = openSync(file(name), 'r');
    try {
      return Buffer.concat(Array.from(unpackedParts(name, () => fd, wholeBytes), ({ bytes }) => bytes.slice()));
    } finally {
      closeSync(fd);
    }
  }

  /** More than is unpacked at once, and some of it hard to compress. */
  function largeContent(): Buffer {
    const random = new Random(3);
    const noise = Buffer.from(Array.from({ length: 20_000 }, () => random.below(256)));
    return Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.concat([noise.subarray(i * 500), Buffer.from('the same words again '.repeat(2000))])));
  }

  it('is all of it, however much it is and of however many members', () => {
    const content = largeContent();
    assert.ok(content.length > 3 * wholeBytes);
    for (const packed of [gzipSync(content, { level: 1 }), Buffer.concat([gzipSync(content.subarray(0, 300_000), { level: 1 }), gzipSync(''), gzipSync(content.subarray(300_000), { level: 0 })]), gzipSync('small'), gzipSync('')]) {
      writeFileSync(file(), packed);
      const expected = packed.length < 100 ? undefined : content;
      const found = unpack();
      assert.ok(expected === undefined ? found.length < 6 : found.equals(expected));
    }
  });

  it('is refused where it is cut short or damaged, be it large or small', () => {
    for (const content of [Buffer.from('a text that is compressed'), largeContent()]) {
      const packed = gzipSync(content, { level: 1 });
      for (const length of [0, 5, packed.length >> 1, packed.length - 9, packed.length - 1]) {
        writeFileSync(file(), packed.subarray(0, length));
        assert.throws(() => unpack(), `cut at ${length}`);
      }
      packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
      writeFileSync(file(), packed);
      assert.throws(() => unpack());
    }
  });

  it('is that of zstd files too', () => {
    const fixture = path.join(import.meta.dirname, '../../fixtures/compressed/2.seekable.jsonl.zst');
    writeFileSync(file('x.zst'), readFileSync(fixture));
    assert.ok(unpack('x.zst').equals(readFileSync(path.join(import.meta.dirname, '../../fixtures/runs/verl_v07/rollouts/2.jsonl'))));
    writeFileSync(file('x.zst'), readFileSync(fixture).subarray(0, 300));
    assert.throws(() => unpack('x.zst'));
  });

  it('has the checksum that gzip writes', () => {
    const bytes = Buffer.from('123456789');
    assert.equal(crc32(bytes, 0), 0xcbf43926);
    assert.equal(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4), 0)), 0xcbf43926);
  });
});

describe('the lines of a content that comes in parts', () => {
  afterEach(() => useLineLimits(null));

  it('are its lines, however it is cut, but for those that are too long', () => {
    useLineLimits({ chunkBytes: 16, heldBytes: 32, maxBytes: 100, maxKeptBytes: 100 });
    const line = fc.oneof(fc.constantFrom('', 'a', 'é😀'), fc.integer({ min: 0, max: 120 }).map((length) => 'x'.repeat(length)));
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('', '\n'), fc.integer({ min: 1, max: 70 }), (lines, end, piece) => {
        const content = Buffer.from(lines.join('\n') + end);
        const [expected, found]: (readonly [string | number, number])[][] = [[], []];
        let offset = 0;
        for (const text of lines) {
          const length = Buffer.byteLength(text);
          if (length > 50) expected?.push([length, offset]);
          else if (length > 0) expected?.push([text, offset]);
          offset += length + 1;
        }
        const reader = new PackedLines({ onLine: (bytes, at) => found?.push([bytes.toString(), at]), onLongLine: (at, length) => found?.push([length, at]) });
        for (let at = 0; at < content.length; at += piece) reader.push(content.subarray(at, at + piece));
        reader.end();
        assert.deepEqual(found, expected);
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});
