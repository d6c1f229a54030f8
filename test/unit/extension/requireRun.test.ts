import assert from 'node:assert/strict';
import { RefusedError } from '../../../src/extension/refusedError';
import { requireRun } from '../../../src/extension/runs/requireRun';
import { ExpectedError } from '../../../src/protocol/channel';
import type { RunSummary } from '../../../src/protocol/run';
import { run } from './runs';

/** Runs of which those in `later` are known only after the roots have been searched. */
function store(known: readonly RunSummary[], later: readonly RunSummary[] = []) {
  let runs = known;
  return {
    get active() {
      return runs[0] ?? null;
    },
    find: (id: string) => runs.find((each) => each.id === id) ?? null,
    refresh: () => {
      runs = [...known, ...later];
      return Promise.resolve();
    },
  };
}

const active = run({ id: 'active' });
const other = run({ id: 'other' });

describe('the run of a command', () => {
  it('is the one that its arguments name, as an id or as an item of the runs view', async () => {
    assert.equal(await requireRun(store([active, other]), [{ run: 'other' }]), other);
    assert.equal(await requireRun(store([active, other]), [{ kind: 'run', run: other }]), other);
  });

  it('is the active one where they name none', async () => {
    assert.equal(await requireRun(store([active, other]), [{ run: null }]), active);
    assert.equal(await requireRun(store([active, other])), active);
  });

  it('is looked for where it is not known yet', async () => {
    assert.equal(await requireRun(store([], [active])), active);
    assert.equal(await requireRun(store([active], [other]), [{ run: 'other' }]), other);
  });

  it('is never another one in place of one that is gone', async () => {
    await assert.rejects(requireRun(store([active]), [{ run: 'gone' }]), (error) => error instanceof ExpectedError && error.message.includes('no longer exists'));
  });

  it('is asked for, with the ways to get one, where there is none', async () => {
    await assert.rejects(requireRun(store([])), (error) => error instanceof RefusedError && error.actions.length === 2);
  });
});
