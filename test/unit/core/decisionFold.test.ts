import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldDecisions, type CurationState } from '../../../src/core/decisionFold';
import type { Decision } from '../../../src/core/decision';
import { anyDecisions, decision, idOf, start, timeOf } from './decisionSamples';

function fold(decisions: readonly Decision[], step: number | null = 0): CurationState {
  return foldDecisions(decisions, { ...start, step });
}

function membershipOf(decisions: readonly Decision[], step: number | null = 0): string | undefined {
  return fold(decisions, step).problems.get('p')?.membership;
}

describe('folding decisions', () => {
  it('lets the latest of pin, exclude and clear set the membership', () => {
    const pin = decision(1, { action: 'pin' });
    const exclude = decision(2, { action: 'exclude' });
    assert.equal(membershipOf([pin, exclude]), 'exclude');
    assert.equal(membershipOf([pin, exclude, decision(3, { action: 'clear' })]), 'normal');
  });

  it('keeps membership and ground truth apart', () => {
    const state = fold([
      decision(1, { action: 'relabel', groundTruth: 14 }),
      decision(2, { action: 'pin' }),
      decision(3, { action: 'clear' }),
    ]);
    assert.deepEqual(state.problems.get('p')?.relabel, { groundTruth: 14, decision: idOf(1) });
    assert.equal(state.problems.get('p')?.membershipDecision, idOf(3));
  });

  it('orders by id, not by place', () => {
    assert.equal(membershipOf([decision(2, { action: 'exclude' }), decision(1, { action: 'pin' })]), 'exclude');
  });

  it('restores what a reverted decision had replaced', () => {
    const two = [decision(1, { action: 'pin' }), decision(2, { action: 'exclude' })];
    assert.equal(membershipOf([...two, decision(3, { action: 'revert', ref: idOf(2) })]), 'pin');
  });

  it('redoes with the revert of a revert, and undoes again with the revert of that', () => {
    const list = [
      decision(1, { action: 'exclude' }),
      decision(2, { action: 'revert', ref: idOf(1) }),
      decision(3, { action: 'revert', ref: idOf(2) }),
    ];
    assert.equal(membershipOf(list), 'exclude');
    assert.equal(membershipOf([...list, decision(4, { action: 'revert', ref: idOf(3) })]), 'normal');
  });

  it('says after a revert what it would say without the decision, and after the revert of that what it said before', () => {
    const saidOf = (list: readonly Decision[], problem: string): unknown => {
      const { membership, relabel, conflicts } = fold(list, 30).problems.get(problem) ?? { membership: 'normal', relabel: null, conflicts: [] };
      return { membership, relabel, conflicts };
    };
    fc.assert(
      fc.property(anyDecisions, fc.nat(19), (all, which) => {
        const list = all.filter(({ action }) => action !== 'revert');
        const undone = list[which % Math.max(1, list.length)];
        fc.pre(undone !== undefined);
        const reverted = [...list, decision(40, { action: 'revert', ref: undone.id })];
        const redone = [...reverted, decision(41, { action: 'revert', ref: idOf(40) })];
        for (const problem of ['p', 'q', '__proto__']) {
          assert.deepEqual(saidOf(reverted, problem), saidOf(list.filter((each) => each !== undone), problem));
          assert.deepEqual(saidOf(redone, problem), saidOf(list, problem));
        }
      }),
    );
  });

  it('warns of a revert that has nothing to undo', () => {
    const state = fold([decision(1, { action: 'exclude' }), decision(2, { action: 'revert', ref: idOf(9) })]);
    assert.equal(state.problems.get('p')?.membership, 'exclude');
    assert.match(state.warnings.join(), /not in the file/);
  });

  it('ignores a revert that claims to undo something newer than itself', () => {
    const state = fold([decision(1, { action: 'revert', ref: idOf(2) }), decision(2, { action: 'exclude' })]);
    assert.equal(state.problems.get('p')?.membership, 'exclude');
    assert.match(state.warnings.join(), /not an older decision/);
  });

  it('lets an exclusion lapse once the run has reached its step, without bringing back what it replaced', () => {
    const list = [decision(1, { action: 'pin' }), decision(2, { action: 'exclude', expires: { step: 100 } })];
    assert.equal(membershipOf(list, 99), 'exclude');
    assert.equal(membershipOf(list, 100), 'normal');
    assert.equal(membershipOf(list, null), 'exclude');
  });

  it('lets a relabel lapse at its moment', () => {
    const list = [decision(1, { action: 'relabel', groundTruth: '2', expires: { at: timeOf(50) } })];
    const at = (n: number): unknown => foldDecisions(list, { step: 3, now: timeOf(n) }).problems.get('p')?.relabel;
    assert.deepEqual(at(49), { groundTruth: '2', decision: idOf(1) });
    assert.equal(at(50), null);
  });

  it('lets no revert or clear lapse, and says that its expiry has no effect', () => {
    const expires = { step: 2 };
    const list = [decision(1, { action: 'exclude' }), decision(2, { action: 'revert', ref: idOf(1), expires }), decision(3, { action: 'clear', problem: 'q', expires })];
    const { expired, undone, warnings } = foldDecisions(list, { step: 3, now: timeOf(50) });
    assert.deepEqual([[...expired], [...undone]], [[], [idOf(1)]]);
    assert.deepEqual(warnings, [2, 3].map((n) => `The \`expires\` of decision ${idOf(n)} has no effect: a ${n === 2 ? 'revert' : 'clear'} stands until it is undone.`));
  });

  it('treats a problem named __proto__ like any other', () => {
    const state = fold([decision(1, { action: 'exclude', problem: '__proto__' })]);
    assert.equal(state.problems.get('__proto__')?.membership, 'exclude');
    assert.equal(state.problems.size, 1);
  });

  it('warns when one id carries two decisions, and picks the same one in any order', () => {
    const [a, b] = [decision(1, { action: 'pin' }), decision(1, { action: 'exclude' })];
    assert.match(fold([a, b]).warnings.join(), /have the same id/);
    assert.equal(membershipOf([a, b]), membershipOf([b, a]));
  });

  it('gives the same state for any order and repetition of the lines', () => {
    fc.assert(
      fc.property(
        anyDecisions.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray([...list], { minLength: list.length }),
            fc.subarray([...list]),
          ),
        ),
        ([list, shuffled, repeated]) => {
          assert.deepEqual(fold([...shuffled, ...repeated.map((line) => ({ ...line }))], 30), fold(list, 30));
        },
      ),
    );
  });

  it('comes to the same state on both sides of a union merge', () => {
    fc.assert(
      fc.property(anyDecisions, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), fc.nat(20), (list, side, common) => {
        const base = list.slice(0, common);
        const ours = list.filter((_, n) => n >= common && side[n]);
        const theirs = list.filter((_, n) => n >= common && !side[n]);
        assert.deepEqual(fold([...base, ...ours, ...theirs]), fold([...base, ...theirs, ...ours]));
      }),
    );
  });
});

describe('relabel conflicts', () => {
  const relabel = (n: number, was: string, groundTruth: string): Decision => decision(n, { action: 'relabel', was, groundTruth });
  const conflictsOf = (list: readonly Decision[]): unknown =>
    fold(list).problems.get('p')?.conflicts.map(({ groundTruth }) => groundTruth);

  it('are two values of which the later author did not know the earlier', () => {
    const state = fold([relabel(1, 'A', 'B'), relabel(2, 'A', 'C')]);
    assert.deepEqual(state.problems.get('p')?.conflicts, [{ groundTruth: 'B', decision: idOf(1) }]);
    assert.equal(state.problems.get('p')?.relabel?.groundTruth, 'C');
    assert.match(state.warnings.join(), /"C".*"B"/);
  });

  it('do not arise when each author knew the one before', () => {
    assert.deepEqual(conflictsOf([relabel(1, 'A', 'B'), relabel(2, 'B', 'C'), relabel(3, 'C', 'D')]), []);
  });

  it('do not arise when both say the same', () => {
    assert.deepEqual(conflictsOf([relabel(1, 'A', 'B'), relabel(2, 'A', 'B')]), []);
  });

  it('show every side of a threefold one, newest first', () => {
    assert.deepEqual(conflictsOf([relabel(1, 'A', 'B'), relabel(2, 'A', 'C'), relabel(3, 'A', 'D')]), ['C', 'B']);
  });

  it('are settled by a relabel that knew the value that counted', () => {
    assert.deepEqual(conflictsOf([relabel(1, 'A', 'B'), relabel(2, 'A', 'C'), relabel(3, 'C', 'B')]), []);
  });

  it('end when one side is reverted', () => {
    assert.deepEqual(conflictsOf([relabel(1, 'A', 'B'), relabel(2, 'A', 'C'), decision(3, { action: 'revert', ref: idOf(1) })]), []);
  });
});
