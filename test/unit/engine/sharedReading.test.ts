import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { SecondReader } from '../../../src/engine/reading/secondReader';
import { openRuns } from '../../../src/logs/discovery/discover';
import type { RunSource } from '../../../src/logs/runSource';
import { fixtures } from './fixtureRuns';
import { line } from './keptLog';
import { readContents } from './readContents';

/** Bundles the thread's script as the product's is. */
async function bundleReader(outfile: string): Promise<void> {
  const kernel = JSON.stringify((globalThis as { cdasScanKernel?: string }).cdasScanKernel);
  const entry = fileURLToPath(new URL('../../../src/engine/reading/readerThread.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', define: { 'globalThis.cdasScanKernel': kernel }, logLevel: 'error' });
}

/** Waits for what it asked for instead of withdrawing it, so that the other thread gets its turns in small logs too. */
class PatientReader extends SecondReader {
  taken = 0;

  override take(number: number): ReturnType<SecondReader['take']> {
    const [nothing, until] = [new Int32Array(new SharedArrayBuffer(4)), Date.now() + 10_000];
    while (!this.isDone(number) && Date.now() < until) Atomics.wait(nothing, 0, 0, 1);
    const parts = super.take(number);
    if (Array.isArray(parts)) this.taken++;
    return parts;
  }
}

describe('reading by two threads', () => {
  let scripts: string;
  let directory: string;
  let second: SecondReader;
  let troubles: string[];

  const file = (step: number): string => path.join(directory, `${step}.jsonl`);

  async function source(): Promise<RunSource> {
    const [found] = (await openRuns(directory)).runs;
    assert.ok(found !== undefined);
    return found;
  }

  function options(script: string): { readonly script: string; readonly onTrouble: (message: string) => void } {
    return { script: path.join(scripts, script), onTrouble: (message) => troubles.push(message) };
  }

  /** Two readers of the run: one with a second thread that gets every other part of `unitBytes`. */
  async function readers(unitBytes: number): Promise<readonly [shared: RunFiles, alone: RunFiles]> {
    const run = await source();
    return [new RunFiles(run, () => null, { second, unitBytes, worthBytes: 1 }), new RunFiles(run)];
  }

  async function settle(files: RunFiles, budget = 1 << 12, between: () => void = () => undefined): Promise<void> {
    while (files.poll(budget, Date.now()).more) {
      between();
      await nextTurn();
    }
  }

  /** All prompts in their order: the same numbers mean the same prompts. */
  function prompts(files: RunFiles): unknown {
    return Array.from({ length: files.prompts.length }, (_, index) => {
      const { explicitId, hashes, answer, preview, file: at, offset } = files.prompts.at(index)!;
      return [explicitId, hashes, answer, preview, at, offset];
    });
  }

  async function assertSame(unitBytes: number, budget?: number): Promise<void> {
    const [shared, alone] = await readers(unitBytes);
    await settle(shared, budget);
    await settle(alone, budget);
    assert.deepEqual(readContents(shared), readContents(alone));
    assert.deepEqual(prompts(shared), prompts(alone));
  }

  before(async () => {
    scripts = mkdtempSync(path.join(tmpdir(), 'cdas-reader-'));
    await bundleReader(path.join(scripts, 'readerThread.js'));
    writeFileSync(path.join(scripts, 'faulty.js'), `setTimeout(() => { throw new Error('no memory left'); }, 50);`);
  });
  after(() => rmSync(scripts, { recursive: true }));
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cdas-shared-'));
    troubles = [];
    second = new PatientReader(options('readerThread.js'));
  });
  afterEach(() => {
    second.end();
    rmSync(directory, { recursive: true });
  });

  function write(step: number, count: number): void {
    writeFileSync(file(step), Array.from({ length: count }, (_, i) => line((i * 7 + step) % 50, i % 2, { step, acc: i % 3 === 0 })).join(''));
  }

  it('gives the same rows, prompts and numbers as reading by one, in large files and in small ones', async () => {
    write(1, 3000);
    for (let step = 2; step < 30; step++) write(step, 1 + ((step * 13) % 90));
    write(30, 2000);
    for (const unitBytes of [1 << 10, 1 << 14, 1 << 17]) await assertSame(unitBytes);
    second.end();
    second = new SecondReader(options('readerThread.js'));
    for (const unitBytes of [1 << 10, 1 << 14, 1 << 17]) await assertSame(unitBytes);
    await assertSame(1 << 12, 1 << 20);
    assert.deepEqual(troubles, []);
  });

  it('really takes over what the other thread read', async () => {
    // The other thread gets a third of the units at least, however often this one has to wait for it.
    write(1, 6000);
    const patient = new PatientReader(options('readerThread.js'));
    const shared = new RunFiles(await source(), () => null, { second: patient, unitBytes: 1 << 14, worthBytes: 1 });
    await settle(shared);
    assert.ok(patient.taken >= 10, `${patient.taken} taken`);
    patient.end();
  });

  it('gives the same whatever the lines are and wherever they are cut', async () => {
    const text = fc.oneof(
      fc.tuple(fc.nat({ max: 20 }), fc.constantFrom(0, 0.5, 1)).map(([problem, score]) => line(problem, score)),
      fc.constantFrom('\n', '{"torn', 'null\n', '\r\n', '\u2028\n', '{"input": "a", "output": "b", "score": NaN}\r\n', '\ufeff', line(3, 1).replace('Problem', 'Pro\\u0062lem')),
      fc.nat({ max: 3000 }).map((length) => line(1, 1, { more: 'x'.repeat(length) })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(text, { maxLength: 60 }), { minLength: 1, maxLength: 4 }), fc.integer({ min: 16, max: 4000 }), async (files, unitBytes) => {
        for (const name of readdirSync(directory)) unlinkSync(path.join(directory, name));
        files.forEach((lines, i) => writeFileSync(file(i + 1), line(1, 1, { step: i + 1 }) + lines.join('')));
        await assertSame(unitBytes, 512);
      }),
      { numRuns: 60 },
    );
  });

  for (const name of readdirSync(path.join(fixtures, 'runs'))) {
    it(`gives the same for the fixture ${name}`, async () => {
      cpSync(path.join(fixtures, 'runs', name), directory, { recursive: true });
      for (const run of (await openRuns(directory)).runs) {
        const [shared, alone] = [new RunFiles(run, () => null, { second, unitBytes: 4096, worthBytes: 1 }), new RunFiles(run)];
        await settle(shared);
        await settle(alone);
        assert.deepEqual(readContents(shared), readContents(alone));
        assert.deepEqual(prompts(shared), prompts(alone));
      }
    });
  }

  it('gives what is there in the end when files change in the middle of reading', async function () {
    this.timeout(60_000);
    const changes: readonly (() => void)[] = [
      () => write(1, 3100),
      () => write(1, 700),
      () => appendFileSync(file(1), line(60, 1).repeat(300)),
      () => writeFileSync(file(1), line(61, 1).repeat(3000)),
      () => {
        writeFileSync(path.join(directory, 'new'), line(62, 0).repeat(2500));
        renameSync(path.join(directory, 'new'), file(1));
      },
      () => unlinkSync(file(1)),
      () => unlinkSync(file(2)),
    ];
    for (const change of changes) {
      for (const turns of [1, 4, 20]) {
        write(1, 3000);
        write(2, 3000);
        const [shared] = await readers(1 << 14);
        let turn = 0;
        await settle(shared, 1 << 12, () => {
          if (++turn === turns) change();
        });
        await settle(shared);
        await settle(shared);
        const fresh = new RunFiles(await source());
        await settle(fresh);
        assert.deepEqual(readContents(shared), readContents(fresh), `${changes.indexOf(change)} after ${turns}`);
      }
    }
  });

  it('goes on with one thread after a fault in the other, and says so once', async () => {
    write(1, 3000);
    second = new SecondReader(options('faulty.js'));
    await assertSame(1 << 12);
    while (troubles.length === 0) await nextTurn();
    assert.deepEqual(troubles, ['The second reader thread failed (no memory left); logs are now read by one thread.']);
    await assertSame(1 << 12);
    assert.equal(troubles.length, 1);
  });

  it('goes on with one thread where the other cannot be started', async () => {
    write(1, 3000);
    second = new SecondReader(options('missing.js'));
    await assertSame(1 << 12);
    while (troubles.length === 0) await nextTurn();
    assert.match(troubles.join(' '), /^The second reader thread failed/);
  });

  it('comes again after it has ended', async () => {
    write(1, 2000);
    const [shared, alone] = await readers(1 << 13);
    let turn = 0;
    await settle(shared, 1 << 12, () => {
      if (++turn % 10 === 0) second.end();
    });
    await settle(alone);
    assert.deepEqual(readContents(shared), readContents(alone));
  });
});
