import { countBefore } from '../ordered';
import type { OrderKey } from './strategy';

/** Where a problem stands among the candidates: places count from 1, equal keys share the first of theirs. */
export interface Place {
  readonly rank: number;
  /** How many candidates have the same key, itself included. */
  readonly tied: number;
}

/** Orders by turn, then rank. */
export function compareKeys(a: OrderKey, b: OrderKey): number {
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1);
}

/** The places of some problems among all candidates, in one pass over these: O(N log of how many are asked for). */
export function placesAmong(wanted: readonly number[], candidates: Iterable<number>, keyOf: (problem: number) => OrderKey): ReadonlyMap<number, Place> {
  const keys = wanted.map((problem) => ({ problem, key: keyOf(problem) })).sort((a, b) => compareKeys(a.key, b.key));
  const distinct = keys.filter(({ key }, at) => at === 0 || compareKeys(keys[at - 1]?.key ?? key, key) !== 0).map(({ key }) => key);
  // `before[i]`: candidates between distinct key i - 1 and i; `equal[i]`: those that have key i.
  const [before, equal] = [new Array<number>(distinct.length + 1).fill(0), new Array<number>(distinct.length).fill(0)];
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const at = firstNotBefore(distinct, key);
    const found = distinct[at];
    if (found !== undefined && compareKeys(found, key) === 0) equal[at] = (equal[at] ?? 0) + 1;
    else before[at] = (before[at] ?? 0) + 1;
  }
  const places: Place[] = [];
  let passed = 0;
  distinct.forEach((_, at) => {
    passed += before[at] ?? 0;
    places.push({ rank: passed + 1, tied: equal[at] ?? 0 });
    passed += equal[at] ?? 0;
  });
  return new Map(keys.flatMap(({ problem, key }) => {
    const place = places[firstNotBefore(distinct, key)];
    return place === undefined ? [] : [[problem, place] as const];
  }));
}

/** The position of the first key that does not come before `key`. */
function firstNotBefore(keys: readonly OrderKey[], key: OrderKey): number {
  return countBefore(keys.length, (index) => compareKeys(keys[index] ?? key, key) < 0);
}
