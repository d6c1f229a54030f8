import fc from 'fast-check';
import { decisionSchema, type Decision, type Receipt } from '../../../src/core/decision';

/** A ULID of the n-th millisecond; greater n, greater id. */
export function idOf(n: number): string {
  return `01J${String(n).padStart(23, '0')}`;
}

/** The time that goes with `idOf(n)`. */
export function timeOf(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
}

/** The n-th decision. */
export function decision(n: number, fields: Partial<Decision> & Pick<Decision, 'action'>): Decision {
  const problem = fields.action === 'revert' ? {} : { problem: 'p' };
  return { schema: decisionSchema, id: idOf(n), at: timeOf(n), by: 'ada', ...problem, ...fields };
}

/** A receipt written at the n-th second. */
export function receipt(n: number, fields: Pick<Receipt, 'generation' | 'appliedAtStep'> & Partial<Receipt>): Receipt {
  return {
    at: timeOf(n),
    digest: `sha256:${n}`,
    excluded: 0,
    pinned: 0,
    relabelled: 0,
    matched: 0,
    unmatched: [],
    adapter: 'test 1',
    run: 'run',
    ...fields,
  };
}

/** A moment before any expiry. */
export const start = { step: 0, now: timeOf(0) };

const action = fc.constantFrom('pin', 'exclude', 'relabel', 'note', 'clear', 'revert' as const);

/** Decisions of all kinds over a few problems, in id order, with reverts that refer to any of the file, and with expiries. */
export const anyDecisions: fc.Arbitrary<readonly Decision[]> = fc
  .array(
    fc.record({
      action,
      problem: fc.constantFrom('p', 'q', '__proto__'),
      ref: fc.nat(20),
      value: fc.constantFrom('1', '2', '3'),
      was: fc.constantFrom('1', '2', '3'),
      expires: fc.option(fc.nat(60), { nil: undefined, freq: 3 }),
    }),
    { maxLength: 20 },
  )
  .map((drafts) =>
    drafts.map(({ action, problem, ref, value, was, expires }, n) =>
      decision(n + 1, {
        action,
        ...(action === 'revert' ? { ref: idOf(ref) } : { problem }),
        ...(action === 'relabel' && { groundTruth: value, was }),
        ...(expires !== undefined && { expires: { step: expires } }),
      }),
    ),
  );
