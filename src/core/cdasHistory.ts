import { CdasState, type CdasMode } from './cdas';
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
  readonly kind: 'visit' | StepEvent['kind'];
  /** Position of the step in the history, 0 first. */
  readonly stepIndex: number;
  readonly correct: number;
  readonly scored: number;
  readonly difficultyAfter: number;
}

const kinds = ['visit', 'exclude', 'include', 'restart'] as const;

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
  private readonly entry = {
    problem: new Column(Int32Array),
    kind: new Column(Uint8Array),
    stepIndex: new Column(Int32Array),
    previous: new Column(Int32Array),
    correct: new Column(Float64Array),
    scored: new Column(Int32Array),
    difficultyBefore: new Column(Float64Array),
    visitsBefore: new Column(Int32Array),
    countedBefore: new Column(Uint8Array),
  };

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
    this.stepStarts.push(this.entry.problem.length);
    this.sumsBefore.push(this.state.difficultySum);
    for (const event of events) this.applyEvent(event);
    const rated = step > this.warmupSteps ? visits.filter((visit) => visit.scored > 0) : [];
    for (const visit of rated) this.remember(visit.problem, 'visit', visit.correct, visit.scored);
    this.state.rateStep(rated.map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
    this.competences.push(this.state.competence);
  }

  /** Takes back all steps from this position on. */
  rewindTo(stepIndex: number): void {
    if (stepIndex >= this.stepCount) return;
    const start = this.stepStarts[stepIndex] ?? 0;
    for (let row = this.entry.problem.length - 1; row >= start; row--) {
      const problem = this.entry.problem.at(row);
      this.state.restore(problem, {
        difficulty: this.entry.difficultyBefore.at(row),
        visits: this.entry.visitsBefore.at(row),
        counted: this.entry.countedBefore.at(row) === 1,
      });
      this.lastEntry.set(problem, this.entry.previous.at(row));
    }
    for (const column of Object.values(this.entry)) column.truncate(start);
    this.state.difficultySum = this.sumsBefore[stepIndex] ?? 0;
    for (const list of [this.stepNumbers, this.stepStarts, this.competences, this.sumsBefore]) list.length = stepIndex;
  }

  /** What happened to a problem, oldest first. */
  entriesOf(problem: number): HistoryEntry[] {
    const entries: HistoryEntry[] = [];
    let difficultyAfter = this.state.difficulty(problem);
    for (let row = this.lastEntry.at(problem); row >= 0 && problem < this.lastEntry.length; row = this.entry.previous.at(row)) {
      entries.push({
        kind: kinds[this.entry.kind.at(row)] ?? 'visit',
        stepIndex: this.entry.stepIndex.at(row),
        correct: this.entry.correct.at(row),
        scored: this.entry.scored.at(row),
        difficultyAfter,
      });
      difficultyAfter = this.entry.difficultyBefore.at(row);
    }
    return entries.reverse();
  }

  /** Calls back for each entry of a step with the problem's difficulty and visits from before it; later entries of one problem follow. */
  forEachChange(stepIndex: number, callback: (problem: number, before: { difficulty: number; visits: number }) => void): void {
    const end = this.stepStarts[stepIndex + 1] ?? this.entry.problem.length;
    for (let row = this.stepStarts[stepIndex] ?? end; row < end; row++) {
      callback(this.entry.problem.at(row), { difficulty: this.entry.difficultyBefore.at(row), visits: this.entry.visitsBefore.at(row) });
    }
  }

  private applyEvent({ problem, kind }: StepEvent): void {
    this.remember(problem, kind, 0, 0);
    if (kind === 'restart') this.state.restart(problem);
    else this.state.setCounted(problem, kind === 'include');
  }

  private remember(problem: number, kind: HistoryEntry['kind'], correct: number, scored: number): void {
    const { entry, state } = this;
    entry.previous.push(this.lastEntry.at(problem));
    this.lastEntry.set(problem, entry.problem.length);
    entry.problem.push(problem);
    entry.kind.push(kinds.indexOf(kind));
    entry.stepIndex.push(this.stepCount - 1);
    entry.correct.push(correct);
    entry.scored.push(scored);
    entry.difficultyBefore.push(state.difficulty(problem));
    entry.visitsBefore.push(state.visits(problem));
    entry.countedBefore.push(state.isCounted(problem) ? 1 : 0);
  }
}
