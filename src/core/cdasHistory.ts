import { CdasState, type CdasMode, type ProblemState } from './cdas';
import { HistoryEntries, type EntryKind } from './historyEntries';
import { Column } from './column';

/** All scored rollouts of one problem in one step: one visit. `correct` is fractional where correctness is soft. */
export interface StepVisit {
  readonly problem: number;
  readonly correct: number;
  readonly scored: number;
}

/** What changes for a problem from a step on: it leaves or joins the mean, or its visits start afresh. */
export interface StepEvent {
  readonly problem: number;
  readonly kind: 'exclude' | 'include' | 'restart';
}

/** One entry of a problem's history. `visit` entries carry counts; the others mark what took effect. */
export interface HistoryEntry {
  readonly kind: EntryKind;
  /** Position of the step in the history, 0 first. */
  readonly stepIndex: number;
  readonly correct: number;
  readonly scored: number;
  readonly difficultyAfter: number;
}

/**
 * The CDAS fold with memory: every step can be taken back exactly, so a rewritten step costs a replay from there on
 * and not from the start. Per visit it keeps what the problem held before.
 */
export class CdasHistory {
  readonly state: CdasState;
  private readonly stepNumbers: number[] = [];
  private readonly stepStarts: number[] = [];
  private readonly competences: number[] = [];
  private readonly sumsBefore: number[] = [];
  private readonly lastEntry = new Column(Int32Array);
  private readonly entries = new HistoryEntries();

  /** Steps up to `warmupSteps` are kept in the history but not rated, as the authors' trainer does. */
  constructor(
    mode: CdasMode,
    private readonly warmupSteps = 0,
  ) {
    this.state = new CdasState(mode);
  }

  get stepCount(): number {
    return this.stepNumbers.length;
  }

  /** Adds a problem; one that is not counted from the start joins the mean with an `include` event. */
  addProblem(counted: boolean): number {
    this.lastEntry.push(-1);
    return this.state.addProblem(counted);
  }

  stepAt(stepIndex: number): number | undefined {
    return this.stepNumbers[stepIndex];
  }

  /** Competence after the step at this position. */
  competenceAfter(stepIndex: number): number | undefined {
    return this.competences[stepIndex];
  }

  /** Appends one step: its events take effect first, then its visits are rated together. */
  appendStep(step: number, visits: readonly StepVisit[], events: readonly StepEvent[]): void {
    this.stepNumbers.push(step);
    this.stepStarts.push(this.entries.length);
    this.sumsBefore.push(this.state.difficultySum);
    for (const event of events) this.applyEvent(event);
    if (step > this.warmupSteps) this.rate(visits);
    this.competences.push(this.state.competence);
  }

  /** Takes back all steps from this position on. */
  rewindTo(stepIndex: number): void {
    if (stepIndex >= this.stepCount) return;
    const start = this.stepStarts[stepIndex] ?? 0;
    for (let row = this.entries.length - 1; row >= start; row--) {
      const problem = this.entries.problem(row);
      this.state.restore(problem, this.entries.before(row));
      this.lastEntry.set(problem, this.entries.previousOf(row));
    }
    this.entries.truncate(start);
    this.state.difficultySum = this.sumsBefore[stepIndex] ?? 0;
    for (const list of [this.stepNumbers, this.stepStarts, this.competences, this.sumsBefore]) list.length = stepIndex;
  }

  /** What happened to a problem, oldest first. */
  entriesOf(problem: number): HistoryEntry[] {
    const found: HistoryEntry[] = [];
    const { entries } = this;
    let difficultyAfter = this.state.difficulty(problem);
    for (let row = problem < this.lastEntry.length ? this.lastEntry.at(problem) : -1; row >= 0; row = entries.previousOf(row)) {
      found.push({
        kind: entries.kind(row),
        stepIndex: this.stepOfEntry(row),
        correct: entries.correct(row),
        scored: entries.scored(row),
        difficultyAfter,
      });
      difficultyAfter = entries.before(row).difficulty;
    }
    return found.reverse();
  }

  /** Calls back for each entry of a step with what its problem held before it; later entries of one problem follow. */
  forEachChange(stepIndex: number, callback: (problem: number, before: ProblemState) => void): void {
    const end = this.stepStarts[stepIndex + 1] ?? this.entries.length;
    for (let row = this.stepStarts[stepIndex] ?? end; row < end; row++) callback(this.entries.problem(row), this.entries.before(row));
  }

  private rate(visits: readonly StepVisit[]): void {
    const { state, entries, lastEntry } = this;
    const competence = state.competence;
    for (const visit of visits) {
      const { problem, correct, scored } = visit;
      if (scored === 0) continue;
      entries.pushVisit(problem, lastEntry.at(problem), state.snapshot(problem), visit);
      lastEntry.set(problem, entries.length - 1);
      state.rateVisit(problem, correct / scored, competence);
    }
  }

  private applyEvent({ problem, kind }: StepEvent): void {
    const { state, entries, lastEntry } = this;
    entries.push({ problem, kind, correct: 0, scored: 0, before: state.snapshot(problem) }, lastEntry.at(problem));
    lastEntry.set(problem, entries.length - 1);
    if (kind === 'restart') state.restart(problem);
    else state.setCounted(problem, kind === 'include');
  }

  /** The position of the last step that starts at or before an entry; steps without entries share their start. */
  private stepOfEntry(row: number): number {
    let [low, high] = [0, this.stepStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.stepStarts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
