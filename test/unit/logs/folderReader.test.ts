import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { changedNames } from '../../../src/logs/files/changedNames';
import { FolderReader } from '../../../src/logs/files/folderReader';
import { filesLike, naturalOrder, takeOverFiles, type Folder, type LogFileName } from '../../../src/logs/logFormat';

/** More than are listed in one look. */
const many = 9000;

describe('a directory of very many files', () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-folder-'));
    mkdirSync(path.join(directory, 'inner'));
    for (let file = 0; file < many; file++) writeFileSync(path.join(directory, `${file}.jsonl`), '');
  });
  after(() => rmSync(directory, { recursive: true }));

  function listInTurns(reader: FolderReader): { readonly folder: Folder; readonly turns: number } {
    for (let turns = 1; ; turns++) {
      const folder = reader.look(directory);
      if (!reader.isUnfinished) return { folder, turns };
    }
  }

  it('is listed in several turns, and then holds what listing it at once gives', () => {
    const { folder, turns } = listInTurns(new FolderReader());
    assert.ok(turns > 1);
    const whole = new FolderReader().open(directory);
    assert.deepEqual([[...folder.files].sort(), folder.folders], [[...whole.files].sort(), ['inner']]);
  });

  it('keeps its list while nothing changes, and has what came and went after some turns more', () => {
    const reader = new FolderReader();
    const { files } = listInTurns(reader).folder;
    assert.equal(listInTurns(reader).folder.files, files);
    writeFileSync(path.join(directory, 'new.jsonl'), '');
    unlinkSync(path.join(directory, '5.jsonl'));
    utimesSync(directory, new Date(), new Date(Date.now() + 10_000));
    const now = new Set(listInTurns(reader).folder.files);
    assert.deepEqual([now.has('new.jsonl'), now.has('5.jsonl'), now.size], [true, false, many]);
  });
});

describe('the files of a folder whose names fit a pattern', () => {
  it('come in the natural order of their names', () => {
    const name = fc.tuple(fc.nat(3000), fc.constantFrom('', '0', '00'), fc.constantFrom('.jsonl', '.jsonl', '.jsonl', '.jsonl.gz')).map(([number, zeros, end]) => `${zeros}${number}${end}`);
    fc.assert(
      fc.property(fc.uniqueArray(name), (files) => {
        const listed = filesLike({ files, folders: [], open: () => null }, /^(\d+)\.jsonl$/);
        const plain = new Set(files);
        const expected = files.filter((file) => file.endsWith('l') || !plain.has(file.slice(0, -3))).sort(naturalOrder);
        assert.deepEqual(listed.map((file) => file.name), expected);
        assert.deepEqual(listed.map(({ step }) => step), expected.map((file) => Number.parseInt(file, 10)));
      }),
    );
  });

  it('are the same where they are taken over from a list that few names are different in', () => {
    const name = fc.tuple(fc.nat(60), fc.constantFrom('', '0'), fc.constantFrom('.jsonl', '.jsonl', '.jsonl', '.txt', '.jsonl.gz')).map(([number, zero, end]) => `${zero}${number}${end}`);
    const edits = fc.array(fc.tuple(fc.nat(), fc.option(name)), { maxLength: 6 });
    const pattern = /^(\d+)\.jsonl$/;
    const list = (files: readonly string[]): readonly LogFileName[] => filesLike({ files, folders: [], open: () => null }, pattern);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), edits, (before, changed) => {
        const after = [...before];
        for (const [place, added] of changed) {
          if (added === null) after.splice(place % (after.length + 1), 1);
          else if (!after.includes(added)) after.splice(place % (after.length + 1), 0, added);
        }
        list(before);
        const changes = changedNames(before, after)!;
        takeOverFiles(before, after, changes);
        assert.deepEqual(list(after), list([...after]));
        assert.deepEqual(new Set([...before.filter((each) => !changes.went.has(each)), ...changes.came]), new Set(after));
      }),
    );
  });

  it('are not taken over where very many came', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `${i}.jsonl`);
    assert.equal(changedNames([], names), null);
    assert.deepEqual(changedNames(names, names), { came: [], went: new Set() });
  });
});
