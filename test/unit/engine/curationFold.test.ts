import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Decision } from '../../../src/core/decision';
import { foldDecisions, type CurationMoment } from '../../../src/core/decisionFold';
import { decisionStandings } from '../../../src/core/decisionStatus';
import { CurationFold } from '../../../src/engine/decisions/curationFold';

const time = fc.integer({ min: 0, max: 20 }).map((minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString());
const step = fc.nat(20);
const moment: fc.Arbitrary<CurationMoment> = fc.record({ now: time, step: fc.option(step) });
const expires = fc.option(fc.oneof(fc.record({ at: time }), fc.record({ step }), fc.record({ at: time, step })), { nil: undefined });
const decisions = fc
  .array(fc.record({ action: fc.constantFrom<Decision['action']>('pin', 'exclude', 'clear'), problem: fc.constantFrom('p:a', 'p:b'), expires }), { maxLength: 5 })
  .map((drafts) =>
    drafts.map(({ action, problem, expires: end }, i): Decision => {
      const own = { schema: 'cdas-decision/1' as const, id: `0000000${i}`, at: '2026-01-01T00:00:00.000Z', by: 'a', action, problem };
      return end === undefined ? own : { ...own, expires: end };
    }),
  );

describe('what decisions come to at a moment', () => {
  it('still holds at another moment only where a fold of that moment is the same', () => {
    fc.assert(
      fc.property(decisions, moment, moment, (folded, at, other) => {
        const input = { decisions: folded, receipts: [], at };
        const fold = new CurationFold(input);
        if (!fold.holdsAt(other)) return;
        assert.deepEqual(fold.state, foldDecisions(folded, other));
        assert.deepEqual(fold.standings, decisionStandings({ ...input, at: other }));
      }),
    );
  });

  it('holds while nothing lapses and ends with the first lapse', () => {
    const lapsing: Decision = { schema: 'cdas-decision/1', id: '00000001', at: '2026-01-01T00:00:00.000Z', by: 'a', action: 'exclude', problem: 'p:a', expires: { step: 10, at: '2026-01-01T01:00:00.000Z' } };
    const fold = new CurationFold({ decisions: [lapsing], receipts: [], at: { step: 3, now: '2026-01-01T00:10:00.000Z' } });
    const holds = (at: number | null, now: string): boolean => fold.holdsAt({ step: at, now: `2026-01-01T${now}:00.000Z` });
    assert.deepEqual([holds(9, '00:59'), holds(10, '00:59'), holds(9, '01:00'), holds(2, '00:30'), holds(9, '00:05'), holds(null, '00:30')], [true, false, false, false, false, false]);
  });
});
