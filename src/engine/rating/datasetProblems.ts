import { Column } from '../../core/column';
import type { DatasetColumns } from '../../logs/datasets/datasetColumns';
import { RowChains } from '../../logs/datasets/rowChains';
import { TextIndex } from './textIndex';

/** Which rows of a dataset are the same problem. */
interface Grouping {
  readonly problemOfRow: Column<Int32Array>;
  readonly firstRows: Column<Int32Array>;
  readonly sameProblem: RowChains;
}

const textId = /^h:([0-9a-f]{16})(?:~[0-9a-f]{4})?$/;

/** The problems of a dataset, numbered in the order of their first rows; rows are one problem where they have one id. */
export class DatasetProblems {
  /** Null where each row is a problem of its own, so that nothing has to be kept. */
  private readonly grouping: Grouping | null;

  constructor(
    private readonly index: DatasetColumns,
    private readonly usesExplicitIds: boolean,
  ) {
    this.grouping = index.areDistinct(usesExplicitIds) ? null : this.group();
  }

  get length(): number {
    return this.grouping?.firstRows.length ?? this.index.length;
  }

  problemOf(row: number): number {
    return this.grouping?.problemOfRow.at(row) ?? row;
  }

  firstRowOf(problem: number): number {
    return this.grouping?.firstRows.at(problem) ?? problem;
  }

  /** The rows of a problem, in order. */
  rowsOf(problem: number): readonly number[] {
    return this.grouping?.sameProblem.rowsFrom(this.firstRowOf(problem)) ?? [problem];
  }

  idOf(problem: number): string {
    return this.index.problemId(this.firstRowOf(problem), this.usesExplicitIds);
  }

  /** The problem with an id; undefined when the dataset has none. */
  indexOf(id: string): number | undefined {
    const row = this.rowsThatMayHave(id).find((each) => this.index.problemId(each, this.usesExplicitIds) === id);
    return row === undefined ? undefined : this.problemOf(row);
  }

  private rowsThatMayHave(id: string): readonly number[] {
    const hash = textId.exec(id)?.[1];
    const explicit = this.usesExplicitIds ? this.index.rowsWithId(id) : [];
    return hash === undefined ? explicit : [...explicit, ...this.index.rowsWithHash(hash)];
  }

  private group(): Grouping {
    const { index } = this;
    const [problemOfRow, firstRows, sameProblem] = [new Column(Int32Array), new Column(Int32Array), new RowChains()];
    const idOfRow = (row: number): string => index.problemId(row, this.usesExplicitIds);
    const byId = new TextIndex((problem) => idOfRow(firstRows.at(problem)));
    for (let row = 0; row < index.length; row++) {
      const id = idOfRow(row);
      const known = byId.get(id);
      problemOfRow.push(known ?? firstRows.length);
      if (known !== undefined) sameProblem.add(firstRows.at(known), row);
      else {
        firstRows.push(row);
        byId.set(id, firstRows.length - 1);
      }
    }
    return { problemOfRow, firstRows, sameProblem };
  }
}

const known = new WeakMap<DatasetColumns, Map<boolean, DatasetProblems>>();

/** The problems of a dataset, found once. */
export function problemsOf(index: DatasetColumns, usesExplicitIds: boolean): DatasetProblems {
  const found = known.get(index) ?? new Map<boolean, DatasetProblems>();
  const problems = found.get(usesExplicitIds) ?? new DatasetProblems(index, usesExplicitIds);
  known.set(index, found.set(usesExplicitIds, problems));
  return problems;
}
