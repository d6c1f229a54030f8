import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { applyFault, faultKinds, type Fault } from '../../support/faultyWriter';
import { temporaryDirectory } from '../temporaryDirectory';
import { engineOn, figures, freshFigures, look, settle } from './observedTree';

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom(...faultKinds),
  run: fc.nat({ max: 3 }),
  step: fc.nat({ max: 4 }),
  salt: fc.nat({ max: 63 }),
});

describe('an engine beside a writer that does everything a writer can do', () => {
  const directory = temporaryDirectory();

  it('shows after any history of changes and looks what an engine shows that has just begun', async function () {
    this.timeout(120_000);
    const root = path.join(directory.path(), 'runs');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ fault, looks: fc.boolean() }), { minLength: 1, maxLength: 30 }), async (history) => {
        rmSync(root, { recursive: true, force: true });
        mkdirSync(root);
        const engine = engineOn(root);
        for (const { fault: change, looks } of history) {
          applyFault(root, change);
          if (looks) await look(engine);
        }
        await settle(engine);
        assert.deepEqual(figures(engine), await freshFigures(root));
      }),
      { numRuns: 60 },
    );
  });
});
