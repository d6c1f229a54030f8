import type { ObservedRun } from '../engine/observedRun';

/** The state file of the CDAS authors' trainer, keyed by problem id. Lists run over the visits, difficulties from 0 on. */
export interface AuthorsState {
  readonly model_abilities: readonly number[];
  readonly problem_difficulties: Readonly<Record<string, readonly number[]>>;
  readonly problem_pass_records: Readonly<Record<string, readonly number[]>>;
  readonly cur_step: number;
}

/** Writes the state of a run as the authors' checkpoints do. Visits that a relabel voided are left out. */
export function authorsState({ history, registry }: ObservedRun): AuthorsState {
  const difficulties: [string, readonly number[]][] = [];
  const passRecords: [string, readonly number[]][] = [];
  for (const [problem, { id }] of registry.problems.entries()) {
    const entries = history.entriesOf(problem);
    const counting = entries.slice(entries.findLastIndex(({ kind }) => kind === 'restart') + 1).filter(({ kind }) => kind === 'visit');
    difficulties.push([id, [0, ...counting.map(({ difficultyAfter }) => difficultyAfter)]]);
    passRecords.push([id, counting.map(({ correct, scored }) => correct / scored)]);
  }
  const competences = Array.from({ length: history.stepCount }, (_, position) => history.competenceAfter(position) ?? 0);
  return {
    model_abilities: [0, ...competences],
    // fromEntries defines own members, so an id such as __proto__ is a key like any other.
    problem_difficulties: Object.fromEntries(difficulties),
    problem_pass_records: Object.fromEntries(passRecords),
    cur_step: history.stepAt(history.stepCount - 1) ?? 0,
  };
}
