import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { AppendedFile } from '../../../src/curation/appendedFile';
import { temporaryDirectory } from '../temporaryDirectory';

describe('following a file that is appended to', () => {
  const directory = temporaryDirectory();
  const path = (): string => join(directory.path(), 'lines.jsonl');
  const texts = (file: AppendedFile): readonly (string | null)[] => file.refresh().lines.map(({ text }) => text);

  it('takes a missing file as empty, and its appearance and loss as changes', () => {
    const file = new AppendedFile(path());
    assert.equal(file.refresh().kind, 'same');
    writeFileSync(path(), 'a\n');
    assert.deepEqual(texts(file), ['a']);
    rmSync(path());
    assert.deepEqual(file.refresh(), { kind: 'replaced', lines: [], unfinished: null });
  });

  it('brings only what is new, with its line number', () => {
    const file = new AppendedFile(path());
    writeFileSync(path(), 'a\nb');
    assert.deepEqual(file.refresh(), { kind: 'replaced', lines: [{ number: 1, text: 'a' }], unfinished: { number: 2, text: 'b' } });
    assert.equal(file.refresh().kind, 'same');
    appendFileSync(path(), 'c\n\nd\n');
    const lines = [
      { number: 2, text: 'bc' },
      { number: 3, text: '' },
      { number: 4, text: 'd' },
    ];
    assert.deepEqual(file.refresh(), { kind: 'appended', lines, unfinished: null });
  });

  it('reads everything again after an edit in the middle, even one that keeps the length and appends', () => {
    const file = new AppendedFile(path());
    writeFileSync(path(), 'one\ntwo\n');
    file.refresh();
    writeFileSync(path(), 'one\nTWO\nthree\n');
    const change = file.refresh();
    assert.equal(change.kind, 'replaced');
    assert.deepEqual(change.lines.map(({ text }) => text), ['one', 'TWO', 'three']);
  });

  it('reads everything again when the file gets shorter or another one takes its place', () => {
    const file = new AppendedFile(path());
    writeFileSync(path(), 'one\ntwo\n');
    file.refresh();
    writeFileSync(path(), 'two\n');
    assert.deepEqual(texts(file), ['two']);
    writeFileSync(`${path()}.new`, 'six\n');
    renameSync(`${path()}.new`, path());
    assert.deepEqual(texts(file), ['six']);
  });

  it('strips a byte order mark and carriage returns', () => {
    writeFileSync(path(), '\ufeffa\r\nb\r\n');
    assert.deepEqual(texts(new AppendedFile(path())), ['a', 'b']);
  });

  it('says where the bytes are not UTF-8', () => {
    writeFileSync(path(), Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]));
    assert.deepEqual(texts(new AppendedFile(path())), ['a', null]);
  });

  it('gives the same lines however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(200)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line.replace(/[\n\r\ufeff]/g, '')}\n`).join(''));
        rmSync(path(), { force: true });
        const file = new AppendedFile(path());
        const seen: (string | null)[] = [];
        let from = 0;
        for (const to of [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]) {
          appendFileSync(path(), bytes.subarray(from, to));
          from = to;
          seen.push(...texts(file));
        }
        assert.deepEqual(seen, bytes.toString('utf8').split('\n').slice(0, -1));
      }),
      { numRuns: 50 },
    );
  });

  it('says what is wrong when a directory is in its place, or a file in the place of its directory', () => {
    assert.throws(() => new AppendedFile(directory.path()).refresh(), /Could not read .*a directory has that name/);
    writeFileSync(path(), '');
    assert.throws(() => new AppendedFile(join(path(), 'x.jsonl')).refresh(), /part of the path is a file/);
  });
});
