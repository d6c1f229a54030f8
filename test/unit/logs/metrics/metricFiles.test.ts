import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFlatRow } from '../../../../src/logs/metrics/flatMetrics';
import { JsonLinesMetrics, type ReadMetricRow } from '../../../../src/logs/metrics/jsonLinesMetrics';
import type { MetricReader } from '../../../../src/logs/metrics/metricReader';
import { maxPoints, maxSeries, MetricTable } from '../../../../src/logs/metrics/metricTable';
import { readSwiftRow } from '../../../../src/logs/metrics/swiftLogging';
import { TrainerStateMetrics } from '../../../../src/logs/metrics/trainerState';
import { readVerlRow } from '../../../../src/logs/metrics/verlFileLogger';
import { temporaryDirectory } from '../../temporaryDirectory';

const all = 1 << 30;

function tableOf({ table }: MetricReader): Readonly<Record<string, unknown>> {
  return Object.fromEntries(table.names.map((name) => [name, table.points(name)]));
}

describe('metrics files', () => {
  const directory = temporaryDirectory();
  let file: string;

  beforeEach(() => {
    file = path.join(directory.path(), 'metrics.jsonl');
  });

  function readLines(lines: readonly string[], readRow: ReadMetricRow): JsonLinesMetrics {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    const reader = new JsonLinesMetrics(file, readRow);
    reader.poll(all, 0);
    return reader;
  }

  it('of verl’s file logger give the numbers under “data”, and a hole where one was not finite', () => {
    const reader = readLines(
      ['{"step":1,"data":{"training/global_step":1,"actor/entropy":0.5,"text":"x"}}', '{"step":2,"data":{"actor/entropy":null}}', '{"step":3,"data":{"actor/entropy":0.25}}'],
      readVerlRow,
    );
    assert.deepEqual(tableOf(reader), { 'actor/entropy': { steps: [1, 2, 3], values: [0.5, null, 0.25] } });
  });

  it('of prime-rl merge what two writers say about a step', () => {
    const reader = readLines(['{"step":1,"time":5,"reward/all/mean":0.5}', '{"step":1,"time":6,"loss/mean":0.1}', '{"step":2,"time":7,"loss/mean":0.2}', '{"step":2,"reward/all/mean":0.6}'], readFlatRow);
    assert.deepEqual(tableOf(reader), { 'reward/all/mean': { steps: [1, 2], values: [0.5, 0.6] }, 'loss/mean': { steps: [1, 2], values: [0.1, 0.2] } });
  });

  it('of ms-swift take the step from “global_step/max_steps”, and bare NaN for a hole', () => {
    const reader = readLines(['{"loss": 0.5, "global_step/max_steps": "1/400", "percentage": "0%"}', '{"loss": NaN, "global_step/max_steps": "2/400"}', '{"train_runtime": 12.5}'], readSwiftRow);
    assert.deepEqual(tableOf(reader), { loss: { steps: [1, 2], values: [0.5, null] } });
  });

  it('leave a half-written line for later, and count lines that are no objects', () => {
    const reader = readLines(['{"step":1,"loss":1}', 'torn{"step":2', '[1]'], readFlatRow);
    appendFileSync(file, '{"step":2,"lo');
    reader.poll(all, 0);
    assert.deepEqual(tableOf(reader), { loss: { steps: [1], values: [1] } });
    appendFileSync(file, 'ss":2}\n');
    reader.poll(all, 0);
    assert.deepEqual(tableOf(reader), { loss: { steps: [1, 2], values: [1, 2] } });
    assert.deepEqual(reader.notes, ['Skipped 2 lines that are not JSON objects.']);
  });

  it('are read anew when a launch truncates them', () => {
    const reader = readLines(['{"step":1,"data":{"a":1}}', '{"step":2,"data":{"a":2}}'], readVerlRow);
    writeFileSync(file, '{"step":1,"data":{"b":7}}\n');
    reader.poll(all, 0);
    assert.deepEqual(tableOf(reader), { b: { steps: [1], values: [7] } });
  });

  it('of a resumed run keep the later value of a step', () => {
    const reader = readLines(['{"step":1,"a":1}', '{"step":2,"a":2}', '{"step":3,"a":3}', '{"step":2,"a":20}', '{"step":0,"a":0}'], readFlatRow);
    assert.deepEqual(tableOf(reader), { a: { steps: [0, 1, 2, 3], values: [0, 1, 20, 3] } });
  });

  it('take names of object members as plain names', () => {
    const reader = readLines(['{"step":1,"__proto__":1,"constructor":2}'], readFlatRow);
    assert.deepEqual(reader.table.names, ['__proto__', 'constructor']);
    assert.deepEqual(reader.table.points('constructor'), { steps: [1], values: [2] });
  });

  it('ignore rows whose step is none', () => {
    const reader = readLines(['{"step":-1,"a":1}', '{"step":1.5,"a":1}', '{"step":"1","a":1}', '{"a":1}'], readFlatRow);
    assert.deepEqual(tableOf(reader), {});
  });

  it('of the Hugging Face trainer give its log history, and keep it while the file is half written', () => {
    mkdirSync(path.join(directory.path(), 'checkpoint-10'));
    const state = path.join(directory.path(), 'checkpoint-10', 'trainer_state.json');
    const text = '{"log_history": [{"step": 10, "loss": 0.5, "epoch": 1.0}, {"step": 20, "loss": NaN, "epoch": 2.0}, {"no": 1}], "global_step": 20}';
    writeFileSync(state, text);
    const reader = new TrainerStateMetrics(state);
    reader.poll();
    const expected = { loss: { steps: [10, 20], values: [0.5, null] }, epoch: { steps: [10, 20], values: [1, 2] } };
    assert.deepEqual(tableOf(reader), expected);
    writeFileSync(state, text.slice(0, 50));
    assert.deepEqual([reader.poll().changed, tableOf(reader)], [false, expected]);
    writeFileSync(state, '{"log_history": []}');
    assert.deepEqual([reader.poll().changed, tableOf(reader)], [true, {}]);
  });
});

describe('the table of metrics', () => {
  it('thins a long series without losing its peak or its end', () => {
    const table = new MetricTable();
    for (let step = 0; step < 50_000; step++) table.add({ step, values: [['a', step === 20_000 ? 1000 : step % 7]] });
    const { steps, values } = table.points('a')!;
    assert.ok(steps.length <= maxPoints && steps.length > maxPoints / 4, `${steps.length} points`);
    assert.equal(steps[values.indexOf(1000)], 20_000);
    assert.deepEqual([steps[0], steps.at(-1)], [0, 49_999]);
    assert.ok(steps.every((step, place) => place === 0 || step > steps[place - 1]!));
  });

  it('stays small when steps come backwards', () => {
    const table = new MetricTable();
    for (let step = 20_000; step > 0; step--) table.add({ step, values: [['a', step]] });
    const { steps, values } = table.points('a')!;
    assert.ok(steps.length <= maxPoints);
    assert.deepEqual(values, steps);
  });

  it('leaves out series beyond its limit and says how many', () => {
    const table = new MetricTable();
    table.add({ step: 1, values: Array.from({ length: maxSeries + 10 }, (_, i) => [`m${i}`, i] as const) });
    assert.deepEqual([table.names.length, table.leftOut], [maxSeries, 10]);
  });

  it('lists no series that never held a number', () => {
    const table = new MetricTable();
    table.add({ step: 1, values: [['nothing', null], ['something', 1]] });
    assert.deepEqual(table.names, ['something']);
  });
});
