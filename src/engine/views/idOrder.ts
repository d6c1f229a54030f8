import { setImmediate as nextTurn } from 'node:timers/promises';
import { countBefore } from '../../core/ordered';
import type { ProblemRegistry } from '../rating/problemRegistry';
import { byText, compareTexts, TextKeys } from './problemOrder';

/** So many ids are put together in one turn. */
const idsPerTurn = 8192;
/** So many problems that came are put in their places among all others. */
const fewProblems = 1024;

/** All problems of a registry in the order of their ids, as long as the problems are the same. */
export interface IdOrder {
  readonly registry: ProblemRegistry;
  readonly adopted: number;
  readonly problems: Int32Array;
}

const orders = new WeakMap<ProblemRegistry, IdOrder>();
const underWay = new WeakMap<ProblemRegistry, Promise<IdOrder>>();

/** Orders problems by id, very many of them in turns, and again only what came since. They may have changed once it is there; see `isCurrent`. */
export async function orderById(registry: ProblemRegistry): Promise<IdOrder> {
  const known = orders.get(registry);
  const kept = known === undefined ? null : withNewer(known);
  if (kept !== null) {
    orders.set(registry, kept);
    return kept;
  }
  const order = underWay.get(registry) ?? orderAll(registry).finally(() => underWay.delete(registry));
  underWay.set(registry, order);
  return order;
}

/** Whether an order is that of all problems that a registry has now. */
export function isCurrent({ registry, adopted, problems }: IdOrder, now: ProblemRegistry): boolean {
  return registry === now && problems.length === now.length && adopted === now.adopted;
}

async function orderAll(registry: ProblemRegistry): Promise<IdOrder> {
  const { adopted } = registry;
  const keys = new TextKeys((problem) => registry.at(problem)?.id ?? '');
  while (keys.length < registry.length) {
    keys.add(problemsFrom(keys.length, Math.min(registry.length, keys.length + idsPerTurn)));
    await nextTurn();
  }
  const order = { registry, adopted, problems: keys.order(false) };
  orders.set(registry, order);
  return order;
}

/** Null where very many came, or ids are others. */
function withNewer(order: IdOrder): IdOrder | null {
  const { registry, adopted, problems } = order;
  const came = registry.length - problems.length;
  if (adopted !== registry.adopted || came > fewProblems) return null;
  if (came === 0) return order;
  const idOf = (problem: number): string => registry.at(problem)?.id ?? '';
  const merged = new Int32Array(registry.length);
  let from = 0;
  byText(problemsFrom(problems.length, registry.length), idOf, false).forEach((problem, i) => {
    const id = idOf(problem);
    const end = countBefore(problems.length, (place) => compareTexts(idOf(problems[place] ?? 0), id) <= 0);
    merged.set(problems.subarray(from, end), from + i);
    merged[end + i] = problem;
    from = end;
  });
  merged.set(problems.subarray(from), from + came);
  return { registry, adopted, problems: merged };
}

function problemsFrom(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}
