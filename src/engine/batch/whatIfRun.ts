import { whatIf, type CandidateStep, type WhatIf, type WhatIfQuestion } from '../../core/whatIf';
import { ExpectedError } from '../../protocol/channel';
import type { RunFacts } from '../doctor/logFindings';
import type { ObservedRun } from '../observedRun';
import { givenDifficulties } from './batchState';

/** Asks what within-step re-selection would have given in a run. Throws an ExpectedError where its log cannot tell. */
export function whatIfInRun(run: ObservedRun, facts: RunFacts, question: Omit<WhatIfQuestion, 'mode' | 'problemCount' | 'labels'>): WhatIf {
  if (!facts.supportsDifficulty) throw new ExpectedError(facts.refusals.join(' '));
  if (run.rule.kind === 'soft' || run.rule.kind === 'none') {
    throw new ExpectedError(`It is not known which rollouts are correct (${run.rule.text}), nor therefore which groups had a gradient. Set --threshold.`);
  }
  const result = whatIf(candidateSteps(run), { ...question, mode: run.mode, problemCount: run.registry.length, labels: givenDifficulties(run) });
  if (result.figures === null) throw new ExpectedError(noStepCounts(result, question.keep));
  return result;
}

function noStepCounts({ basis: { unfamiliarSteps, smallSteps } }: WhatIf, keep: number): string {
  const reasons = [
    ...(unfamiliarSteps > 0 ? [`in ${unfamiliarSteps} fewer than half of the problems had been seen before, so there was nothing to choose by`] : []),
    ...(smallSteps > 0 ? [`${smallSteps} had too few groups to keep ${keep} of them`] : []),
  ];
  return `No step of this log can show what another choice would have given: ${reasons.length === 0 ? 'it has none' : reasons.join('; ')}.`;
}

/** The steps of a run with the difficulties and the competence from before each. */
export function candidateSteps(run: ObservedRun): readonly CandidateStep[] {
  const before = difficultiesBefore(run);
  return run.steps.map(({ groups }, position) => ({
    competence: run.history.competenceAfter(position - 1) ?? 0,
    groups: groups.map(({ problem, correct, scored }) => ({ problem, correct, scored, difficulty: before[position]?.get(problem) ?? 0 })),
  }));
}

/** Per step, the difficulty that each of its problems had when it was chosen: what was decided before the step is in it. */
function difficultiesBefore({ history, registry }: ObservedRun): readonly ReadonlyMap<number, number>[] {
  const found = Array.from({ length: history.stepCount }, () => new Map<number, number>());
  for (let problem = 0; problem < registry.length; problem++) {
    let difficulty = 0;
    for (const { kind, stepIndex, difficultyAfter } of history.entriesOf(problem)) {
      if (kind === 'visit') found[stepIndex]?.set(problem, difficulty);
      difficulty = difficultyAfter;
    }
  }
  return found;
}
