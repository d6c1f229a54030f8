import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { trlFormat } from '../../../src/logs/formats/trl';
import { LogFile } from '../../../src/logs/logFile';
import { PromptTable } from '../../../src/logs/promptTable';

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
        const poll = log.poll(Number.MAX_SAFE_INTEGER, Date.now());
        assert.ok(poll.error === null || poll.error !== '');
      }),
      { numRuns: 400, seed: 11 },
    );
  });
});
