import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { verlFormat } from '../../../src/logs/formats/verl';
import { ByteScanner } from '../../../src/logs/scan/byteScanner';
import { numberFields } from '../../../src/logs/scan/fastFields';
import { fieldKind, type LineScanner, type Wanted, type WantedField } from '../../../src/logs/scan/lineScanner';
import { measuredLength, measuredText } from '../../../src/logs/scan/measuredText';
import { ScannedLine } from '../../../src/logs/scan/scannedLine';
import { compareScans, newKernel, scanAll } from '../../support/fuzz/differences';
import { makeFile, verlShape } from '../../support/fuzz/jsonLines';
import { Random } from '../../support/fuzz/random';

const fixtures = path.join(import.meta.dirname, '../../fixtures/scan');
const scanners = { kernel: newKernel(), bytes: new ByteScanner() };

function wanted(...keys: readonly string[]): readonly WantedField[] {
  return keys.map((key) => ({ path: key.split('.'), hashed: true }));
}

/** The value of `a` in a line as a scanner gives it; null where the scanner does not prove the line. */
function valueOfA(scanner: LineScanner, line: string | Buffer): { readonly value: unknown } | null {
  const [scanned] = scanAll(scanner, Buffer.concat([Buffer.from(line), Buffer.from('\n')]), wanted('a'));
  if (scanned === undefined || scanned.values === null) return null;
  const found = scanned.values[0] as unknown[] | undefined;
  return { value: found?.at(-1) };
}

for (const [name, scanner] of Object.entries(scanners)) {
  describe(`the ${name} scanner`, () => {
    const proves = (line: string | Buffer, value: unknown): void => assert.deepEqual(valueOfA(scanner, line), { value });
    const leaves = (line: string | Buffer): void => assert.equal(valueOfA(scanner, line), null);

    it('finds a key wherever it stands, and not one of the same name inside a value or a string', () => {
      proves('{"b": {"a": 1}, "c": [{"a": 2}], "d": "\\"a\\": 3", "a": 4}', 4);
      proves('{"b": {"a": 1}}', undefined);
    });

    it('takes the last of duplicate keys', () => proves('{"a": 1, "a": "x", "b": 0, "a": false}', false));

    it('reads numbers to the last bit', () => {
      for (const text of ['0', '-0', '0.1', '1e22', '1e23', '123456789.123456789', '9007199254740993', '5e-324', '1.7976931348623157e308', '0.30000000000000004', '-0.0', '-1.5', '0.000001', '12345.678901234', '999999999999999', '-99999999999999.9', '0.00000000000007']) proves(`{"a": ${text}}`, Number(text));
    });

    it('reads a number beyond all doubles as JSON.parse does', () => proves('{"a": -1e400}', -Infinity));

    it('leaves numbers alone that JSON does not know', () => {
      for (const text of ['01', '1.', '.5', '+1', '-', '1e', '0x1', 'NaN', '-Infinity', '1.2.3']) leaves(`{"a": ${text}}`);
    });

    it('leaves a line alone in which a key is escaped', () => leaves('{"\\u0061": 1}'));

    it('leaves strings alone that JSON does not allow', () => {
      for (const text of ['\\x', '\\u12', '\\u12g4', 'a\tb', 'a\u0000b', '\\']) leaves(`{"a": "${text}"}`);
    });

    it('finds what JSON does not allow wherever it stands in a long string', () => {
      for (let before = 0; before < 40; before++) {
        for (const text of ['\\x', '\\u12g4', '\u0000', '\u001f', '\t', '"', '\\ud83d']) leaves(`{"a": "${'x'.repeat(before)}${text}${'y'.repeat(40)}"}`);
      }
    });

    it('counts the code points of a long string whatever stands wherever in it', () => {
      for (let before = 0; before < 40; before++) {
        for (const text of ['\\n', '\\\\', '\\"', '\\/', 'é', '的', '😀', '\\u00e9', '\\ud83d\\ude00']) {
          for (const repeated of [1, 2, 20]) assert.equal(codePoints(scanner, `{"a": "${'x'.repeat(before)}${text.repeat(repeated)}${'y'.repeat(40)}"}`), before + repeated + 40);
        }
      }
    });

    it('reads a string of many kilobytes as it reads a short one', () => {
      for (const before of [4000, 4031, 4032, 4033, 4095, 4096, 8063, 8064, 12_100]) {
        const [start, end] = [`{"a": "${'é'.repeat(before / 4)}${'x'.repeat(before)}`, `${'😀'.repeat(2000)}"}`];
        for (const text of ['\\n', '\\\\', '\\u00e9', '的']) assert.equal(codePoints(scanner, `${start}${text}${end}`), Math.floor(before / 4) + before + 1 + 2000);
        for (const text of ['\\x', '\u0000', '"', '\\ud83d']) leaves(`${start}${text}${end}`);
        for (const byte of [0x80, 0xc3, 0xff]) leaves(Buffer.concat([Buffer.from(start), Buffer.from([byte]), Buffer.from(end)]));
      }
    });

    it('finds the lines after one that was torn in the middle of a string', () => {
      const lines = `${`{"a": "torn\n{"a": "${'x'.repeat(5000)}\n{"a": 1}\n`.repeat(3)}{"a": "é`;
      assert.deepEqual(scanAll(scanner, Buffer.from(`${lines}\n`), wanted('a')).map(({ values }) => values !== null), [false, false, true, false, false, true, false, false, true, false]);
      assert.equal(scanAll(scanner, Buffer.from(lines), wanted('a')).length, 9);
    });

    it('leaves halves of surrogate pairs alone, and counts whole pairs once', () => {
      for (const text of ['\\ud83d', '\\ude00', '\\ude00\\ud83d', '\\ud83d\\u0041']) leaves(`{"a": "${text}"}`);
      assert.equal(codePoints(scanner, '{"a": "x\\ud83d\\ude00\\n😀é"}'), 5);
    });

    it('leaves strings alone that are no UTF-8', () => {
      for (const bytes of [[0x80], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x80, 0x80], [0xff]]) {
        for (const before of [0, 15, 16, 61, 62, 63, 64]) leaves(Buffer.concat([Buffer.from(`{"a": "${'x'.repeat(before)}`), Buffer.from(bytes), Buffer.from('"}')]));
      }
    });

    it('leaves the one line alone that is no UTF-8, and none of those around it', () => {
      const lines = ['{"a": "é and more than a few bytes"}\n', '{"a": "é\u0000, much more than a few bytes"}\n', '{"a": "😀"}\n'].map((line) => Buffer.from(line));
      const wrong = lines[1];
      wrong?.fill(0xff, wrong.indexOf(0), wrong.indexOf(0) + 1);
      assert.deepEqual(scanAll(scanner, Buffer.concat(lines), wanted('a')).map(({ values }) => values !== null), [true, false, true]);
    });

    it('makes no character of two halves that stand apart', () => {
      for (const apart of [64, 128, 4000, 5000]) {
        for (let before = 0; before < 64; before++) {
          const line = Buffer.from(`{"a": "${'x'.repeat(before)}\u0001${'y'.repeat(apart)}\u0002${'z'.repeat(70)}"}`);
          line[line.indexOf(1)] = 0xc3;
          line[line.indexOf(2)] = 0xa9;
          leaves(line);
        }
      }
    });

    it('finds the one line that is no UTF-8 among very much other text than ASCII', () => {
      const lines = Array.from({ length: 40 }, (_, i) => Buffer.from(`{"a": "${'的'.repeat(3000)}", "b": ${i}}\n`));
      lines[33]?.fill(0xff, 5000, 5001);
      lines[35]?.fill(0xff, 5001, 5002);
      assert.deepEqual(scanAll(scanner, Buffer.concat(lines), wanted('a')).flatMap(({ values }, i) => (values === null ? [i] : [])), [33, 35]);
    });

    it('takes an escaped key for no other one, however long it is, and a key with other than ASCII for what it is', () => {
      leaves(`{"${'é'.repeat(20)}\\n": 1, "a": 2}`);
      proves(`{"${'é'.repeat(20)}": 1, "é": 1, "a": 2}`, 2);
    });

    it('ends a string at the right quote after any run of backslashes at any place', () => {
      for (let before = 0; before < 70; before++) {
        for (let run = 0; run < 9; run++) {
          const text = `${'x'.repeat(before)}${'\\'.repeat(run)}`;
          const line = `{"a": ${JSON.stringify(text)}, "b": "c"}`;
          proves(line, text);
          leaves(`{"a": "${'x'.repeat(before)}${'\\'.repeat(2 * run + 1)}"}`);
        }
      }
    });

    it('checks the grammar of what it passes over', () => {
      proves('{"b": [1, {"c": [true, null, -1.5e3, "\\n"]}, []], "a": 1}', 1);
      for (const nested of ['[1,,2]', '[1 2]', '[1,]', '{"c" 1}', '{"c": }', '{,}', '[}', '{]', '[01]', '["\\x"]', '[tru]', '{1: 2}']) leaves(`{"b": ${nested}, "a": 1}`);
    });

    it('leaves lines alone that are not exactly one object', () => {
      for (const line of ['', '[]', '{} {}', '{},', '{"a": 1', '{"a" 1}', '{"a": 1,}', '1', '\ufeff{"a": 1}', '{"a": 1}x']) leaves(line);
      proves(' \t{"a": 1}\r', 1);
    });

    it('leaves values alone that are nested deeper than it counts', () => {
      proves(`{"b": ${'['.repeat(64)}${']'.repeat(64)}, "a": 1}`, 1);
      leaves(`{"b": ${'['.repeat(65)}${']'.repeat(65)}, "a": 1}`);
    });

    it('finds values inside objects, and leaves a line alone in which such an object comes twice', () => {
      const fields = wanted('task.data.idx', 'task.key', 'task');
      const scan = (line: string): unknown => scanAll(scanner, Buffer.from(`${line}\n`), fields)[0]?.values?.map((found) => (found as unknown[] | undefined)?.at(-1));
      assert.deepEqual(scan('{"task": {"data": {"x": {"idx": 1}, "idx": 7}, "key": "k"}, "data": {"idx": 2}}'), [7, 'k', { data: { x: { idx: 1 }, idx: 7 }, key: 'k' }]);
      assert.deepEqual(scan('{"task": "none"}'), [undefined, undefined, 'none']);
      assert.equal(scan('{"task": {"key": "k"}, "task": {}}'), undefined);
    });

    it('leaves out lists and objects on a path through lists, and nothing else of that name', () => {
      const line = '{"a": [{"ids": [1, 2.5e3, -0.1], "b": "x", "n": [{"ids": {"k": 1}}]}, 7, {"ids": [true,true,true,true,false], "ids": "text"}], "ids": [3]}';
      scanAllOf(scanner, `${line}\n`, { fields: [], leftOut: [['a', '[]', 'ids']], measured: [] });
      const found = new ScannedLine(scanner);
      found.moveTo(0);
      assert.equal(found.slim().toString(), '{"a": [{"ids": 0, "b": "x", "n": [{"ids": {"k": 1}}]}, 7, {"ids": 0, "ids": "text"}], "ids": [3]}');
    });

    it('puts the length in the place of a long text on a path, and leaves alone the first of a list where that is not meant', () => {
      const [long, short] = ['"\\n' + '😀'.repeat(64) + '"', '"' + 'x'.repeat(255) + '"'];
      const slimmed = (line: string): string => {
        scanAllOf(scanner, `${line}\n`, { fields: [], leftOut: [], measured: [['a'], ['b', '[]', '[1+]'], ['b', '[]', '[1+]', 'c']] });
        const found = new ScannedLine(scanner);
        found.moveTo(0);
        return found.slim().toString();
      };
      const put = `"${measuredText(65)}"`;
      assert.equal(slimmed(`{"a": ${long}, "c": ${long}, "b": [[${long}, ${long}, {"c": ${long}}, ${short}], ${long}]}`), `{"a": ${put}, "c": ${long}, "b": [[${long}, ${put}, {"c": ${put}}, ${short}], ${long}]}`);
      assert.equal(slimmed(`{"a": [${long}], "b": {"c": ${long}}}`), `{"a": [${long}], "b": {"c": ${long}}}`);
      assert.deepEqual([measuredLength(measuredText(65)), measuredLength('65')], [65, null]);
    });

    it('checks the numbers of a list wherever its blocks of 64 bytes are cut', () => {
      const good = ['0', '-0', '10', '0.5', '-12.25', '1e5', '1.5E-07', '2e+10', '123456789012345678901234567890'];
      const wrong = ['01', '-', '-01', '1.', '.5', '1.2.3', '1e5.5', '1e5e5', '1e', '1e+', '1-2', '+1', '1 2', '', '--1', '1.e5', 'e5', '00', '1.5.', '0x1', 'NaN', '1e-5-5', '1,,2'];
      for (let before = 0; before < 70; before++) {
        const list = (text: string): string => `{"b": [${'1'.repeat(before)}2,${text}, 7], "a": 1}`;
        for (const text of good) proves(list(text), 1);
        for (const text of wrong) leaves(list(text));
        for (const text of wrong) leaves(`{"b": [${'1'.repeat(before)}2, ${text}], "a": 1}`);
      }
    });

    it('checks the words of a list wherever they stand', () => {
      for (const word of ['true', 'false', 'null']) {
        for (let count = 1; count < 40; count++) {
          for (const separator of [',', ', ']) {
            const list = Array<string>(count).fill(word);
            proves(`{"b": [${list.join(separator)}], "a": 1}`, 1);
            leaves(`{"b": [${[...list, 'tru'].join(separator)}], "a": 1}`);
            leaves(`{"b": [${list.join(separator)}${separator}], "a": 1}`);
          }
        }
      }
    });

    it('takes only complete lines, as many as it has room for, and says where it stopped', () => {
      const line = '{"a": 1}\n';
      const text = Buffer.from(line.repeat(20_000) + line.slice(0, -1));
      assert.equal(scanAll(scanner, text, wanted('a')).length, 20_000);
      assert.equal(scanner.scanned, scanner.dataStart + line.length * 20_000);
    });

    it('keeps the bytes in its buffer when it makes room for more', () => {
      const start = scanner.buffer.write('{"a": 7}\n', scanner.dataStart, 'latin1');
      scanner.reserve(scanner.buffer.length * 2);
      scanner.want({ fields: wanted('a'), leftOut: [], measured: [] });
      assert.equal(scanner.scan(scanner.dataStart, scanner.dataStart + start), 1);
      const found = new ScannedLine(scanner);
      found.moveTo(0);
      assert.equal(found.value(0), 7);
    });

    it('gives a field the hash that its bytes have by themselves', () => {
      const text = 'long enough '.repeat(20_000);
      const line = Buffer.from(`${JSON.stringify({ a: text })}\n`);
      scanAll(scanner, line, wanted('a'));
      const found = new ScannedLine(scanner);
      found.moveTo(0);
      assert.deepEqual([found.hashLow(0), found.hashHigh(0)], scanner.hash(Buffer.from(text)));
    });

    it('tells a hashed value from that of the line before by its last byte, wherever that lies', () => {
      const values = (length: number): readonly string[] => ['"%"', '["%"]', '[{"role": "user", "content": "%"}]'].map((text) => text.replace('%', 'é\\n'.repeat(length)));
      for (let length = 0; length < 40; length++) {
        for (const [same, other] of values(length).map((text, i) => [text, values(length + 1)[i] ?? ''] as const)) {
          const lines = [same, same, other, other, same, `${same.slice(0, -1)} ${same.slice(-1)}`].map((text) => `{"b": 1, "a": ${text}}\n`);
          const found = scanAll(scanner, Buffer.from(lines.join('')), wanted('a'));
          assert.deepEqual(found.map(({ values: all }) => (all?.[0] as unknown[]).at(-1)), lines.map((line) => (JSON.parse(line) as { a: unknown }).a));
          assert.equal(new Set(found.map(({ hashes }) => hashes[0]?.[0])).size, 3);
        }
      }
    });

    it('takes nothing over from a line that has no such value, nor from a word or a number that begins alike', () => {
      const scan = (...lines: readonly string[]): unknown => scanAll(scanner, Buffer.from(lines.map((line) => `${line}\n`).join('')), wanted('a')).map(({ values: all }) => all?.map((found) => (found as unknown[] | undefined)?.at(-1)));
      assert.deepEqual(scan('{"a": "x"}', '{"b": "x"}', '{"a": "x"}', '{"a": 1}', '{"a": 12}', '{"a": 1}', '{"a": "x", "a": "x"}', '{"a": "x", '), [['x'], [undefined], ['x'], [1], [12], [1], ['x'], undefined]);
    });

    it('refuses keys that it could not compare', () => {
      const want = (...fields: readonly WantedField[]): void => scanner.want({ fields, leftOut: [], measured: [] });
      assert.throws(() => want(...wanted('schlüssel')), /cannot look for the key/);
      assert.throws(() => want(...wanted('a.[].b')), /no values out of lists/);
      assert.throws(() => scanner.want({ fields: [], leftOut: [['a', '[]']], measured: [['a', '[1+]']] }), /all values of a list and for all but the first/);
      assert.throws(() => want(...Array.from({ length: 31 }, (_, i) => ({ path: [`k${i}`], hashed: false }))), /at most 30 fields/);
    });
  });
}

function scanAllOf(scanner: LineScanner, text: string, wantedOf: Wanted): void {
  scanner.want(wantedOf);
  const end = scanner.dataStart + scanner.buffer.write(text, scanner.dataStart);
  assert.equal(scanner.scan(scanner.dataStart, end), 1);
}

function codePoints(scanner: LineScanner, line: string): number {
  scanAll(scanner, Buffer.from(`${line}\n`), wanted('a'));
  const found = new ScannedLine(scanner);
  found.moveTo(0);
  assert.equal(found.kind(0), fieldKind.string);
  return found.codePoints(0);
}

describe('the two scanners', () => {
  const { fields } = numberFields(verlFormat.fastFields!).wanted;

  it('say the same of lines made at random, and what JSON.parse says', () => {
    let proven = 0;
    for (let seed = 1; seed <= 8; seed++) proven += compareScans(makeFile(new Random(seed), verlShape, 100), fields, scanners);
    assert.ok(proven > 300, `only ${proven} of 800 lines were proven`);
  });

  for (const name of readdirSync(fixtures)) {
    it(`say the same of the lines in ${name}`, () => {
      assert.ok(compareScans(readFileSync(path.join(fixtures, name)), fields, scanners) > 0);
    });
  }
});
