import type { ColumnPool } from './columnPool';
import type { Sums } from './outcomes';
import type { GroupColumns } from './stepGroups';

/** Which columns hold the same as another and are not there a second time: `scored` and `rewarded` as `n`, `rewardSum` as `correct`. */
const same = { scored: 1, rewarded: 2, rewardSum: 4 } as const;

let unpackedLast: { readonly packed: PackedColumns; readonly columns: GroupColumns } | null = null;

/** The columns of a step's groups in one place; there are very many steps, so that no view of them is kept. */
export class PackedColumns {
  private constructor(
    private readonly buffer: ArrayBuffer,
    private readonly offset: number,
    readonly length: number,
    private readonly shared: number,
  ) {}

  /** A copy of the first sums, as many as there are problems. Mostly all rollouts are scored and a reward is 1 or 0, so that columns are the same. */
  static of(problems: Int32Array, sums: Sums, pool: ColumnPool): PackedColumns {
    const { length } = problems;
    const { n, scored, correct, rewardSum, rewarded } = sums;
    const shared = sharedIn(sums, length);
    const { buffer, offset } = pool.take(bytesFor(shared) * length);
    const packed = new PackedColumns(buffer, offset, length, shared);
    const columns = packed.unpack();
    columns.problem.set(problems);
    copyCounts(columns.n, n);
    copySums(columns.correct, correct);
    if ((shared & same.scored) === 0) copyCounts(columns.scored, scored);
    if ((shared & same.rewarded) === 0) copyCounts(columns.rewarded, rewarded);
    if ((shared & same.rewardSum) === 0) copySums(columns.rewardSum, rewardSum);
    return packed;
  }

  /** Views of the columns, made for the asker. */
  unpack(): GroupColumns {
    // One step is mostly asked for several times in a row.
    if (unpackedLast?.packed !== this) unpackedLast = { packed: this, columns: this.makeViews() };
    return unpackedLast.columns;
  }

  private makeViews(): GroupColumns {
    const { buffer, length, shared } = this;
    let at = this.offset;
    const next = (bytes: number): number => (at += bytes * length) - bytes * length;
    const correct = new Float64Array(buffer, next(8), length);
    const rewardSum = (shared & same.rewardSum) === 0 ? new Float64Array(buffer, next(8), length) : correct;
    const problem = new Int32Array(buffer, next(4), length);
    const n = new Int32Array(buffer, next(4), length);
    const scored = (shared & same.scored) === 0 ? new Int32Array(buffer, next(4), length) : n;
    const rewarded = (shared & same.rewarded) === 0 ? new Int32Array(buffer, next(4), length) : n;
    return { problem, n, scored, correct, rewardSum, rewarded };
  }
}

// Two functions, since one that is given arrays of two kinds is slow.
function copyCounts(into: Int32Array, counts: Float64Array): void {
  for (let place = 0; place < into.length; place++) into[place] = counts[place] ?? 0;
}

function copySums(into: Float64Array, sums: Float64Array): void {
  for (let place = 0; place < into.length; place++) into[place] = sums[place] ?? 0;
}

function bytesFor(shared: number): number {
  const of = (column: number, bytes: number): number => ((shared & column) === 0 ? bytes : 0);
  return 16 + of(same.rewardSum, 8) + of(same.scored, 4) + of(same.rewarded, 4);
}

/** Which of the first sums are the same as others. */
function sharedIn({ n, scored, correct, rewardSum, rewarded }: Sums, length: number): number {
  let shared = same.scored | same.rewarded | same.rewardSum;
  for (let place = 0; place < length; place++) {
    if (scored[place] !== n[place]) shared &= ~same.scored;
    if (rewarded[place] !== n[place]) shared &= ~same.rewarded;
    if (rewardSum[place] !== correct[place]) shared &= ~same.rewardSum;
  }
  return shared;
}
