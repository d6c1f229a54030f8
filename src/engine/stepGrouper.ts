import { grown } from '../core/column';
import type { CorrectRule } from '../core/correctRule';
import type { RawColumns, StepRange } from '../logs/rolloutTable';
import { ColumnPool } from './columnPool';
import { PackedColumns } from './packedColumns';
import { chunkRows, newSums, Outcomes, RowRuns, sumNames } from './rowRuns';
import { StepGroups } from './stepGroups';
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
  private problems = new Int32Array(1024);
  private sums = newSums(1024);
  private count = 0;
  private readonly runs = new RowRuns();
  /** By run, the problem, and then the place of its group. */
  private readonly problemOfRun = new Int32Array(chunkRows);
  private readonly pool = new ColumnPool();

  /** Groups a step. */
  group(step: number, { rows, superseded, replaced }: RowsToGroup, grouping: Grouping): StepGroups {
    const { runs } = this;
    runs.clear();
    let total = 0;
    for (const { file, range } of rows) {
      this.addRows(file.table.raw, range, superseded?.subarray(total) ?? null, grouping);
      total += range.end - range.start;
    }
    const { rollouts, lengthSum, lengthCount } = runs;
    return new StepGroups(step, this.take(), { rollouts, superseded: total - rollouts, replaced, lengthSum, lengthCount });
  }

  /** Adds the rows of one file. */
  private addRows(columns: RawColumns, { start, end }: StepRange, superseded: Uint8Array | null, { rule, problemOf }: Grouping): void {
    const { codes, values } = columns.rewards;
    const outcomes = codes === null ? null : Outcomes.ofCodes(values, rule);
    for (let from = start; from < end; from += chunkRows) {
      const range = { start: from, end: Math.min(from + chunkRows, end) };
      this.runs.take(columns, range, outcomes ?? Outcomes.ofRows(columns, range, rule), superseded?.subarray(from - start) ?? null);
      this.addRuns(problemOf);
    }
  }

  private addRuns(problemOf: Grouping['problemOf']): void {
    const { runs, problemOfRun } = this;
    let highest = 0;
    for (let run = 0; run < runs.count; run++) {
      const problem = problemOf(runs.prompts[run] ?? 0);
      problemOfRun[run] = problem;
      highest = Math.max(highest, problem);
    }
    this.makeRoom(highest, this.count + runs.count);
    this.placeRuns();
    for (const name of sumNames) addUp(this.sums[name], runs.sums[name], problemOfRun, runs.count);
  }

  /** Puts the place of its group in the place of each run's problem. */
  private placeRuns(): void {
    const { places, problems, problemOfRun } = this;
    const { count } = this.runs;
    for (let run = 0; run < count; run++) {
      const problem = problemOfRun[run] ?? 0;
      if (places[problem] === 0) {
        problems[this.count] = problem;
        places[problem] = ++this.count;
      }
      problemOfRun[run] = (places[problem] ?? 0) - 1;
    }
  }

  private makeRoom(highestProblem: number, groups: number): void {
    if (highestProblem >= this.places.length) this.places = grown(this.places, new Int32Array(2 * highestProblem));
    if (groups <= this.problems.length) return;
    const [sums, capacity] = [this.sums, Math.max(groups, 2 * this.problems.length)];
    this.problems = grown(this.problems, new Int32Array(capacity));
    this.sums = newSums(capacity);
    for (const name of sumNames) this.sums[name].set(sums[name]);
  }

  /** The step's columns, cut to its groups; everything is cleared for the next step. */
  private take(): PackedColumns {
    const { problems, places, sums, count } = this;
    for (let place = 0; place < count; place++) places[problems[place] ?? 0] = 0;
    const packed = PackedColumns.of(problems.subarray(0, count), sums, this.pool);
    for (const name of sumNames) sums[name].fill(0, 0, count);
    this.count = 0;
    return packed;
  }
}

/** Adds each number to that of its place. */
function addUp(sums: Float64Array, numbers: Float64Array, places: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const place = places[i] ?? 0;
    sums[place] = (sums[place] ?? 0) + (numbers[i] ?? 0);
  }
}
