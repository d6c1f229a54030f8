import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readFlatRow } from '../../../../src/logs/metrics/flatMetrics';
import { JsonLinesMetrics } from '../../../../src/logs/metrics/jsonLinesMetrics';
import type { MetricReader } from '../../../../src/logs/metrics/metricReader';
import { readSwiftRow } from '../../../../src/logs/metrics/swiftLogging';
import { TrainerStateMetrics } from '../../../../src/logs/metrics/trainerState';
import { readVerlRow } from '../../../../src/logs/metrics/verlFileLogger';

interface ExpectedFile {
  readonly writtenBy: string;
  /** Steps and values by name. */
  readonly series: Readonly<Record<string, readonly [readonly number[], readonly (number | null)[]]>>;
}

const fixtures = path.join(import.meta.dirname, '../../../fixtures/metrics');
// The file is a fixture of this repository; test/support/fixtures/metricFiles.py makes it.
const expected = JSON.parse(readFileSync(path.join(fixtures, 'expected.json'), 'utf8')) as Readonly<Record<string, ExpectedFile>>;

const readers: Readonly<Record<string, (file: string) => MetricReader>> = {
  'verl.jsonl': (file) => new JsonLinesMetrics(file, readVerlRow),
  'tinker.jsonl': (file) => new JsonLinesMetrics(file, readFlatRow),
  'primeRl.jsonl': (file) => new JsonLinesMetrics(file, readFlatRow),
  'swift.jsonl': (file) => new JsonLinesMetrics(file, readSwiftRow),
  'trainer_state.json': (file) => new TrainerStateMetrics(file),
};

describe('the metrics', () => {
  it('have a reader for every fixture', () => assert.deepEqual(Object.keys(readers).sort(), Object.keys(expected).sort()));

  for (const [name, { writtenBy, series }] of Object.entries(expected)) {
    it(`in ${name} are those that ${writtenBy} was given`, () => {
      const reader = readers[name]!(path.join(fixtures, name));
      reader.poll(1 << 30, 0);
      const read = Object.fromEntries(reader.table.names.map((each) => [each, reader.table.points(each)]));
      assert.deepEqual(read, Object.fromEntries(Object.entries(series).map(([each, [steps, values]]) => [each, { steps, values }])));
    });
  }
});
