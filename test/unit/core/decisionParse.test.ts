import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDecisionLine, readDecision } from '../../../src/core/decisionParse';
import type { Decision } from '../../../src/core/decision';
import { foldDecisions } from '../../../src/core/decisionFold';
import { anyDecisions, decision, idOf, start } from './decisionSamples';

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
    ['an id that is no ULID', { id: 'x' }, /no valid id/],
    ['an id in lower case', { id: idOf(1).toLowerCase() }, /no valid id/],
    ['no problem', { problem: '' }, /names no problem/],
    ['a problem that is a number', { problem: 17 }, /names no problem/],
    ['no date', { at: 'yesterday' }, /no date/],
    ['another schema', { schema: 'other/1' }, /no schema/],
    ['an expiry without a step or a date', { expires: {} }, /has an `expires` that is neither/],
    ['an expiry at a word', { expires: { step: 'soon' } }, /has an `expires` that is neither/],
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

  it('takes a ground truth that nests 64 deep and none that nests deeper', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: [nested(depth - 2)] });
    assert.deepEqual([64, 66].map((depth) => whyOf({ action: 'relabel', groundTruth: nested(depth) })), ['none', 'damaged: has a ground truth that is nested too deeply']);
  });

  it('refuses a ground truth with a number beyond all doubles, and forgets one on screen: neither has canonical JSON', () => {
    const relabel = JSON.stringify(decision(1, { action: 'relabel', groundTruth: ['X'], was: 'Y', evidence: { run: 'r', step: 7 } }));
    for (const answer of ['"X"', '"Y"']) {
      const reading = parseDecisionLine(relabel.replace(answer, '1e400'));
      assert.match(reading.kind === 'damaged' ? reading.why : '', /too large for a double/);
    }
    const reading = parseDecisionLine(relabel.replace(':7', ':1e400'));
    assert.deepEqual(reading.kind === 'decision' && reading.decision.evidence, { run: 'r' });
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

  it('lets nothing through that cannot be folded, whatever the fields', () => {
    const fields = ['at', 'by', 'problem', 'groundTruth', 'was', 'reason', 'expires', 'evidence', 'ref', 'textHash', 'index'];
    const value = fc.oneof(fc.json(), fc.constantFrom('1e400', '[-1e400]', '{"step":1e400}', '{"at":"2026-01-01"}', '"2026-01-01"', '"p"'));
    const action = fc.constantFrom<Decision['action']>('pin', 'exclude', 'relabel', 'note', 'clear', 'revert');
    fc.assert(
      fc.property(action, fc.dictionary(fc.constantFrom(...fields), value), fc.dictionary(fc.constantFrom(...fields), value), (which, one, other) => {
        const lines = [one, other].map((changes) => {
          const kept = Object.entries(decision(1, { action: which, groundTruth: 1 })).filter(([name]) => changes[name] === undefined);
          return `{${[...kept.map(([name, is]) => [name, JSON.stringify(is)]), ...Object.entries(changes)].map(([name, text]) => `"${name}":${text}`).join(',')}}`;
        });
        const decisions = lines.map(parseDecisionLine).flatMap((reading) => (reading.kind === 'decision' ? [reading.decision] : []));
        assert.ok(foldDecisions(decisions, start).generation <= 1);
      }),
      { numRuns: 500 },
    );
  });
});
