import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { ByteSlabs, type SlabOptions } from '../../../src/logs/files/byteSlabs';
import { SpillFile } from '../../../src/logs/files/spillFile';
import { temporaryDirectory } from '../temporaryDirectory';

const slab = 1 << 18;

/** Bytes of which no two stretches are alike. */
function bytesOf(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4)).map((_, i) => Math.imul(i + 1, 0x9e3779b1));
  return Buffer.from(words.buffer, 0, length);
}

function slabsOf(bytes: Buffer, options: SlabOptions): ByteSlabs {
  const slabs = new ByteSlabs(options);
  for (let at = 0; at < bytes.length; at += 100_003) assert.equal(slabs.append(bytes.subarray(at, at + 100_003)), at);
  return slabs;
}

function check(slabs: ByteSlabs, bytes: Buffer): void {
  const place = fc.nat({ max: bytes.length });
  assert.equal(slabs.length, bytes.length);
  fc.assert(fc.property(place, fc.oneof(fc.nat({ max: 400 }), place), (start, length) => {
    const end = Math.min(bytes.length, start + length);
    assert.ok(slabs.read(start, end).equals(bytes.subarray(start, end)));
  }));
}

describe('bytes in pieces', () => {
  const directory = temporaryDirectory();
  const bytes = bytesOf(6 * slab + 77);

  it('come back from the disk, of which nothing is left in the directory, as from memory', () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = directory.path();
    try {
      let files = 0;
      const makeFile = (): SpillFile | null => (files++, SpillFile.make());
      const slabs = slabsOf(bytes, { slabsInMemory: 2, makeFile });
      check(slabs, bytes);
      assert.equal(files, 1);
      assert.deepEqual(readdirSync(directory.path()), []);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  it('stay in memory where the disk takes none, or no more', () => {
    check(slabsOf(bytes, { slabsInMemory: 2, makeFile: () => null }), bytes);
    let left = 2;
    const makeFile = (): ReturnType<SlabOptions['makeFile']> => {
      const file = SpillFile.make();
      assert.ok(file !== null);
      return { read: (into, position) => file.read(into, position), write: (piece, position) => left-- > 0 && file.write(piece, position) };
    };
    check(slabsOf(bytes, { slabsInMemory: 1, makeFile }), bytes);
    assert.equal(left, -1);
  });

  it('are as they were for who asked before more came', () => {
    const slabs = slabsOf(bytes, { slabsInMemory: 2, makeFile: () => SpillFile.make() });
    const before = slabs.upToNow();
    const copy = ByteSlabs.of(before);
    slabs.append(bytes);
    copy.append(Buffer.from('other'));
    assert.equal(before.length, bytes.length);
    const copied = Buffer.alloc(bytes.length);
    before.copy(copied, 0);
    assert.ok(copied.equals(bytes));
    assert.equal(copy.read(bytes.length, copy.length).toString(), 'other');
    check(ByteSlabs.of(slabs), Buffer.concat([bytes, bytes]));
  });
});
