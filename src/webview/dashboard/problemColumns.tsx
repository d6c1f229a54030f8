import type { JSX } from 'preact';
import type { ProblemQuery } from '../../protocol/engineApi';
import type { ProblemRow } from '../../protocol/run';
import { formatCount, formatFixed, formatInterval, formatPercent, formatSigned, formatStep } from '../parts/format';
import { wilsonInterval } from '../../core/passRateInterval';
import { DecisionButtons } from './actionButton';
import { DecisionChips } from './decisionChips';

/** What a cell shows besides its row. */
export interface RowSurroundings {
  readonly competence: number | null;
  /** Whether Tab leads to the row and so to the buttons in it. */
  readonly reachable: boolean;
}

/** One column of the problems list. `sort` names the order it stands for, `kind` its look. */
export interface ProblemColumn {
  readonly name: string;
  readonly title: string;
  readonly sort: ProblemQuery['sort'] | null;
  readonly kind: 'text' | 'number' | 'state' | 'actions';
  readonly cell: (row: ProblemRow, around: RowSurroundings) => JSX.Element | string;
}

/** The columns of the problems list, left to right. */
export const problemColumns: readonly ProblemColumn[] = [
  { name: 'Problem', title: 'The problem id', sort: 'id', kind: 'text', cell: (row) => <bdi class="mono">{row.id}</bdi> },
  { name: 'Text', title: 'The start of the problem', sort: null, kind: 'text', cell: (row) => <bdi>{row.text}</bdi> },
  {
    name: 'Difficulty',
    title: 'Mean of expected minus observed pass rate over all visits; faint below 2 visits',
    sort: 'difficulty',
    kind: 'number',
    cell: (row) => <span class={row.visits < 2 ? 'weak' : undefined}>{formatSigned(row.difficulty)}</span>,
  },
  {
    name: 'From C',
    title: 'Alignment |C − D|: the smallest are sampled next',
    sort: 'alignment',
    kind: 'number',
    cell: (row, { competence }) => formatFixed(row.difficulty === null || competence === null ? null : Math.abs(competence - row.difficulty)),
  },
  { name: 'Visits', title: 'Steps that sampled the problem', sort: 'visits', kind: 'number', cell: (row) => formatCount(row.visits) },
  {
    name: 'Pass rate',
    title: 'Share of scored rollouts that are correct, with the 95 % Wilson interval',
    sort: 'passRate',
    kind: 'number',
    cell: (row) => (
      <span class={row.visits < 2 ? 'weak' : undefined}>
        {formatPercent(row.passRate)}
        {row.passRate !== null && <span class="muted interval">{formatInterval(wilsonInterval(row.correct, row.rollouts))}</span>}
      </span>
    ),
  },
  { name: 'Last step', title: 'The latest step that sampled the problem', sort: 'lastStep', kind: 'number', cell: (row) => formatStep(row.lastStep) },
  { name: 'State', title: 'Decisions in force, and whether the trainer obeys them', sort: null, kind: 'state', cell: (row) => <DecisionChips row={row} /> },
  { name: 'Decide', title: 'Pin, exclude, relabel or clear', sort: null, kind: 'actions', cell: (row, { reachable }) => <DecisionButtons problem={row.id} standing={row} face="icon" reachable={reachable} /> },
];
