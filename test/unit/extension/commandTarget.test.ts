import assert from 'node:assert/strict';
import { commandTarget, runTarget } from '../../../src/extension/commandTarget';

const group = (run: string, problem: string): unknown => ({ kind: 'group', id: 'x', run, group: { problem } });

describe('commandTarget', () => {
  it('reads a problem from a webview or a code action', () => {
    assert.deepEqual(commandTarget([{ run: 'r', problem: 'h:1' }]), { kind: 'problems', run: 'r', problems: ['h:1'] });
  });

  it('reads every selected group of the same run, the clicked one first', () => {
    const selected = [group('r', 'h:1'), group('r', 'h:2'), group('other', 'h:3'), { kind: 'step' }];
    assert.deepEqual(commandTarget([group('r', 'h:2'), selected]), { kind: 'problems', run: 'r', problems: ['h:2', 'h:1'] });
  });

  it('reads a line from a hover link', () => {
    assert.deepEqual(commandTarget([{ document: 2, line: 7 }]), { kind: 'line', document: 2, line: 7 });
  });

  it('points at nothing for anything else', () => {
    for (const args of [[], [null], ['h:1'], [{ problem: 7 }], [{ document: -1, line: 0.5 }], [{ fsPath: '/a' }]]) {
      assert.deepEqual(commandTarget(args), { kind: 'none' });
    }
  });
});

describe('runTarget', () => {
  it('reads the run of an item of the view and of a plain request', () => {
    assert.equal(runTarget([{ kind: 'run', run: { id: 'r' } }]), 'r');
    assert.equal(runTarget([{ run: 'r' }]), 'r');
    assert.equal(runTarget([]), null);
  });
});
