import { grown } from '../../core/column';
import type { CorrectRule } from '../../core/correctRule';
import { isTallied, talliesOf, tallyRows, type RowTally } from '../../logs/columns/rowTally';
import type { StepRows } from '../reading/stepRows';
import { ColumnPool } from './columnPool';
import { addEntries, newSums, Outcomes, sumNames } from './outcomes';
import { PackedColumns } from './packedColumns';
import { StepGroups } from './stepGroups';

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

/** A table of more rows is left as it is: where it goes on, all of it would be spread and packed each time. */
const maxPackedRows = 1 << 18;
const noRule: CorrectRule = { kind: 'none', text: '' };

/** Groups the rollouts of one step after another by problem, in columns that are used again for the next step. */
export class StepGrouper {
  /** By problem, where its group is among those of the step at hand, plus one; 0 for none. */
  private places = new Int32Array(1024);
  private problems = new Int32Array(1024);
  private sums = newSums(1024);
  private count = 0;
  /** By entry of a tally, the problem, and then the place of its group. */
  private readonly placeOfEntry = new Int32Array(tallyRows);
  private outcomes = new Outcomes(noRule, new Float64Array());
  private readonly pool = new ColumnPool();

  /** Groups a step. */
  group(step: number, { rows, superseded, replaced }: RowsToGroup, grouping: Grouping): StepGroups {
    let [total, lengthSum, lengthCount] = [0, 0, 0];
    for (const { file, range } of rows) {
      for (const tally of talliesOf(file.table, range, superseded?.subarray(total) ?? null)) {
        this.add(tally, grouping);
        lengthSum += tally.lengthSum;
        lengthCount += tally.lengthCount;
      }
      total += range.end - range.start;
    }
    packTables(rows);
    const rollouts = this.countRollouts();
    const packed = this.take();
    return new StepGroups(step, packed, { rollouts, superseded: total - rollouts, replaced, lengthSum, lengthCount });
  }

  private add(tally: RowTally, { rule, problemOf }: Grouping): void {
    if (!this.outcomes.fits(rule, tally.rewards)) this.outcomes = new Outcomes(rule, tally.rewards);
    this.findProblems(tally, problemOf);
    this.findPlaces(tally.prompts.length);
    for (const name of sumNames) addEntries(this.sums[name], tally, this.outcomes.sums[name], this.placeOfEntry);
  }

  private findProblems({ prompts }: RowTally, problemOf: Grouping['problemOf']): void {
    let [last, problem, highest] = [-1, 0, 0];
    for (let entry = 0; entry < prompts.length; entry++) {
      const prompt = prompts[entry] ?? 0;
      if (prompt !== last) problem = problemOf(prompt);
      last = prompt;
      highest = Math.max(highest, problem);
      this.placeOfEntry[entry] = problem;
    }
    this.makeRoom(highest, this.count + prompts.length);
  }

  /** Puts the place of its group in the place of each entry's problem. */
  private findPlaces(entries: number): void {
    const { places, problems, placeOfEntry } = this;
    let { count } = this;
    for (let entry = 0; entry < entries; entry++) {
      const problem = placeOfEntry[entry] ?? 0;
      if (places[problem] === 0) {
        problems[count] = problem;
        places[problem] = ++count;
      }
      placeOfEntry[entry] = (places[problem] ?? 0) - 1;
    }
    this.count = count;
  }

  private makeRoom(highestProblem: number, groups: number): void {
    if (highestProblem >= this.places.length) this.places = grown(this.places, new Int32Array(2 * highestProblem));
    if (groups <= this.problems.length) return;
    const [sums, capacity] = [this.sums, Math.max(groups, 2 * this.problems.length)];
    this.problems = grown(this.problems, new Int32Array(capacity));
    this.sums = newSums(capacity);
    for (const name of sumNames) this.sums[name].set(sums[name]);
  }

  private countRollouts(): number {
    const { n } = this.sums;
    let rollouts = 0;
    for (let place = 0; place < this.count; place++) rollouts += n[place] ?? 0;
    return rollouts;
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

/** Packs the tables of rows that are not needed to group them again. */
function packTables(rows: readonly StepRows[]): void {
  for (const { file } of rows) if (file.table.length <= maxPackedRows && isTallied(file.table)) file.table.pack();
}
