import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DocumentFolder } from '../../../src/logs/files/documentFolder';
import { temporaryDirectory } from '../temporaryDirectory';

describe('following a directory of very many documents', () => {
  const directory = temporaryDirectory();
  const at = (name: string): string => path.join(directory.path(), 'step', name);
  let read: string[];
  let folder: DocumentFolder;

  beforeEach(() => {
    mkdirSync(path.join(directory.path(), 'step'));
    read = [];
    folder = new DocumentFolder(path.join(directory.path(), 'step'), /^episode.*\.json$/, {
      onDocument: (content) => {
        const text = content.toString();
        if (text.endsWith('!')) read.push(text);
        return text.endsWith('!');
      },
      onReset: () => (read = []),
    });
  });

  function readAll(): number {
    for (let turns = 1; ; turns++) if (!folder.poll(1 << 22).more) return turns;
  }

  it('reads so few of them in one turn that others get theirs, however small they are', () => {
    for (let i = 0; i < 1000; i++) writeFileSync(at(`episode${i}.json`), `${i}!`);
    assert.equal(folder.poll(1 << 22).more, true);
    assert.ok(read.length > 0 && read.length <= 256, `${read.length} documents in a turn of 4 MiB`);
    assert.ok(folder.progress.read < folder.progress.size);
    assert.equal(readAll(), 3);
    assert.equal(new Set(read).size, 1000);
    assert.deepEqual([folder.progress.read, folder.poll(1 << 22)], [folder.progress.size, { changed: false, more: false }]);
  });

  it('reads one that comes without reading the others again', () => {
    for (let i = 0; i < 300; i++) writeFileSync(at(`episode${i}.json`), `${i}!`);
    readAll();
    writeFileSync(at('episode_new.json'), 'new!');
    readAll();
    assert.equal(read.length, 301);
    assert.equal(read.at(-1), 'new!');
  });

  it('reads them in the order of their names', () => {
    for (const name of ['c', 'a', 'b']) writeFileSync(at(`episode_${name}.json`), `${name}!`);
    readAll();
    assert.deepEqual(read, ['a!', 'b!', 'c!']);
  });

  it('reads all that are left when some are removed', () => {
    for (let i = 0; i < 10; i++) writeFileSync(at(`episode${i}.json`), `${i}!`);
    readAll();
    for (const i of [0, 3, 4]) unlinkSync(at(`episode${i}.json`));
    readAll();
    assert.deepEqual(read, ['1!', '2!', '5!', '6!', '7!', '8!', '9!']);
  });

  it('takes one that is half-written when it is whole, and forgets one that never was', () => {
    writeFileSync(at('episode1.json'), 'hal');
    writeFileSync(at('episode2.json'), 'tor');
    readAll();
    assert.deepEqual(read, []);
    writeFileSync(at('episode1.json'), 'half!');
    unlinkSync(at('episode2.json'));
    readAll();
    assert.deepEqual(read, ['half!']);
  });

  it('counts a document once while it is being compressed, and after', () => {
    writeFileSync(at('episode1.json'), '1!');
    writeFileSync(at('episode1.json.gz'), gzipSync('1!'));
    readAll();
    assert.deepEqual(read, ['1!']);
    unlinkSync(at('episode1.json'));
    readAll();
    assert.deepEqual(read, ['1!']);
  });

  it('finds a rewritten one of many in a few looks', () => {
    for (let i = 0; i < 100; i++) writeFileSync(at(`episode${i}.json`), `${i}!`);
    readAll();
    writeFileSync(at('episode50.json'), 'xx!');
    for (let turn = 0; turn < 5; turn++) readAll();
    assert.equal(read.length, 100);
    assert.ok(read.includes('xx!') && !read.includes('50!'));
  });

  it('keeps what it read when the directory goes, and begins anew when another has its name', () => {
    writeFileSync(at('episode1.json'), '1!');
    readAll();
    renameSync(path.join(directory.path(), 'step'), path.join(directory.path(), 'away'));
    assert.throws(() => readAll(), /ENOENT/);
    assert.deepEqual(read, ['1!']);
    mkdirSync(path.join(directory.path(), 'step'));
    writeFileSync(at('episode2.json'), '2!');
    readAll();
    assert.deepEqual(read, ['2!']);
    rmSync(at('episode2.json'));
    readAll();
    assert.deepEqual(read, []);
  });
});
