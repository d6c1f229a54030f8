import type { JSX } from 'preact';
import type { DashboardState } from '../../protocol/dashboard';
import { formatCount, formatFixed, formatPercent } from '../parts/format';
import type { Trend } from '../parts/trend';
import { lastKnown, trendOf } from '../parts/trend';
import { groupShares } from './groupShares';

interface Stat {
  readonly name: string;
  readonly swatch: string;
  readonly value: string;
  readonly trend: Trend;
  readonly note: string;
}

const arrows: Record<Trend, string> = { rising: '↗', falling: '↘', steady: '→', unknown: '' };

/** The newest figures of the run at a glance, each with where it is going. */
export function Stats({ state }: { readonly state: DashboardState }): JSX.Element | null {
  const { series, curation } = state;
  const shares = groupShares(state);
  if (lastKnown(series.competence) === null && lastKnown(series.passRate) === null) return null;
  const stats: readonly Stat[] = [
    { name: 'Competence', swatch: 'competence', value: formatFixed(lastKnown(series.competence)), trend: trendOf(series.competence, 0.01), note: trendOf(series.competence, 0.01) },
    {
      name: 'Pass rate',
      swatch: 'passRate',
      value: formatPercent(lastKnown(series.passRate)),
      trend: trendOf(series.passRate, 0.02),
      note: `target ${formatPercent(lastKnown(series.targetPassRate))}`,
    },
    {
      name: 'Zero gradient',
      swatch: 'allFail',
      value: formatPercent(lastKnown(shares.zeroGradient)),
      trend: trendOf(shares.zeroGradient, 0.02),
      note: `${formatPercent(lastKnown(shares.allPass))} pass · ${formatPercent(lastKnown(shares.allFail))} fail`,
    },
    { name: 'Decisions', swatch: 'mark', value: formatCount(curation.decisions), trend: 'unknown', note: `${formatCount(curation.pending)} pending` },
  ];
  return <dl class="stats">{stats.map((stat) => <StatTile key={stat.name} stat={stat} />)}</dl>;
}

function StatTile({ stat }: { readonly stat: Stat }): JSX.Element {
  return (
    <div class={`stat ${stat.swatch}`}>
      <dt>{stat.name}</dt>
      <dd>
        <span class="statValue">{stat.value}</span>
        <span class="statTrend" aria-hidden="true">{arrows[stat.trend]}</span>
        <span class="muted">{stat.note}</span>
      </dd>
    </div>
  );
}
