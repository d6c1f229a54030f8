import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { normaliseText, textHash } from '../../../src/core/identity';
import { canonicalJson } from '../../../src/core/json';
import { DatasetColumns } from '../../../src/logs/datasets/datasetColumns';
import { parseDatasetLine } from '../../../src/logs/datasets/datasetFile';

/** What a dataset row is known by; null fields where the row has none. */
interface ExpectedRow {
  readonly textHash: string;
  readonly explicitId: string | null;
  readonly textId: string;
}

/** What the trainers' Python package makes of the same texts, values and dataset rows. */
interface IdentityVectors {
  readonly texts: readonly { readonly name: string; readonly text: string; readonly normalised: string; readonly textHash: string }[];
  /** Parts of a text with how often each comes. */
  readonly hugeTexts: readonly { readonly name: string; readonly parts: readonly (readonly [string, number])[]; readonly textHash: string }[];
  readonly canonicalJson: readonly { readonly value: string; readonly text: string }[];
  readonly datasets: readonly { readonly name: string; readonly lines: readonly string[]; readonly expected: readonly ExpectedRow[] }[];
}

// The file is a fixture of this repository; its shape is the interface above.
const vectors = JSON.parse(readFileSync(new URL('../../fixtures/identity/cdas-text-1.json', import.meta.url), 'utf8')) as IdentityVectors;

describe('problem identity, as the trainers compute it', () => {
  it('normalises and hashes every text to the same value', () => {
    assert.ok(vectors.texts.length >= 500);
    for (const { name, text, normalised, textHash: hash } of vectors.texts) {
      assert.equal(normaliseText(text), normalised, name);
      assert.equal(textHash(text), hash, name);
    }
  });

  for (const { name, parts, textHash: hash } of vectors.hugeTexts) {
    it(`hashes a huge text to the same value: ${name}`, () => {
      assert.equal(textHash(parts.map(([text, count]) => text.repeat(count)).join('')), hash);
    });
  }

  it('writes every ground truth as the same canonical JSON', () => {
    for (const { value, text } of vectors.canonicalJson) assert.equal(canonicalJson(JSON.parse(value)), text);
  });

  for (const { name, lines, expected } of vectors.datasets) {
    it(`gives the rows of a dataset the same ids: ${name}`, () => {
      const index = new DatasetColumns(() => null);
      for (const row of lines.map((line) => parseDatasetLine(line))) {
        assert.ok(row, 'every line is a row');
        index.add(row);
      }
      const found = lines.map((_, row) => ({ textHash: index.hashOf(row), explicitId: index.explicitIdOf(row), textId: index.problemId(row, false) }));
      assert.deepEqual(found, expected);
    });
  }
});
