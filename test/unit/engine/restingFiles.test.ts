import assert from 'node:assert/strict';
import { appendFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { groupTexts } from '../../../src/engine/reading/rolloutTexts';
import { RunFiles } from '../../../src/engine/reading/runFiles';
import { RunCatalog } from '../../../src/engine/runCatalog';
import { CurationStore } from '../../../src/engine/decisions/curationStore';
import { KeptLog, line, settle } from './keptLog';

/** So much later every file has rested long enough. */
const later = (): number => Date.now() + 10_000;

describe('files that were read to their end', () => {
  let kept: KeptLog;

  beforeEach(() => {
    kept = new KeptLog();
  });
  afterEach(() => kept.remove());

  /** Reads a run and lets all of its files rest. */
  async function rested(): Promise<RunFiles> {
    const files = settle(await kept.open(null));
    assert.equal(files.index.resting.names.length, 0);
    return settle(files, later());
  }

  it('rest after a while, and say the same as before', async () => {
    const files = await rested();
    assert.deepEqual(files.index.resting.names, ['1.jsonl', '2.jsonl']);
    assert.deepEqual(files.all.map(({ bytesRead }) => bytesRead > 0), [true, true]);
    await kept.assertAsFresh(files);
  });

  it('do not rest while a last line waits for its end', async () => {
    appendFileSync(kept.file(2), '{"input": "unfinished');
    assert.deepEqual((await rested()).index.resting.names, ['1.jsonl']);
  });

  it('are read on where they grow, and anew where they are rewritten', async () => {
    const files = await rested();
    appendFileSync(kept.file(1), line(4, 1, { step: 1, acc: 1 }));
    writeFileSync(kept.file(2), line(9, 0, { step: 2, acc: 0 }).repeat(5));
    const { changedSteps } = files.poll(1 << 20, later());
    assert.deepEqual([...changedSteps].sort(), [1, 2]);
    await kept.assertAsFresh(files);
    await kept.assertAsFresh(settle(files, later() + 10_000));
  });

  it('are looked into once where another reader left them', async () => {
    const { index } = await rested();
    const text = line(1, 1, { step: 1, acc: 1 });
    writeFileSync(kept.file(1), text.repeat(3));
    // As if the clock of the disk had stood still: the stamp is that of the file as it is now.
    const now = (await rested()).index;
    index.resting.stamps.set(now.resting.stamps);
    const source = await kept.source();
    await kept.assertAsFresh(settle(new RunFiles(source, () => index)));
  });

  it('are followed anew where an index holds one that is gone', async () => {
    const { index } = await rested();
    unlinkSync(kept.file(1));
    writeFileSync(kept.file(3), line(3, 1, { step: 3 }));
    const source = await kept.source();
    const files = settle(new RunFiles(source, () => index));
    assert.ok(files.restored.bytes > 0);
    await kept.assertAsFresh(files);
  });

  it('give after any history of writing, resting, keeping and reopening what a fresh reading gives', async () => {
    const action = fc.record({
      step: fc.integer({ min: 2, max: 4 }),
      rows: fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, 0.5, 1)), { maxLength: 4 }),
      cut: fc.constantFrom(0, 0, 0, 25),
      how: fc.constantFrom('append', 'write', 'remove'),
      then: fc.constantFrom('rest', 'look', 'reopen', 'nothing'),
    });
    const source = await kept.source();
    let ahead = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 10 }), async (actions) => {
        let files = new RunFiles(source);
        for (const { step, rows, cut, how, then } of actions) {
          const text = rows.map(([problem, score]) => line(problem, score, { step })).join('').slice(0, -cut || undefined);
          if (how === 'append') appendFileSync(kept.file(step), text);
          else if (how === 'write') writeFileSync(kept.file(step), text);
          else rmSync(kept.file(step), { force: true });
          if (then === 'rest') settle(files, later() + (ahead += 10_000));
          if (then === 'look') settle(files);
          if (then !== 'reopen') continue;
          const { index } = settle(files, later() + (ahead += 10_000));
          files = new RunFiles(source, () => index);
        }
        await kept.assertAsFresh(settle(files));
      }),
      { numRuns: 80 },
    );
  });

  it('have their rollouts read again from where they lie', async () => {
    const settings = { curationDirectory: kept.directory, roots: [kept.log], mode: 'paper', correctThreshold: null, dataset: null, canWrite: false, author: 'me', pollMs: 1000 } as const;
    const catalog = new RunCatalog(settings, new CurationStore(kept.directory));
    await catalog.rescan();
    const [run] = catalog.all;
    assert.ok(run !== undefined);
    while (run.advance(1 << 20, later()).more);
    assert.equal(run.files.index.resting.names.length, 2);
    const context = catalog.context(run.source.id);
    for (const { id } of run.registry.problems) assert.deepEqual(groupTexts(context, id, 2).rollouts.length, 1);
  });
});
