import type { RunSummary } from '../../../src/protocol/run';

/** A step of a sample run. */
export const point = {
  step: 41, groups: 10, rollouts: 80, passRate: 0.375, allPass: 2, mixed: 6, allFail: 2,
  competence: 0.12, targetPassRate: 0.38, meanLengthChars: 210,
};

/** A sample run, with what a test changes about it. */
export function run(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'r', name: 'qwen', path: '/runs/qwen', dataset: null, logPath: '/runs/qwen/rollouts', framework: 'verl', variant: 'v0.7',
    firstStep: 1, lastStep: 41, steps: 41, rollouts: 3280, problems: 300, completeness: 'complete', status: 'live',
    lastWriteAt: 100_000, groupSize: 8, correctRule: 'score is 1', identity: { explicit: 0, matched: 299, ambiguous: 1, unmatched: 0 },
    health: { badLines: 2, ignoredLines: 0, superseded: 0, pendingBytes: 0, flags: [] }, polling: null,
    countedProblems: { basis: 'dataset', count: 300 }, loaded: true, rating: false, progress: 1, latest: point, ...change,
  };
}
