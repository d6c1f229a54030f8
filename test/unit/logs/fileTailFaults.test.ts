import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, readFileSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { FileTail } from '../../../src/logs/files/fileTail';
import { temporaryDirectory } from '../temporaryDirectory';

describe('following a file under faults', () => {
  const directory = temporaryDirectory();
  const file = (): string => path.join(directory.path(), 'log.jsonl');

  /** A reader that keeps the lines, as they were read last. */
  function follow(): { readonly tail: FileTail; readonly lines: () => string[]; readonly readOn: (now?: number) => string[] } {
    let lines: string[] = [];
    const tail = new FileTail(file(), {
      onLine: (line) => lines.push(line.toString()),
      onReset: () => (lines = []),
      isWholeRecord: (line) => line.toString().endsWith('}'),
    });
    const readOn = (now = Date.now()): string[] => {
      while (tail.poll(1 << 20, now).more);
      return lines;
    };
    return { tail, lines: () => lines, readOn };
  }

  it('sees a change of equal length however soon it comes, once the file’s times have moved on', () => {
    const { readOn } = follow();
    for (let round = 0; round < 300; round++) {
      const text = `{"round": ${1000 + round}}`;
      const fd = openSync(file(), round === 0 ? 'w' : 'r+');
      writeSync(fd, `${text}\n`, 0);
      closeSync(fd);
      readOn();
      assert.deepEqual(readOn(Date.now() + 3000), [text]);
    }
  });

  it('reads a file again that another program changed while it was read, however it went on', () => {
    writeFileSync(file(), 'a\nb\n');
    let lines: string[] = [];
    let meanwhile = (): void => writeFileSync(file(), 'A\nB\n');
    const tail = new FileTail(file(), {
      onLine: (line) => {
        lines.push(line.toString());
        // After the bytes were read and before they are hashed.
        meanwhile();
        meanwhile = () => undefined;
      },
      onReset: () => (lines = []),
      isWholeRecord: () => false,
    });
    tail.poll(1 << 20, Date.now());
    assert.deepEqual(lines, ['a', 'b']);
    appendFileSync(file(), 'c\n');
    tail.poll(1 << 20, Date.now());
    assert.deepEqual(lines, ['A', 'B', 'c']);
  });

  it('compares a file once that had just changed, and then rests', () => {
    writeFileSync(file(), 'a\n');
    const { readOn, tail } = follow();
    readOn();
    const later = Date.now() + 3000;
    readOn(later);
    assert.deepEqual(tail.poll(1 << 20, later), { changed: false, more: false });
    assert.deepEqual(readOn(later), ['a']);
  });

  it('reads all of a longer file that took the place of a large one, though it begins and goes on alike', () => {
    const line = (mark: string): string => `${mark}${'x'.repeat(1022)}\n`;
    const before = Array.from({ length: 6000 }, () => line('a'));
    writeFileSync(file(), before.join(''));
    const { readOn } = follow();
    readOn();
    writeFileSync(`${file()}.new`, [...before.slice(0, 3000), line('b'), ...before.slice(3001), line('c')].join(''));
    renameSync(`${file()}.new`, file());
    assert.equal(readOn().filter((each) => each.startsWith('b')).length, 1);
  });

  it('reads a file to its end that is removed meanwhile, and leaves nothing open', function () {
    if (process.platform !== 'linux') this.skip();
    writeFileSync(file(), `${'x'.repeat(99)}\n`.repeat(30_000));
    const { tail, lines } = follow();
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    assert.equal(tail.poll(1 << 20, Date.now()).more, true);
    unlinkSync(file());
    while (tail.poll(1 << 20, Date.now()).more);
    assert.deepEqual([lines().length, open()], [30_000, before]);
    assert.throws(() => tail.poll(1 << 20, Date.now()), /ENOENT/);
  });

  it('takes a last line without its end also where the clock was set back', () => {
    writeFileSync(file(), '{"whole": true}');
    const { readOn } = follow();
    const noon = Date.now() + 86_400_000;
    assert.deepEqual(readOn(noon - 86_399_000), []);
    readOn(noon - 90_000_000);
    assert.deepEqual(readOn(noon - 90_000_000 + 3000), ['{"whole": true}']);
  });

  it('goes on where it was when a file that could not be opened can be opened again', () => {
    writeFileSync(file(), 'a\nb\n');
    const { readOn, lines } = follow();
    readOn();
    const text = readFileSync(file());
    rmSync(file());
    assert.throws(() => readOn(), /ENOENT/);
    assert.deepEqual(lines(), ['a', 'b']);
    writeFileSync(file(), Buffer.concat([text, Buffer.from('c\n')]));
    assert.deepEqual(readOn(), ['a', 'b', 'c']);
  });
});
