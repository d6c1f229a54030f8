import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatNumberOf } from '../parts/format';
import type { ListOrder } from './layoutState';

const filters: readonly (readonly [ListOrder['membership'], string])[] = [
  ['all', 'All problems'],
  ['decided', 'With a decision'],
  ['pin', 'Pinned'],
  ['exclude', 'Excluded'],
  ['relabelled', 'Relabelled'],
];

const typingPauseMs = 200;

interface ProblemToolbarProps {
  readonly total: number | null;
  readonly order: ListOrder;
  readonly onOrder: (order: ListOrder) => void;
  readonly search: string;
  readonly onSearch: (text: string) => void;
}

/** Search and filter of the problems list; the search waits for a pause in typing. */
export function ProblemToolbar({ total, order, onOrder, search, onSearch }: ProblemToolbarProps): JSX.Element {
  const [typed, setTyped] = useState(search);
  useEffect(() => {
    if (typed.trim() === search) return undefined;
    const timer = setTimeout(() => onSearch(typed.trim()), typingPauseMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const choose = (value: string): void => onOrder({ ...order, membership: filters.find(([name]) => name === value)?.[0] ?? 'all' });
  return (
    <div class="toolbar">
      <input type="search" class="search" placeholder="Search ids and text" aria-label="Search problems by id or text" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      <select aria-label="Show problems" value={order.membership} onChange={(event) => choose(event.currentTarget.value)}>
        {filters.map(([name, label]) => <option key={name} value={name}>{label}</option>)}
      </select>
      <span class="muted" role="status">{total === null ? '' : formatNumberOf(total, 'problem')}</span>
    </div>
  );
}
