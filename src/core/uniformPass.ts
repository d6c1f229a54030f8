import { pythonShuffle } from './pythonShuffle';

/** Where a trainer is in its passes over the dataset: which pass, and how many rows of it are drawn. */
export interface PassPosition {
  readonly epoch: number;
  readonly offset: number;
}

/** What the rows of a pass become under the decisions in force. */
export interface RowRules {
  readonly isExcluded: (row: number) => boolean;
  /** The rows that go in first. */
  readonly pinned: readonly number[];
}

const mask = (1n << 64n) - 1n;
/** How many rows are tried before one is taken twice. */
const probes = 64;

/** The position of the next batch: a pass that has no whole batch left gives way to the next one. */
export function nextPosition(at: PassPosition, rows: number, size: number): PassPosition {
  return at.offset > 0 && at.offset + size > rows ? { epoch: at.epoch + 1, offset: 0 } : at;
}

/** The position after so many more batches have been drawn. */
export function positionAfter(from: PassPosition, draws: number, { rows, size }: { readonly rows: number; readonly size: number }): PassPosition {
  let at = from;
  for (let draw = 0; draw < draws; draw++) {
    const { epoch, offset } = nextPosition(at, rows, size);
    at = { epoch, offset: offset + size };
  }
  return at;
}

/** The rows of a batch in a uniform pass, as the trainer package draws them (`chooser.py`, `substitution.py`). */
export function uniformBatch(position: PassPosition, { rows, size, seed }: { readonly rows: number; readonly size: number; readonly seed: number }, rules: RowRules): readonly number[] {
  const order = pythonShuffle(rows, `${seed}/${position.epoch}`);
  const window = Array.from({ length: size }, (_, at) => order[(position.offset + at) % rows] ?? 0);
  const number = (row: number): bigint => mixed([seed, position.epoch, row]);
  return withoutExcluded(withPinned(window, rules, number), { rows, rules, number });
}

/** Pinned rows take the places of excluded ones, then of ordinary ones. */
function withPinned(window: readonly number[], { isExcluded, pinned }: RowRules, number: (row: number) => bigint): number[] {
  const batch = [...window];
  const [wanted, present] = [new Set(pinned), new Set(window)];
  const keys = batch.map((row) => ({ free: isExcluded(row) ? 0 : 1, number: number(row) }));
  const places = [...batch.keys()].sort((a, b) => compare(keys[a], keys[b]) || a - b).filter((at) => !wanted.has(batch[at] ?? -1));
  for (const pin of pinned) {
    const at = present.has(pin) ? undefined : places.shift();
    if (at !== undefined) batch[at] = pin;
  }
  return batch;
}

interface PlaceKey {
  readonly free: number;
  readonly number: bigint;
}

function compare(a: PlaceKey | undefined, b: PlaceKey | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.free - b.free || (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
}

function withoutExcluded(batch: number[], { rows, rules, number }: { readonly rows: number; readonly rules: RowRules; readonly number: (row: number) => bigint }): number[] {
  const excluded = batch.filter(rules.isExcluded);
  if (excluded.length === 0) return batch;
  const allowed = Array.from({ length: rows }, (_, row) => row).filter((row) => !rules.isExcluded(row));
  const held = new Set(batch);
  return batch.map((row) => {
    if (!rules.isExcluded(row)) return row;
    const stand = standIn(allowed, held, Number(number(row) % BigInt(Math.max(1, allowed.length))));
    held.add(stand);
    return stand;
  });
}

function standIn(allowed: readonly number[], held: ReadonlySet<number>, start: number): number {
  for (let probe = 0; probe < Math.min(probes, allowed.length); probe++) {
    const row = allowed[(start + probe) % allowed.length];
    if (row !== undefined && !held.has(row)) return row;
  }
  return allowed[start] ?? 0;
}

/** A number that looks random and is the same in the trainer package (splitmix64 steps). */
function mixed(numbers: readonly number[]): bigint {
  let state = 0n;
  for (const number of numbers) {
    state = ((state ^ (BigInt(number) & mask)) + 0x9e3779b97f4a7c15n) & mask;
    state = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    state = ((state ^ (state >> 27n)) * 0x94d049bb133111ebn) & mask;
    state ^= state >> 31n;
  }
  return state;
}
