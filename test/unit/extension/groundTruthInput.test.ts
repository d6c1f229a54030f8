import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/core/json';
import { groundTruthText, parseGroundTruth } from '../../../src/extension/decisions/groundTruthInput';

describe('parseGroundTruth', () => {
  it('keeps a number as text where the present answer is text', () => {
    assert.equal(parseGroundTruth('14', '12'), '14');
  });

  it('reads a number as a number where the present answer is one', () => {
    assert.equal(parseGroundTruth('14', 12), 14);
  });

  it('reads a list as JSON where the present answer is a list', () => {
    assert.deepEqual(parseGroundTruth('["7", "seven"]', ['6']), ['7', 'seven']);
  });

  it('keeps what looks like a list as text where the present answer is text', () => {
    assert.equal(parseGroundTruth('[0, 1)', '(0, 1]'), '[0, 1)');
    assert.equal(parseGroundTruth('[0, 1]', '(0, 1]'), '[0, 1]');
  });

  it('takes what is no JSON as text, whatever the present answer is', () => {
    assert.equal(parseGroundTruth('x = 3', 12), 'x = 3');
  });

  it('reads an object as JSON where no answer is known', () => {
    assert.deepEqual(parseGroundTruth('{"value": 3}', null), { value: 3 });
    assert.equal(parseGroundTruth('3', null), '3');
  });

  it('gives null when nothing was typed', () => {
    assert.equal(parseGroundTruth('  ', '12'), null);
  });

  it('gives back every value that the input box was filled with', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // fast-check's JSON values are the same set as ours; -0 is 0 in JSON.
        const present = JSON.parse(JSON.stringify(value)) as JsonValue;
        assert.deepEqual(parseGroundTruth(groundTruthText(present), present), present);
      }),
    );
  });
});
