import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeavyJsonError, isWholeRecord, parseBytes, parseRecord, parseTolerant } from '../../../src/logs/files/tolerantJson';

/** JSON with the words that Python writes, and the value that it stands for. */
const written = fc.letrec<{ value: readonly [string, unknown] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<readonly [string, unknown]>(['NaN', null], ['Infinity', null], ['-Infinity', null], ['-1.5e3', -1500], ['true', true]),
    fc.constantFrom('NaN', 'a "quoted" Infinity', '\\', '\\" NaN', 'x\\\\', '-Infinity,').map((text) => [JSON.stringify(text), text] as const),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => [`[${items.map(([text]) => text).join(', ')}]`, items.map(([, value]) => value)] as const),
    fc.array(fc.tuple(fc.constantFrom('NaN', 'a', 'b\\'), tie('value')), { maxLength: 3 }).map((entries) => [`{${entries.map(([key, [text]]) => `${JSON.stringify(key)}: ${text}`).join(',')}}`, Object.fromEntries(entries.map(([key, [, value]]) => [key, value]))] as const),
  ),
})).value;

describe('JSON as Python writes it', () => {
  it('has null where Python wrote a number that JSON has no text for, and texts as they were written', () => {
    fc.assert(fc.property(written, ([text, value]) => assert.deepEqual(parseTolerant(text), value)), { numRuns: 500, seed: 3 });
  });

  it('is refused where it is cut off or glued together', () => {
    for (const text of ['{"a": NaN', '[NaN', '["NaN]', '[1NaN]', '[NaN NaN]', '{"a": "NaN}']) assert.throws(() => parseTolerant(text), SyntaxError);
  });

  it('is an object or none', () => {
    assert.deepEqual(parseRecord(Buffer.from(' \t{"a": NaN}')), { a: null });
    for (const text of ['', '  ', '[{}]', 'null', '{', '{"a": 1} {']) assert.equal(parseRecord(Buffer.from(text)), null);
  });

  const heavy = (open: string): Buffer => Buffer.from(`{"a": ${open.repeat(1_400_000)}`);

  it('of more values than memory may be taken for is refused before it is parsed', () => {
    assert.throws(() => parseBytes(heavy('[')), HeavyJsonError);
    assert.throws(() => parseRecord(heavy('{"b":')), HeavyJsonError);
    assert.equal(isWholeRecord(heavy('[')), false);
  });

  it('is not refused for what stands in its texts', () => {
    const text = '[{,\\"'.repeat(1_000_000);
    assert.deepEqual(parseRecord(Buffer.from(`{"a": "${text}", "b": "\\\\"}`)), { a: '[{,"'.repeat(1_000_000), b: '\\' });
  });
});
