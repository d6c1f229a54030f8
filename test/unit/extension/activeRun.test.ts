import assert from 'node:assert/strict';
import { activeRun, type RunChoice } from '../../../src/extension/runs/activeRun';
import type { RunSummary } from '../../../src/protocol/run';
import { run } from './runs';

const fresh = run({ id: 'new', status: 'live', dataset: '/data/b.jsonl' });
const older = run({ id: 'old', status: 'idle', dataset: '/data/a.jsonl' });
const twin = run({ id: 'twin', status: 'live', dataset: '/data/a.jsonl' });

function active(runs: readonly RunSummary[], choice: Partial<RunChoice> = {}): string | undefined {
  return activeRun(runs, { selected: undefined, current: null, visible: new Set(), ...choice })?.id;
}

describe('the active run', () => {
  const visible = new Set(['/data/a.jsonl']);

  it('is the selected one, whatever is on screen', () => {
    assert.equal(active([fresh, older], { selected: 'new', current: 'old', visible }), 'new');
  });

  it('is the newest live one where none was selected, else the newest', () => {
    assert.equal(active([older, fresh]), 'new');
    assert.equal(active([older, run({ id: 'other', status: 'finished' })]), 'old');
    assert.equal(active([]), undefined);
  });

  it('stays the one whose dataset is on screen when a new live one appears, on the same dataset or another', () => {
    assert.equal(active([fresh, older], { current: 'old', visible }), 'old');
    assert.equal(active([twin, older], { current: 'old', visible }), 'old');
    assert.equal(active([fresh, older], { current: 'old' }), 'new');
  });

  it('becomes one that trains on the dataset on screen', () => {
    assert.equal(active([fresh, older], { current: 'new', visible }), 'old');
    assert.equal(active([older, twin], { current: 'new', visible }), 'twin');
  });

  it('does not change because another run was read sooner', () => {
    const unread = { ...twin, dataset: null, loaded: false };
    assert.equal(active([unread, older], { current: 'twin', visible }), 'twin');
  });
});
