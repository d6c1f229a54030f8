import { correctness, type CorrectRule } from '../core/correctRule';
import type { RolloutTable } from '../logs/rolloutTable';
import { StepGroups, type GroupColumns } from './stepGroups';
import type { StepRows } from './stepRows';

/** How the rollouts of a run are judged, and whose they are. */
export interface Grouping {
  readonly rule: CorrectRule;
  /** The problem of a prompt, by dense index. */
  readonly problemOf: (prompt: number) => number;
}

/** The rows of a step. */
export interface RowsToGroup {
  readonly rows: readonly StepRows[];
  /** 1 for each of them that does not count, through all parts; null when all do. */
  readonly superseded: Uint8Array | null;
  /** How many other rows they stand for. */
  readonly replaced: number;
}

/** Groups the rollouts of one step after another by problem, in columns that are used again for the next step. */
export class StepGrouper {
  /** By problem, where its group is among those of the step at hand, plus one; 0 for none. */
  private places = new Int32Array(1024);
  private columns = newColumns(1024);
  private count = 0;
  private lengthSum = 0;
  private lengthCount = 0;

  /** Groups a step. */
  group(step: number, { rows, superseded, replaced }: RowsToGroup, { rule, problemOf }: Grouping): StepGroups {
    const judge = new Judge(rule);
    let [ordinal, rollouts] = [0, 0];
    [this.count, this.lengthSum, this.lengthCount] = [0, 0, 0];
    for (const { file, range } of rows) {
      const { table } = file;
      let [prompt, place] = [-1, 0];
      for (let row = range.start; row < range.end; row++, ordinal++) {
        if (superseded?.[ordinal] === 1) continue;
        rollouts++;
        // The rollouts of a group mostly follow each other.
        if (table.prompt(row) !== prompt) {
          prompt = table.prompt(row);
          place = this.placeOf(problemOf(prompt));
        }
        this.add(place, table, row);
        this.judge(place, judge.correctness(table, row));
      }
    }
    const { lengthSum, lengthCount } = this;
    return new StepGroups(step, this.take(), { rollouts, superseded: ordinal - rollouts, replaced, lengthSum, lengthCount });
  }

  private placeOf(problem: number): number {
    if (problem >= this.places.length) this.places = grown(this.places, new Int32Array(2 * problem));
    const known = this.places[problem] ?? 0;
    if (known > 0) return known - 1;
    if (this.count === this.columns.problem.length) this.growColumns();
    const place = this.count++;
    this.places[problem] = place + 1;
    this.columns.problem[place] = problem;
    return place;
  }

  private add(place: number, table: RolloutTable, row: number): void {
    const { n, rewardSum, rewarded } = this.columns;
    n[place] = (n[place] ?? 0) + 1;
    const reward = table.reward(row);
    if (reward !== null) {
      rewardSum[place] = (rewardSum[place] ?? 0) + reward;
      rewarded[place] = (rewarded[place] ?? 0) + 1;
    }
    const length = table.lengthChars(row);
    if (length === null) return;
    this.lengthSum += length;
    this.lengthCount++;
  }

  private judge(place: number, correctness: number | null): void {
    if (correctness === null) return;
    const { correct, scored } = this.columns;
    correct[place] = (correct[place] ?? 0) + correctness;
    scored[place] = (scored[place] ?? 0) + 1;
  }

  /** The step's columns, cut to its groups; everything is cleared for the next step. */
  private take(): GroupColumns {
    const { columns, count } = this;
    for (let place = 0; place < count; place++) this.places[columns.problem[place] ?? 0] = 0;
    return {
      problem: taken(columns.problem, count),
      n: taken(columns.n, count),
      scored: taken(columns.scored, count),
      correct: taken(columns.correct, count),
      rewardSum: taken(columns.rewardSum, count),
      rewarded: taken(columns.rewarded, count),
    };
  }

  private growColumns(): void {
    const { problem, n, scored, correct, rewardSum, rewarded } = this.columns;
    const larger = newColumns(2 * problem.length);
    this.columns = {
      problem: grown(problem, larger.problem),
      n: grown(n, larger.n),
      scored: grown(scored, larger.scored),
      correct: grown(correct, larger.correct),
      rewardSum: grown(rewardSum, larger.rewardSum),
      rewarded: grown(rewarded, larger.rewarded),
    };
  }
}

/** Judges rollouts; the last verdict is remembered, as there are few different ones. */
class Judge {
  private reward: number | null = null;
  private said: boolean | null = null;
  private verdict: number | null;

  constructor(private readonly rule: CorrectRule) {
    this.verdict = correctness(rule, null, null);
  }

  correctness(table: RolloutTable, row: number): number | null {
    if (!table.isScored(row)) return null;
    const reward = table.reward(row);
    const said = table.explicitCorrect(row);
    if (reward === this.reward && said === this.said) return this.verdict;
    [this.reward, this.said] = [reward, said];
    this.verdict = correctness(this.rule, reward, said);
    return this.verdict;
  }
}

type Numbers = Int32Array | Float64Array;

function newColumns(capacity: number): GroupColumns {
  return {
    problem: new Int32Array(capacity),
    n: new Int32Array(capacity),
    scored: new Int32Array(capacity),
    correct: new Float64Array(capacity),
    rewardSum: new Float64Array(capacity),
    rewarded: new Int32Array(capacity),
  };
}

function grown<Column extends Numbers>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}

function taken<Column extends Numbers>(column: Column, count: number): Column {
  // A copy of a column is one of the same kind; the library's type of the union cannot say so.
  const copy = column.slice(0, count) as Column;
  column.fill(0, 0, count);
  return copy;
}
