import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { IndexCache } from '../../../src/engine/reading/indexCache';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { openRuns } from '../../../src/logs/discovery/discover';
import { fixtures } from './fixtureRuns';
import { afterRest, KeptLog, line, settle } from './keptLog';
import { readContents } from './readContents';

describe('the index cache', () => {
  let kept: KeptLog;

  beforeEach(() => {
    kept = new KeptLog();
  });
  afterEach(() => kept.remove());

  it('brings back what was read, without reading it again', async () => {
    await kept.keep();
    const files = await kept.reopen();
    assert.ok(files.restored.bytes > 0);
    assert.equal(files.restored.bytes, files.progress.read);
    await kept.assertAsFresh(files);
  });

  for (const name of readdirSync(path.join(fixtures, 'runs'))) {
    it(`brings back what was read of the fixture ${name}`, async () => {
      rmSync(kept.log, { recursive: true });
      cpSync(path.join(fixtures, 'runs', name), kept.log, { recursive: true });
      const cache = kept.openCache();
      for (const source of (await openRuns(kept.log)).runs) {
        const first = settle(new RunFiles(source, () => null));
        await cache.saveIfDue(first, Date.now());
        const again = settle(new RunFiles(source, () => cache.load(source)));
        assert.equal(again.restored.bytes, first.progress.read);
        assert.deepEqual(readContents(again), readContents(first));
      }
    });
  }

  it('keeps experiments that share a log directory apart', async () => {
    rmSync(kept.log, { recursive: true });
    cpSync(path.join(fixtures, 'runs/cdas_official'), kept.log, { recursive: true });
    const log = (await openRuns(kept.log)).runs[0]?.logPath ?? '';
    const own = readdirSync(log).find((name) => name.endsWith('_sampling.json')) ?? '';
    writeFileSync(path.join(log, 'other_sampling.json'), readFileSync(path.join(log, own)));
    const { runs } = await openRuns(kept.log);
    assert.equal(runs.length, 2);
    const cache = kept.openCache();
    for (const source of runs) await cache.saveIfDue(settle(new RunFiles(source)), Date.now());
    for (const source of runs) {
      const again = settle(new RunFiles(source, () => cache.load(source)));
      assert.ok(again.restored.bytes > 0, source.id);
      assert.deepEqual(readContents(again), readContents(settle(new RunFiles(source))));
    }
  });

  it('reads on where a file has grown', async () => {
    await kept.keep();
    appendFileSync(kept.file(2), line(4, 1, { step: 2 }) + line(1, 0, { step: 2 }));
    writeFileSync(kept.file(3), line(5, 1, { step: 3 }));
    const files = await kept.reopen();
    assert.ok(files.restored.bytes > 0);
    await kept.assertAsFresh(files);
  });

  it('reads a file anew that was rewritten in the same size, longer, shorter, or removed', async () => {
    const file = kept.file(2);
    for (const content of [line(7, 0).repeat(3), line(8, 1).repeat(4), line(9, 1)]) {
      await kept.keep();
      writeFileSync(file, content);
      await kept.assertAsFresh(await kept.reopen());
    }
    await kept.keep();
    unlinkSync(file);
    await kept.assertAsFresh(await kept.reopen());
  });

  it('looks into files whose times and size say that nothing changed', async () => {
    const file = kept.file(2);
    const old = settle(await kept.open(null)).index;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('Problem 1', 'Problem 8'));
    const now = settle(await kept.open(null)).index;
    // What was kept of the old file, had the clock of its disk stood still since.
    const files = old.files.map(({ name, step, state }, i) => {
      const source = now.files[i]?.state.source;
      assert.ok(source?.kind === 'tail' && state.source.kind === 'tail');
      return { name, step, state: { ...state, source: { ...source, at: { ...source.at, ends: state.source.at.ends } } } };
    });
    const source = await kept.source();
    await kept.assertAsFresh(settle(new RunFiles(source, () => ({ ...old, files }))));
  });

  it('keeps an unfinished last line that counts, and one that does not', async () => {
    const whole = line(6, 1, { step: 2 }).trimEnd();
    for (const [tail, after] of [[whole, '\n'], [whole, `\n${line(1, 1, { step: 2 })}`], [whole.slice(0, 20), `${whole.slice(20)}\n`], [whole, ` \n`]] as const) {
      const file = kept.file(2);
      writeFileSync(file, line(1, 1, { step: 2 }) + tail);
      utimesSync(file, new Date(1e12), new Date(1e12));
      await kept.keep();
      await kept.assertAsFresh(await kept.reopen());
      appendFileSync(file, after);
      await kept.assertAsFresh(await kept.reopen());
    }
  });

  it('gives after any history of writing, keeping and reopening what a fresh reading gives', async () => {
    const action = fc.record({
      step: fc.integer({ min: 2, max: 4 }),
      rows: fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, 0.5, 1)), { maxLength: 4 }),
      cut: fc.integer({ min: 0, max: 30 }),
      how: fc.constantFrom('append', 'write', 'remove'),
      then: fc.constantFrom('keep', 'reopen', 'nothing'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 8 }), async (actions) => {
        for (const { step, rows, cut, how, then } of actions) {
          const file = kept.file(step);
          const text = rows.map(([problem, score]) => line(problem, score, { step })).join('').slice(0, -cut || undefined);
          if (how === 'append') appendFileSync(file, text);
          else if (how === 'write') writeFileSync(file, text);
          else rmSync(file, { force: true });
          if (then === 'keep') await kept.keep();
          if (then === 'reopen') await kept.reopen();
        }
        await kept.assertAsFresh(await kept.reopen());
      }),
      { numRuns: 60 },
    );
  });

  it('is not kept again while nothing changed, and when the run has grown a little only after a rest', async () => {
    const cache = kept.openCache();
    const files = settle(await kept.open(cache));
    const now = Date.now();
    await cache.saveIfDue(files, now);
    const written = (): number => statSync(kept.indexFile).ino;
    const first = written();
    await cache.saveIfDue(files, now + afterRest);
    assert.equal(written(), first);
    appendFileSync(kept.file(2), '\n');
    settle(files);
    await cache.saveIfDue(files, now + afterRest);
    assert.equal(written(), first);
    await cache.saveIfDue(files, now + 2 * afterRest);
    assert.notEqual(written(), first);
  });

  it('does not keep what is read as fast anew', async () => {
    const cache = new IndexCache(kept.kept, { onTrouble: (message) => kept.troubles.push(message) });
    await cache.saveIfDue(settle(await kept.open(cache)), Date.now());
    assert.throws(() => readdirSync(kept.kept), { code: 'ENOENT' });
  });

  it('removes what a killed writer left behind, and what nobody used for long', async () => {
    await kept.keep();
    const old = new Date(Date.now() - 90 * 86_400_000);
    for (const name of ['a.index.123.tmp', 'b.index', 'unrelated']) {
      writeFileSync(path.join(kept.kept, name), 'x');
      utimesSync(path.join(kept.kept, name), old, old);
    }
    writeFileSync(path.join(kept.kept, 'c.index.456.tmp'), 'another program writes this');
    appendFileSync(kept.file(2), line(4, 1).repeat(20));
    await kept.keep();
    assert.deepEqual(readdirSync(kept.kept).filter((name) => /^(?:[abc]\.|unrelated)/.test(name)).sort(), ['c.index.456.tmp', 'unrelated']);
  });

  it('is not taken by a process that hashes in another way', async () => {
    await kept.keep();
    writeFileSync(path.join(kept.kept, 'seed'), Buffer.alloc(8, 1));
    const files = await kept.reopen();
    assert.equal(files.restored.bytes, 0);
    await kept.assertAsFresh(files);
    const before = readFileSync(kept.indexFile);
    appendFileSync(kept.file(2), line(4, 1).repeat(20));
    await kept.keep();
    assert.deepEqual(readFileSync(kept.indexFile), before);
  });

  it('holds for readers of the same format, variant and mapping only', async () => {
    await kept.keep();
    const source = await kept.source();
    const cache = kept.openCache();
    assert.notEqual(cache.load(source), null);
    assert.equal(cache.load({ ...source, variant: 'other' }), null);
    assert.equal(cache.load({ ...source, format: { ...source.format, framework: 'other' } }), null);
    assert.equal(cache.load({ ...source, format: { ...source.format, mapping: { glob: '*', fields: {} } } }), null);
  });

});
