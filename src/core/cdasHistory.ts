import { CdasState, type CdasMode } from './cdas';
import { Column } from './column';
import { HistoryRows, type EntryKind, type HeldBefore, type StepChanges, type StepEvent } from './historyRows';
import { countBefore } from './ordered';

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

/** The same up to one row, with the row of the last visit. */
type KeptTally = Pick<VisitTally, 'correct' | 'scored'> & { readonly lastRow: number; readonly visitRow: number };

const noVisits: KeptTally = { lastRow: -1, correct: 0, scored: 0, visitRow: -1 };
/** So many rows are looked through again rather than kept. */
const rowsWorthKeeping = 64;

/**
 * The CDAS fold with memory: every step can be taken back exactly, so a rewritten step costs a replay from there on
 * and not from the start. Per visit it keeps what the problem held before, per step what the mean was.
 */
export class CdasHistory {
  readonly state: CdasState;
  private readonly rows = new HistoryRows();
  /** For each step its number, its first row, the sum of difficulties before it and the competence after it. */
  private readonly steps = new Column(Float64Array);
  private readonly firstRows = new Column(Int32Array);
  private readonly sumsBefore = new Column(Float64Array);
  private readonly competences = new Column(Float64Array);
  /** The problems that joined, step after step, and for each step the place of its first one. */
  private readonly joined = new Column(Int32Array);
  private readonly firstJoined = new Column(Int32Array);
  /** The newest row of each problem; -1 for none. */
  private readonly lastRow = new Column(Int32Array);
  /** What the rows of a problem up to one of them come to. */
  private readonly tallies = new Map<number, KeptTally>();

  constructor(mode: CdasMode) {
    this.state = new CdasState(mode);
  }

  get stepCount(): number {
    return this.steps.length;
  }

  /** Adds so many problems at once; those that are not counted from the start join the mean with a step, or by an `include` event. */
  addProblems(count: number, counted: boolean): void {
    this.lastRow.extend(count, -1);
    this.state.addProblems(count, counted);
  }

  stepAt(stepIndex: number): number | undefined {
    return stepIndex >= 0 && stepIndex < this.stepCount ? this.steps.at(stepIndex) : undefined;
  }

  /** Competence after the step at this position. */
  competenceAfter(stepIndex: number): number | undefined {
    return stepIndex >= 0 && stepIndex < this.stepCount ? this.competences.at(stepIndex) : undefined;
  }

  /** Appends one step: problems join first, then its events take effect, then its visits are rated together. */
  appendStep({ step, joining, events, visits }: StepChanges): void {
    const firstRow = this.rows.length;
    this.steps.push(step);
    this.firstRows.push(firstRow);
    this.sumsBefore.push(this.state.difficultySum);
    this.join(joining);
    this.rows.appendEvents(events);
    this.applyEvents(events, firstRow);
    this.rows.appendVisits(visits, this.state.columns, this.lastRow.view());
    this.state.rateVisits(visits);
    this.competences.push(this.state.competence);
  }

  /** Takes back all steps from this position on. */
  rewindTo(stepIndex: number): void {
    if (stepIndex < this.stepCount) this.tallies.clear();
    for (let last = this.stepCount - 1; last >= stepIndex; last--) {
      const firstRow = this.firstRows.at(last);
      for (let row = this.rows.length - 1; row >= firstRow; row--) {
        if (!this.rows.isRated(row)) continue;
        const problem = this.rows.problem(row);
        this.state.restore(problem, this.rows.before(row));
        this.lastRow.set(problem, this.rows.previousOf(row));
      }
      this.rows.truncate(firstRow);
      this.takeBackJoined(this.firstJoined.at(last));
      this.state.difficultySum = this.sumsBefore.at(last);
    }
    for (const column of [this.steps, this.firstRows, this.sumsBefore, this.competences, this.firstJoined]) column.truncate(Math.max(0, stepIndex));
  }

  /** What happened to a problem, oldest first. */
  entriesOf(problem: number): HistoryEntry[] {
    const { rows } = this;
    const found: HistoryEntry[] = [];
    let difficultyAfter = this.state.difficulty(problem);
    this.walkBack(problem, (row) => {
      found.push({ kind: rows.kind(row), stepIndex: this.stepOfRow(row), correct: rows.correct(row), scored: rows.scored(row), difficultyAfter });
      difficultyAfter = rows.before(row).difficulty;
      return true;
    });
    return found.reverse();
  }

  /** What a problem's visits come to. Of one with many visits that is kept, and added to. */
  tallyOf(problem: number): VisitTally {
    const { rows } = this;
    const known = this.tallies.get(problem);
    let { correct, scored, visitRow } = known ?? noVisits;
    const since: number[] = [];
    this.walkBack(problem, (row) => row !== known?.lastRow && since.push(row) > 0);
    // The oldest first, so that sums of fractions are the same however often they are asked for.
    for (let i = since.length - 1; i >= 0; i--) {
      const row = since[i] ?? -1;
      const kind = rows.kind(row);
      if (kind === 'restart') [correct, scored] = [0, 0];
      if (kind !== 'visit') continue;
      correct += rows.correct(row);
      scored += rows.scored(row);
      visitRow = row;
    }
    if (since.length > rowsWorthKeeping) this.tallies.set(problem, { lastRow: since[0] ?? -1, correct, scored, visitRow });
    return { correct, scored, lastVisit: visitRow < 0 ? -1 : this.stepOfRow(visitRow) };
  }

  /** Each problem that a step changed, once, with what it held before the step; valid until another step is asked for. */
  changesOf(stepIndex: number): HeldBefore {
    if (stepIndex < 0 || stepIndex >= this.stepCount) return this.rows.changesIn(0, 0);
    const end = stepIndex + 1 === this.stepCount ? this.rows.length : this.firstRows.at(stepIndex + 1);
    return this.rows.changesIn(this.firstRows.at(stepIndex), end);
  }

  /** Calls back for a problem's rows from the newest back, as long as it is told to go on. */
  private walkBack(problem: number, callback: (row: number) => boolean): void {
    let row = problem < this.lastRow.length ? this.lastRow.at(problem) : -1;
    while (row >= 0 && callback(row)) row = this.rows.previousOf(row);
  }

  private join(problems: Iterable<number>): void {
    this.firstJoined.push(this.joined.length);
    for (const problem of problems) {
      if (this.state.isCounted(problem)) continue;
      this.joined.push(problem);
      this.state.setCounted(problem, true);
    }
  }

  private takeBackJoined(first: number): void {
    for (let place = first; place < this.joined.length; place++) this.state.setCounted(this.joined.at(place), false);
    this.joined.truncate(first);
  }

  private applyEvents(events: readonly StepEvent[], firstRow: number): void {
    events.forEach(({ problem, kind }, i) => {
      this.rows.remember(firstRow + i, this.state, this.lastRow.at(problem));
      this.lastRow.set(problem, firstRow + i);
      if (kind === 'restart') this.state.restart(problem);
      else this.state.setCounted(problem, kind === 'include');
    });
  }

  /** The position of the last step that starts at or before a row; steps without rows share their start. */
  private stepOfRow(row: number): number {
    return countBefore(this.stepCount, (stepIndex) => this.firstRows.at(stepIndex) <= row) - 1;
  }
}
