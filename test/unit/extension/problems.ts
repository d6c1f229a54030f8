import type { DecisionStatus, ProblemDetail, Visit } from '../../../src/protocol/run';

/** A visit with 8 scored rollouts. */
export function visit(step: number, correct: number, difficulty: number, counts = true): Visit {
  return { step, correct, scored: 8, difficulty, counts };
}

/** A pending decision. */
export function decision(action: string, change: Partial<DecisionStatus> = {}): DecisionStatus {
  return {
    decision: '01J000000000000000000000AA',
    action,
    at: '2026-01-02T03:04:05Z',
    by: 'Ada <ada@example.org>',
    reason: null,
    state: 'pending',
    activeFromStep: null,
    why: null,
    ...change,
  };
}

/** A problem that was visited three times. */
export function problem(change: Partial<ProblemDetail> = {}): ProblemDetail {
  return {
    id: 'h:0123456789abcdef',
    text: 'What is 3 + 4?',
    groundTruth: '7',
    visits: 3,
    difficulty: 0.314,
    passRate: 7 / 24,
    rollouts: 24,
    correct: 7,
    lastStep: 9,
    membership: 'normal',
    relabelledTo: null,
    decisions: [],
    history: [visit(2, 0, 0.4), visit(5, 2, 0.35), visit(9, 5, 0.314)],
    competence: 0.12,
    interval: [0.15, 0.49],
    run: { id: 'run', name: 'demo', lastStep: 11 },
    ...change,
  };
}
