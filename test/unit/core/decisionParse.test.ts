import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDecisionLine, readDecision } from '../../../src/core/decisionParse';
import { anyDecisions, decision, idOf } from './decisionSamples';

function whyOf(fields: Record<string, unknown>): string {
  const reading = readDecision({ ...decision(1, { action: 'pin' }), ...fields });
  return reading.kind === 'decision' ? 'none' : `${reading.kind}: ${reading.why}`;
}

describe('reading a line of decisions.jsonl', () => {
  it('gives back every decision that was written', () => {
    fc.assert(
      fc.property(anyDecisions, (list) => {
        for (const one of list) assert.deepEqual(parseDecisionLine(JSON.stringify(one)), { kind: 'decision', decision: one });
      }),
    );
  });

  it('keeps a relabel to null apart from a relabel without a value', () => {
    const reading = readDecision({ ...decision(1, { action: 'relabel' }), groundTruth: null });
    assert.equal(reading.kind === 'decision' && reading.decision.groundTruth, null);
    assert.match(whyOf({ action: 'relabel' }), /damaged: .*without a groundTruth/);
  });

  it('ignores, and does not call damaged, what a newer version wrote', () => {
    assert.match(whyOf({ schema: 'cdas-decision/2' }), /^ignored: .*newer version/);
    assert.match(whyOf({ action: 'merge' }), /^ignored: .*unknown action "merge"/);
  });

  it('keeps the id of an ignored line, so that newer decisions get greater ones', () => {
    const reading = readDecision({ ...decision(7, { action: 'pin' }), schema: 'cdas-decision/2' });
    assert.equal(reading.kind === 'ignored' && reading.id, idOf(7));
  });

  for (const [what, fields, why] of [
    ['an id that is no ULID', { id: 'x' }, /no ULID/],
    ['an id in lower case', { id: idOf(1).toLowerCase() }, /no ULID/],
    ['no problem', { problem: '' }, /names no problem/],
    ['a problem that is a number', { problem: 17 }, /names no problem/],
    ['no date', { at: 'yesterday' }, /no date/],
    ['another schema', { schema: 'other/1' }, /no schema/],
    ['an expiry without a step or a date', { expires: {} }, /expires neither/],
    ['an expiry at a word', { expires: { step: 'soon' } }, /expires neither/],
    ['no action', { action: 5 }, /no action/],
    ['a revert without a ref', { action: 'revert' }, /without `ref`/],
  ] as const) {
    it(`calls a line with ${what} damaged`, () => {
      assert.match(whyOf(fields), why);
      assert.match(whyOf(fields), /^damaged/);
    });
  }

  it('refuses a ground truth nested so deeply that later work on it would overflow', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const line = JSON.stringify(decision(1, { action: 'relabel', groundTruth: 'X' })).replace('"X"', deep);
    const reading = parseDecisionLine(line);
    assert.match(reading.kind === 'damaged' ? reading.why : '', /too deeply/);
  });

  it('says what to do about a merge conflict marker', () => {
    const reading = parseDecisionLine('<<<<<<< HEAD');
    assert.match(reading.kind === 'damaged' ? reading.why : '', /keep the lines of both sides/);
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        assert.notEqual(parseDecisionLine(line).kind, 'decision');
      }),
    );
  });
});
