import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { maskedCrc32c } from '../../../../src/logs/metrics/crc32c';
import { TensorboardMetrics } from '../../../../src/logs/metrics/tensorboardMetrics';
import { eventFile, record, type Scalar } from './eventFile';
import { temporaryDirectory } from '../../temporaryDirectory';

const written = fileURLToPath(new URL('../../../fixtures/metrics/events.out.tfevents.1.tensorboardx', import.meta.url));
const all = 1 << 30;
const scalars: readonly Scalar[] = Array.from({ length: 40 }, (_, i) => ({ step: i, tag: i % 2 ? 'loss' : 'entropy', value: i / 4 }));

function valuesOf(reader: TensorboardMetrics): Readonly<Record<string, readonly (number | null)[]>> {
  return Object.fromEntries(reader.table.names.map((name) => [name, reader.table.points(name)!.values]));
}

describe('tensorboard event files', () => {
  const directory = temporaryDirectory();
  let file: string;

  beforeEach(() => {
    file = path.join(directory.path(), 'events.out.tfevents.1.host');
  });

  function readWhole(bytes: Buffer): TensorboardMetrics {
    writeFileSync(file, bytes);
    const reader = new TensorboardMetrics(file);
    reader.poll(all);
    return reader;
  }

  it('have the checksum that CRC-32C gives for its check word, masked', () => {
    const crc = 0xe3069283n;
    const masked = (((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn;
    assert.equal(maskedCrc32c(Buffer.from('123456789')), Number(masked));
  });

  it('are read as tensorboardX writes them, scalars only', () => {
    const reader = readWhole(readFileSync(written));
    const close = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(6)));
    const found = Object.fromEntries(Object.entries(valuesOf(reader)).map(([name, values]) => [name, values.map(close)]));
    assert.deepEqual(found, { 'actor/entropy': [1, 0.5, 0.333333, 0.25, 0.2], 'actor/kl': [0.5, 1, null, 2, 2.5] });
    assert.deepEqual([reader.table.points('actor/kl')!.steps, reader.notes], [[1, 2, 3, 4, 5], []]);
  });

  it('give scalars that lie in tensors too', () => {
    const reader = readWhole(eventFile([{ step: 300, tag: 'kl', value: 0.25, boxed: true }]));
    assert.deepEqual(reader.table.points('kl'), { steps: [300], values: [0.25] });
  });

  it('are read on where they grow, cut anywhere', () => {
    const bytes = eventFile(scalars);
    const whole = valuesOf(readWhole(bytes));
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(bytes.length - 1), { maxLength: 6 }), (cuts) => {
        writeFileSync(file, '');
        const reader = new TensorboardMetrics(file);
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), bytes.length]) {
          appendFileSync(file, bytes.subarray(from, to));
          reader.poll(all);
          from = to;
        }
        assert.deepEqual([valuesOf(reader), reader.notes], [whole, []]);
      }),
      { numRuns: 40 },
    );
  });

  it('lose no more than the record that a damaged byte lies in', () => {
    const bytes = eventFile(scalars);
    const whole = valuesOf(readWhole(bytes));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const damaged = Buffer.from(bytes);
        damaged[place]! ^= change;
        const reader = readWhole(damaged);
        const found = valuesOf(reader);
        const missing = Object.entries(whole).flatMap(([name, values]) => values.filter((value) => !(found[name] ?? []).includes(value)));
        assert.ok(missing.length <= 1, `${missing.length} values lost`);
        assert.ok(Object.values(found).flat().every((value) => Object.values(whole).flat().includes(value)));
        assert.equal(reader.notes.length, 1);
      }),
      { numRuns: 150 },
    );
  });

  it('are read on after a hole of many bytes', () => {
    const bytes = Buffer.concat([eventFile(scalars.slice(0, 2)), Buffer.alloc(1 << 21, 7), eventFile(scalars.slice(2))]);
    const reader = readWhole(bytes);
    assert.deepEqual(valuesOf(reader), valuesOf(readWhole(eventFile(scalars))));
    assert.match(reader.notes.join(), /^Skipped 1 damaged place\.$/);
  });

  it('are passed over where a record is large, and read on behind it', () => {
    const bytes = Buffer.concat([record(Buffer.alloc(3 << 20)), eventFile([{ step: 1, tag: 'loss', value: 2 }])]);
    assert.deepEqual(valuesOf(readWhole(bytes)), { loss: [2] });
  });

  it('are left in turns of the budget', () => {
    writeFileSync(file, Buffer.concat([record(Buffer.alloc(1 << 20)), eventFile(scalars)]));
    const reader = new TensorboardMetrics(file);
    assert.equal(reader.poll(1).more, true);
    while (reader.poll(1).more);
    assert.equal(valuesOf(reader)['loss']!.length, 20);
  });

  it('are read anew when they are replaced by a shorter one', () => {
    const reader = readWhole(eventFile(scalars));
    writeFileSync(file, eventFile([{ step: 9, tag: 'new', value: 1 }]));
    reader.poll(all);
    assert.deepEqual(valuesOf(reader), { new: [1] });
  });

  it('survive records that are no events', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const reader = readWhole(Buffer.concat([record(Buffer.from(noise)), eventFile([{ step: 1, tag: 'a metric of its own', value: 1 }])]));
        assert.deepEqual(reader.table.points('a metric of its own'), { steps: [1], values: [1] });
      }),
      { numRuns: 100 },
    );
  });
});
