import { defaultStrategy } from '../../../src/core/samplerStrategy';
import type { ChoiceReport, ProblemChoice } from '../../../src/protocol/nextBatch';

/** A problem on the harder side that is chosen, of a batch that is only expected. */
export function choiceReport(change: Partial<ProblemChoice> = {}, batch: Partial<ChoiceReport['batch']> = {}): ChoiceReport {
  return {
    choice: {
      problem: 'h:0123456789abcdef',
      title: 'What is 3 + 4?',
      chosen: true,
      inCurrent: false,
      rule: 'ranked',
      visits: 3,
      passRate: 0.29,
      difficulty: 0.314,
      distance: 0.194,
      side: 'harder',
      rank: 12,
      tied: 1,
      candidates: 400,
      places: 32,
      ...change,
    },
    batch: {
      run: { id: 'run', name: 'demo' },
      step: 12,
      draw: 11,
      size: 64,
      strategy: defaultStrategy,
      uniform: false,
      exact: false,
      reasons: ['The trainer has not confirmed 1 decision yet; this preview assumes it has.'],
      competence: 0.12,
      sides: { harder: { chosen: 32, candidates: 400, cutOff: 0.21 }, easier: { chosen: 32, candidates: 500, cutOff: 0.2 } },
      pinned: 0,
      excluded: 0,
      candidates: 900,
      currentStep: 11,
      added: 40,
      kept: 24,
      gone: 40,
      ...batch,
    },
  };
}
