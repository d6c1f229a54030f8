import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Decision, Receipt } from '../../../src/core/decision';
import { foldDecisions } from '../../../src/core/decisionFold';
import { curationEvents, decisionStandings, receiptsOfRun, type StandingInput } from '../../../src/core/decisionStatus';
import { anyDecisions, decision, idOf, receipt, timeOf } from './decisionSamples';

function input(decisions: readonly Decision[], receipts: readonly Receipt[], more: Partial<StandingInput> = {}): StandingInput {
  return { decisions, receipts, at: { step: 50, now: timeOf(500) }, ...more };
}

function standings(...args: Parameters<typeof input>): readonly string[] {
  return decisionStandings(input(...args)).map(({ state, activeFromStep }) => `${state} ${activeFromStep ?? '-'}`);
}

function events(...args: Parameters<typeof input>): readonly string[] {
  return curationEvents(input(...args)).map(({ problem, step, kind }) => `${problem} ${kind} ${step}`);
}

// The definition, without any of the shortcuts: at each receipt everything it covers is folded anew.
function wholeFoldEvents(decisions: readonly Decision[], receipts: readonly Receipt[]): unknown[] {
  const found: unknown[] = [];
  const problems = [...new Set(decisions.flatMap(({ problem }) => problem ?? []))].sort();
  const effectOf = (one: Receipt | undefined, problem: string): { out: boolean; answer: unknown } => {
    if (one === undefined || one.unmatched.includes(problem)) return { out: false, answer: undefined };
    const covered = decisions.filter(({ at }, position) => position < one.generation && Date.parse(at) <= Date.parse(one.at) + 999);
    const state = foldDecisions(covered, { step: one.appliedAtStep, now: one.at }).problems.get(problem);
    return { out: state?.membership === 'exclude', answer: state?.relabel?.groundTruth };
  };
  receipts.forEach((one, at) => {
    for (const problem of problems) {
      const [was, is] = [effectOf(receipts[at - 1], problem), effectOf(one, problem)];
      if (was.out !== is.out) found.push({ problem, step: one.appliedAtStep, kind: is.out ? 'exclude' : 'include' });
      if (was.answer !== is.answer) found.push({ problem, step: one.appliedAtStep, kind: 'restart' });
    }
  });
  return found;
}

const exclude = decision(1, { action: 'exclude' });

describe('where a decision stands', () => {
  it('is pending until a receipt covers it', () => {
    assert.deepEqual(standings([exclude], []), ['pending -']);
    assert.deepEqual(standings([exclude], [receipt(2, { generation: 0, appliedAtStep: 41 })]), ['pending -']);
  });

  it('is active from the step of the first receipt that covers it', () => {
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(3, { generation: 1, appliedAtStep: 44 })];
    assert.deepEqual(standings([exclude], receipts), ['active 41']);
  });

  it('stays pending for a receipt that is older than itself, even one of a higher generation', () => {
    assert.deepEqual(standings([decision(5, { action: 'exclude' })], [receipt(2, { generation: 9, appliedAtStep: 41 })]), ['pending -']);
  });

  it('goes by the decisions behind a known digest, whatever the clocks and the count say', () => {
    const early = receipt(0, { generation: 0, appliedAtStep: 41, digest: 'sha256:x' });
    const knownDigests = new Map([['sha256:x', new Set([idOf(1)])]]);
    assert.deepEqual(standings([exclude], [early], { knownDigests }), ['active 41']);
    const knownWithout = new Map([['sha256:x', new Set<string>()]]);
    const late = receipt(9, { generation: 9, appliedAtStep: 41, digest: 'sha256:x' });
    assert.deepEqual(standings([exclude], [late], { knownDigests: knownWithout }), ['pending -']);
  });

  it('is unmatched while the trainer cannot find the problem', () => {
    const lost = receipt(2, { generation: 1, appliedAtStep: 41, unmatched: ['p'] });
    assert.deepEqual(standings([exclude], [lost]), ['unmatched -']);
    assert.deepEqual(standings([exclude], [lost, receipt(3, { generation: 1, appliedAtStep: 45 })]), ['active 45']);
  });

  it('says why the trainer does not follow it', () => {
    const why = (fields: Partial<Receipt>): string => {
      const [one] = decisionStandings(input([exclude], [receipt(2, { generation: 1, appliedAtStep: 41, ...fields })]));
      return `${one?.state} ${one?.why} ${one?.activeFromStep}`;
    };
    assert.equal(why({ unmatched: ['p'] }), 'unmatched absent null');
    assert.equal(why({ unmatched: ['p'], ambiguous: ['p'] }), 'unmatched ambiguous null');
    assert.equal(why({ refused: ['p'] }), 'refused refused null');
    assert.equal(why({ unmatched: ['p'], unsupported: ['p'] }), 'refused unsupported null');
    assert.equal(why({ unmatched: ['q'] }), 'active null 41');
  });

  it('stays pending where the trainer lists only some of those it could not follow, and it may be another', () => {
    const cut = receipt(2, { generation: 3, appliedAtStep: 41, unmatched: ['b', 'p'], unmatchedTotal: 1200 });
    const list = ['a', 'p', 'q'].map((problem, n) => decision(n / 10, { action: 'exclude', problem, id: idOf(n), at: timeOf(0) }));
    const found = decisionStandings(input(list, [cut])).map(({ state, why }) => `${state} ${why}`);
    assert.deepEqual(found, ['active null', 'unmatched absent', 'pending unlisted']);
  });

  it('is in force as a relabel where only the exclusion of the problem was refused', () => {
    const list = [exclude, decision(1.5, { action: 'relabel', groundTruth: '2', id: idOf(2), at: timeOf(1) })];
    for (const fields of [{ refused: ['p'] }, { unmatched: ['p'], unsupported: ['p'] }]) {
      const answer = receipt(2, { generation: 2, appliedAtStep: 41, ...fields });
      assert.deepEqual(standings(list, [answer]), ['refused -', 'active 41']);
      assert.deepEqual(events(list, [answer]), ['p restart 41']);
    }
  });

  it('is superseded by the next decision on the same field only', () => {
    const list = [exclude, decision(2, { action: 'relabel', groundTruth: '2' }), decision(4, { action: 'pin' })];
    const receipts = [receipt(3, { generation: 2, appliedAtStep: 41 })];
    assert.deepEqual(standings(list, receipts), ['superseded 41', 'active 41', 'pending -']);
  });

  it('never became active when it was superseded before the trainer read it', () => {
    const list = [exclude, decision(2, { action: 'pin' })];
    assert.deepEqual(standings(list, [receipt(3, { generation: 2, appliedAtStep: 41 })]), ['superseded -', 'active 41']);
  });

  it('is superseded when reverted, and waits for the trainer again when the revert is reverted', () => {
    const list = [exclude, decision(3, { action: 'revert', ref: idOf(1) }), decision(5, { action: 'revert', ref: idOf(3) })];
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(4, { generation: 2, appliedAtStep: 43 })];
    assert.deepEqual(standings(list.slice(0, 2), receipts), ['superseded 41', 'active 43']);
    assert.deepEqual(standings(list, receipts), ['pending -', 'superseded 43', 'pending -']);
    const last = receipt(6, { generation: 3, appliedAtStep: 47 });
    assert.deepEqual(standings(list, [...receipts, last]), ['active 47', 'superseded 43', 'active 47']);
  });

  it('is expired once the run has reached its step', () => {
    const list = [decision(1, { action: 'exclude', expires: { step: 45 } })];
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 })];
    assert.deepEqual(standings(list, receipts), ['expired 41']);
    assert.deepEqual(standings(list, receipts, { at: { step: 44, now: timeOf(500) } }), ['active 41']);
  });

  it('is active for a revert whose step has come: an undoing does not lapse', () => {
    const list = [decision(1, { action: 'exclude' }), decision(3, { action: 'revert', ref: idOf(1), expires: { step: 42 } })];
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(4, { generation: 2, appliedAtStep: 43 })];
    assert.deepEqual(standings(list, receipts), ['superseded 41', 'active 43']);
  });

  it('asks nothing of the trainer for a note', () => {
    assert.deepEqual(standings([decision(1, { action: 'note' })], []), ['active -']);
  });

  it('moves back with a trainer that resumed from an earlier checkpoint', () => {
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(3, { generation: 1, appliedAtStep: 30 })];
    assert.deepEqual(standings([exclude], receipts), ['active 30']);
  });

  it('counts a repeated line once', () => {
    assert.deepEqual(standings([exclude, { ...exclude }], [receipt(2, { generation: 1, appliedAtStep: 41 })]), ['active 41']);
  });

  it('takes a receipt of the same second as later, for trainers that write whole seconds', () => {
    const decided = decision(1, { action: 'exclude', at: timeOf(1).replace('.000', '.900') });
    assert.deepEqual(standings([decided], [receipt(1, { generation: 1, appliedAtStep: 41 })]), ['active 41']);
  });

  it('has a step exactly when the trainer obeyed it, and is superseded when undone', () => {
    fc.assert(
      fc.property(anyDecisions, fc.array(fc.record({ n: fc.nat(40), generation: fc.nat(22), appliedAtStep: fc.nat(60) })), (list, drafts) => {
        const receipts = drafts.map(({ n, ...fields }) => receipt(n, fields));
        const state = foldDecisions(list, input(list, receipts).at);
        for (const { decision: one, state: standing, activeFromStep } of decisionStandings(input(list, receipts))) {
          if (state.undone.has(one.id)) assert.equal(standing, 'superseded');
          if (receipts.length === 0) assert.equal(activeFromStep, null);
          if (standing === 'active') assert.equal(activeFromStep === null, one.action === 'note');
          if (standing === 'pending' || standing === 'unmatched') assert.equal(activeFromStep, null);
        }
      }),
    );
  });
});

describe('what decisions do to the CDAS fold', () => {
  it('is nothing while they are pending', () => {
    assert.deepEqual(events([exclude], []), []);
  });

  it('excludes and includes at the steps of the receipts', () => {
    const list = [exclude, decision(3, { action: 'clear' })];
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(4, { generation: 2, appliedAtStep: 48 })];
    assert.deepEqual(events(list, receipts), ['p exclude 41', 'p include 48']);
  });

  it('includes again by a pin and by a revert', () => {
    const receipts = [receipt(2, { generation: 1, appliedAtStep: 41 }), receipt(4, { generation: 2, appliedAtStep: 48 })];
    assert.deepEqual(events([exclude, decision(3, { action: 'pin' })], receipts), ['p exclude 41', 'p include 48']);
    assert.deepEqual(events([exclude, decision(3, { action: 'revert', ref: idOf(1) })], receipts), ['p exclude 41', 'p include 48']);
  });

  it('does not mention a pin', () => {
    assert.deepEqual(events([decision(1, { action: 'pin' })], [receipt(2, { generation: 1, appliedAtStep: 41 })]), []);
  });

  it('restarts at a relabel and at its revert, but not at a repetition of the same value', () => {
    const list = [
      decision(1, { action: 'relabel', groundTruth: '2' }),
      decision(3, { action: 'relabel', groundTruth: '2', was: '2' }),
      decision(5, { action: 'revert', ref: idOf(3) }),
      decision(7, { action: 'revert', ref: idOf(1) }),
    ];
    const receipts = [1, 2, 3, 4].map((generation) => receipt(2 * generation, { generation, appliedAtStep: 40 + generation }));
    assert.deepEqual(events(list, receipts), ['p restart 41', 'p restart 44']);
  });

  it('includes again when a receipt comes at or after the step of expiry', () => {
    const list = [decision(1, { action: 'exclude', expires: { step: 45 } })];
    const receipts = [41, 44, 46].map((appliedAtStep, n) => receipt(2 + n, { generation: 1, appliedAtStep }));
    assert.deepEqual(events(list, receipts), ['p exclude 41', 'p include 46']);
  });

  it('leaves out what the trainer could not match', () => {
    const lost = receipt(2, { generation: 2, appliedAtStep: 41, unmatched: ['p'] });
    assert.deepEqual(events([exclude, decision(1.5, { action: 'exclude', problem: 'q', id: idOf(2), at: timeOf(1) })], [lost]), ['q exclude 41']);
  });

  it('forgets what a resumed trainer undid', () => {
    const list = [exclude, decision(3, { action: 'clear' })];
    const receipts = [
      receipt(2, { generation: 1, appliedAtStep: 41 }),
      receipt(4, { generation: 2, appliedAtStep: 48 }),
      receipt(6, { generation: 2, appliedAtStep: 30 }),
    ];
    assert.deepEqual(events(list, receipts), []);
  });

  it('equals the difference of whole folds from one receipt to the next', () => {
    const anyReceipt = fc.record({ n: fc.nat(30), generation: fc.nat(22), unmatched: fc.subarray(['p', 'q', '__proto__']) });
    fc.assert(
      fc.property(anyDecisions, fc.array(anyReceipt, { maxLength: 8 }), (list, drafts) => {
        const receipts = drafts.map(({ n, ...fields }, at) => receipt(n, { ...fields, appliedAtStep: 7 * at }));
        assert.deepEqual(curationEvents(input(list, receipts)), wholeFoldEvents(list, receipts));
      }),
      { numRuns: 300 },
    );
  });

  it('alternates exclude and include per problem, in the order of steps', () => {
    fc.assert(
      fc.property(anyDecisions, fc.array(fc.record({ generation: fc.nat(22), appliedAtStep: fc.nat(60) })), (list, drafts) => {
        const receipts = drafts.map((fields) => receipt(100, fields));
        const out = new Set<string>();
        let step = 0;
        for (const event of curationEvents(input(list, receipts))) {
          assert.ok(event.step >= step);
          step = event.step;
          if (event.kind === 'restart') continue;
          assert.equal(out.has(event.problem), event.kind === 'include');
          if (event.kind === 'exclude') out.add(event.problem);
          else out.delete(event.problem);
        }
      }),
    );
  });
});

describe('the receipts of a run', () => {
  it('are those that name it or name none', () => {
    const receipts = ['a', 'b', ''].map((run) => receipt(1, { generation: 1, appliedAtStep: 1, run }));
    assert.deepEqual(receiptsOfRun(receipts, new Set(['a'])).map(({ run }) => run), ['a', '']);
  });
});
