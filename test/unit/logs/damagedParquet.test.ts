import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { trlFormat } from '../../../src/logs/formats/trl';
import { LogFile } from '../../../src/logs/logFile';
import { HeldBytes } from '../../../src/logs/parquet/byteSource';
import { ParquetTable } from '../../../src/logs/parquet/parquetTable';
import { PromptTable } from '../../../src/logs/columns/promptTable';
import { messageOf } from '../../../src/core/errors';
import { fixtures } from '../engine/fixtureRuns';

const fixture = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`../../fixtures/runs/${name}`, import.meta.url)));
const logs = [fixture('trl_messages/completions/completions_00004.parquet'), fixture('trl_repeats/completions/completions_00002.parquet')];
const damage = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.constantFrom(0, 1, 0x0f, 0x7f, 0x80, 0xff) }), { minLength: 1, maxLength: 6 });

describe('a damaged parquet log', () => {
  let directory: string;

  before(() => (directory = mkdtempSync(path.join(tmpdir(), 'cdas-damaged-'))));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('is read or refused, and never ends the reading', () => {
    let number = 0;
    fc.assert(
      fc.property(fc.constantFrom(...logs), damage, (whole, bytes) => {
        const file = path.join(directory, `completions_${++number}.parquet`);
        const damaged = Buffer.from(whole);
        for (const { at, byte } of bytes) damaged[Math.floor(at * damaged.length)] = byte;
        writeFileSync(file, damaged);
        const log = new LogFile(file, null, trlFormat, new PromptTable());
        let poll = log.poll(1 << 22, Date.now());
        while (poll.more) poll = log.poll(1 << 22, Date.now());
        assert.ok(poll.error === null || poll.error !== '');
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  for (const way of ['snappy', 'plain_groups', 'zstd_second', 'gzip', 'encodings']) {
    it(`has values or says what is wrong, in pages of every kind (${way})`, () => {
      const whole = readFileSync(path.join(fixtures, `parquet/${way}.parquet`));
      fc.assert(
        fc.property(damage, (bytes) => {
          const damaged = Buffer.from(whole);
          for (const { at, byte } of bytes) damaged[Math.floor(at * damaged.length)] = byte;
          assert.match(outcomeOf(damaged), /./);
        }),
        { numRuns: 150, seed: 3 },
      );
    });
  }
});

function outcomeOf(file: Buffer): string {
  try {
    const table = new ParquetTable(new HeldBytes(file));
    const batches = [...table.batches(new Map(table.columns.map((name) => [name, 'values'])))];
    return `${batches.reduce((rows, { length }) => rows + length, 0)} rows`;
  } catch (error) {
    return messageOf(error);
  }
}
