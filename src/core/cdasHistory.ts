import { CdasState, type CdasMode, type ProblemState } from './cdas';
import { Column } from './column';
import { StepEntries, type EntryKind, type StepChanges } from './stepEntries';

/** One entry of a problem's history. `visit` entries carry counts; the others mark what took effect. */
export interface HistoryEntry {
  readonly kind: EntryKind;
  /** Position of the step in the history, 0 first. */
  readonly stepIndex: number;
  readonly correct: number;
  readonly scored: number;
  readonly difficultyAfter: number;
}

/** What the visits of a problem since it last started afresh come to. */
export interface VisitTally {
  readonly correct: number;
  readonly scored: number;
  /** Position of the step of its last visit ever; -1 without one. */
  readonly lastVisit: number;
}

/**
 * The CDAS fold with memory: every step can be taken back exactly, so a rewritten step costs a replay from there on
 * and not from the start. Per visit it keeps what the problem held before, and the step's own columns for the rest.
 */
export class CdasHistory {
  readonly state: CdasState;
  private readonly steps: StepEntries[] = [];
  /** The newest row of each problem, counted through all steps; -1 for none. */
  private readonly lastRow = new Column(Int32Array);

  /** Steps up to `lastWarmupStep` are kept in the history but not rated, as the authors' trainer does; by default all are rated, step 0 too. */
  constructor(
    mode: CdasMode,
    private readonly lastWarmupStep = -Infinity,
  ) {
    this.state = new CdasState(mode);
  }

  get stepCount(): number {
    return this.steps.length;
  }

  /** Adds a problem; one that is not counted from the start joins the mean with an `include` event. */
  addProblem(counted: boolean): number {
    this.lastRow.push(-1);
    return this.state.addProblem(counted);
  }

  stepAt(stepIndex: number): number | undefined {
    return this.steps[stepIndex]?.step;
  }

  /** Competence after the step at this position. */
  competenceAfter(stepIndex: number): number | undefined {
    return this.steps[stepIndex]?.competence;
  }

  /** Appends one step: its events take effect first, then its visits are rated together. */
  appendStep(changes: StepChanges): void {
    const last = this.steps.at(-1);
    const entries = new StepEntries(changes, last === undefined ? 0 : last.firstRow + last.rows, this.state.difficultySum);
    this.steps.push(entries);
    this.applyEvents(entries, changes);
    if (changes.step > this.lastWarmupStep) this.rate(entries, changes);
    entries.competence = this.state.competence;
  }

  /** Takes back all steps from this position on. */
  rewindTo(stepIndex: number): void {
    for (let entries = this.steps.at(-1); entries !== undefined && this.steps.length > stepIndex; entries = this.steps.at(-1)) {
      for (let row = entries.rows - 1; row >= 0; row--) {
        if (!entries.isRated(row)) continue;
        const problem = entries.problem(row);
        this.state.restore(problem, entries.before(row));
        this.lastRow.set(problem, entries.previousOf(row));
      }
      this.state.difficultySum = entries.sumBefore;
      this.steps.pop();
    }
  }

  /** What happened to a problem, oldest first. */
  entriesOf(problem: number): HistoryEntry[] {
    const found: HistoryEntry[] = [];
    let difficultyAfter = this.state.difficulty(problem);
    this.walkBack(problem, (entries, row, stepIndex) => {
      found.push({ kind: entries.kind(row), stepIndex, correct: entries.correct(row), scored: entries.scored(row), difficultyAfter });
      difficultyAfter = entries.before(row).difficulty;
      return true;
    });
    return found.reverse();
  }

  /** What a problem's visits come to. */
  tallyOf(problem: number): VisitTally {
    let [correct, scored, lastVisit, afresh] = [0, 0, -1, false];
    this.walkBack(problem, (entries, row, stepIndex) => {
      const kind = entries.kind(row);
      if (kind === 'visit' && lastVisit < 0) lastVisit = stepIndex;
      if (kind === 'restart') afresh = true;
      if (kind === 'visit' && !afresh) {
        correct += entries.correct(row);
        scored += entries.scored(row);
      }
      return !afresh || lastVisit < 0;
    });
    return { correct, scored, lastVisit };
  }

  /** Calls back once for each problem that a step changed, with what it held before the step. */
  forEachChanged(stepIndex: number, callback: (problem: number, before: ProblemState) => void): void {
    const entries = this.steps[stepIndex];
    for (let row = 0; entries !== undefined && row < entries.rows; row++) {
      const isFirst = entries.isRated(row) && entries.previousOf(row) < entries.firstRow;
      if (isFirst) callback(entries.problem(row), entries.before(row));
    }
  }

  /** Calls back for a problem's rows from the newest back, as long as it is told to go on. */
  private walkBack(problem: number, callback: (entries: StepEntries, row: number, stepIndex: number) => boolean): void {
    for (let historyRow = problem < this.lastRow.length ? this.lastRow.at(problem) : -1; historyRow >= 0; ) {
      const stepIndex = this.stepOfRow(historyRow);
      const entries = this.steps[stepIndex];
      if (entries === undefined) return;
      const row = historyRow - entries.firstRow;
      if (!callback(entries, row, stepIndex)) return;
      historyRow = entries.previousOf(row);
    }
  }

  private rate(entries: StepEntries, { events, visits }: StepChanges): void {
    const { problem: problems, correct, scored } = visits;
    const { state } = this;
    const competence = state.competence;
    for (let place = 0; place < problems.length; place++) {
      const problem = problems[place] ?? 0;
      const rollouts = scored[place] ?? 0;
      if (rollouts === 0) continue;
      this.remember(entries, events.length + place, problem);
      state.rateVisit(problem, (correct[place] ?? 0) / rollouts, competence);
    }
  }

  private applyEvents(entries: StepEntries, { events }: StepChanges): void {
    events.forEach(({ problem, kind }, row) => {
      this.remember(entries, row, problem);
      if (kind === 'restart') this.state.restart(problem);
      else this.state.setCounted(problem, kind === 'include');
    });
  }

  private remember(entries: StepEntries, row: number, problem: number): void {
    entries.remember(row, problem, this.state, this.lastRow.at(problem));
    this.lastRow.set(problem, entries.firstRow + row);
  }

  /** The position of the last step that starts at or before a row; steps without rows share their start. */
  private stepOfRow(row: number): number {
    let [low, high] = [0, this.steps.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.steps[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
