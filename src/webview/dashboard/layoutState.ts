import type { ProblemQuery } from '../../protocol/engineApi';
import { isRecord } from '../../core/json';

/** How the problems list is sorted and filtered. */
export interface ListOrder {
  readonly sort: ProblemQuery['sort'];
  readonly descending: boolean;
  readonly membership: NonNullable<ProblemQuery['membership']> | 'all';
}

/** Where a person is in the dashboard of one run. */
export interface Place {
  readonly problem: string | null;
  /** The step whose groups are listed. */
  readonly step: number | null;
  readonly search: string;
  /** How far down the page and the problems list are scrolled. */
  readonly pageTop: number;
  readonly listTop: number;
}

/** What a person arranged on the page, and nothing else; VS Code keeps it with the panel. */
export interface LayoutState {
  /** The run that is shown: after a reload the extension opens the panel on it. */
  readonly run: string | null;
  /** Where the person is in that run. VS Code tears down a page that is hidden. */
  readonly place: Place;
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

/** Where every run begins. */
export const firstPlace: Place = { problem: null, step: null, search: '', pageTop: 0, listTop: 0 };

const initial: LayoutState = { run: null, place: firstPlace, reach: 0.6, tables: [], order: { sort: 'difficulty', descending: true, membership: 'all' }, metrics: null };

/** The layout in what VS Code kept; anything that is missing or damaged takes its initial value. */
export function readLayout(kept: unknown): LayoutState {
  if (!isRecord(kept)) return initial;
  const tables = textsIn(kept['tables']) ?? initial.tables;
  return {
    run: textIn(kept['run']),
    place: readPlace(kept['place']),
    reach: kept['reach'] === 1 ? 1 : 0.6,
    tables,
    order: readOrder(kept['order']),
    metrics: textsIn(kept['metrics']),
  };
}

function readPlace(kept: unknown): Place {
  if (!isRecord(kept)) return firstPlace;
  return {
    problem: textIn(kept['problem']),
    step: typeof kept['step'] === 'number' ? kept['step'] : null,
    search: textIn(kept['search']) ?? '',
    pageTop: pixelsIn(kept['pageTop']),
    listTop: pixelsIn(kept['listTop']),
  };
}

function pixelsIn(kept: unknown): number {
  return typeof kept === 'number' && kept >= 0 ? kept : 0;
}

function textIn(kept: unknown): string | null {
  return typeof kept === 'string' ? kept : null;
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
