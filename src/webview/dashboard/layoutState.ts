import type { ProblemQuery } from '../../protocol/engineApi';
import { isRecord } from '../../core/json';

/** How the problems list is sorted and filtered. */
export interface ListOrder {
  readonly sort: ProblemQuery['sort'];
  readonly descending: boolean;
  readonly membership: NonNullable<ProblemQuery['membership']> | 'all';
}

/** What a person arranged on the page, and nothing else; VS Code keeps it with the panel. */
export interface LayoutState {
  /** Difficulty and competence axes reach from minus this to this. */
  readonly reach: 0.6 | 1;
  /** Ids of the chart panels that show their table. */
  readonly tables: readonly string[];
  readonly order: ListOrder;
  /** Names of the training metrics that are drawn; null leaves the choice to the host. */
  readonly metrics: readonly string[] | null;
}

const sorts: readonly ListOrder['sort'][] = ['difficulty', 'alignment', 'passRate', 'visits', 'lastStep', 'id'];
const memberships: readonly ListOrder['membership'][] = ['all', 'decided', 'pin', 'exclude', 'relabelled'];

const initial: LayoutState = { reach: 0.6, tables: [], order: { sort: 'difficulty', descending: true, membership: 'all' }, metrics: null };

/** The layout in what VS Code kept; anything that is missing or damaged takes its initial value. */
export function readLayout(kept: unknown): LayoutState {
  if (!isRecord(kept)) return initial;
  const tables = textsIn(kept['tables']) ?? initial.tables;
  return { reach: kept['reach'] === 1 ? 1 : 0.6, tables, order: readOrder(kept['order']), metrics: textsIn(kept['metrics']) };
}

function textsIn(kept: unknown): readonly string[] | null {
  return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string') : null;
}

function readOrder(kept: unknown): ListOrder {
  if (!isRecord(kept)) return initial.order;
  return {
    sort: sorts.find((sort) => sort === kept['sort']) ?? initial.order.sort,
    descending: typeof kept['descending'] === 'boolean' ? kept['descending'] : initial.order.descending,
    membership: memberships.find((name) => name === kept['membership']) ?? initial.order.membership,
  };
}
