import type { JSX } from 'preact';
import type { DashboardState } from '../../protocol/dashboard';
import { formatCount, formatPercent, formatSigned, formatStep } from '../parts/format';
import type { Trend } from '../parts/trend';
import { lastKnown, trendOf } from '../parts/trend';
import { countedText, unvisitedText } from './figures';
import type { GroupShares } from './groupShares';
import { groupShares } from './groupShares';

interface Stat {
  readonly name: string;
  readonly swatch: string;
  readonly value: string;
  readonly trend: Trend;
  readonly notes: readonly string[];
  /** What the figure is and rests on. */
  readonly title: string;
}

const arrows: Record<Trend, string> = { rising: '↗ rising', falling: '↘ falling', steady: '→ steady', unknown: '' };
const trendTitle = 'Rising or falling: the latest quarter of the steps against the quarter before it.';

/** The newest figures of the run at a glance, each with where it is going. */
export function Stats({ state }: { readonly state: DashboardState }): JSX.Element | null {
  const { series } = state;
  const shares = groupShares(state);
  if (lastKnown(series.competence) === null && lastKnown(series.passRate) === null) return null;
  const stats = [competenceStat(state), passRateStat(state), gradientStat(state, shares), decisionStat(state)];
  return <dl class="stats">{stats.map((stat) => <StatTile key={stat.swatch} stat={stat} />)}</dl>;
}

function competenceStat(state: DashboardState): Stat {
  const { competence } = state.series;
  return {
    name: `Competence${atStep(state, competence)}`,
    swatch: 'competence',
    value: formatSigned(lastKnown(competence)),
    trend: trendOf(competence, 0.01),
    notes: [],
    title: `Minus the mean difficulty of ${countedText(state)}.${unvisitedText(state)} ${trendTitle}`,
  };
}

function passRateStat(state: DashboardState): Stat {
  const { passRate, targetPassRate } = state.series;
  return {
    name: `Pass rate${atStep(state, passRate)}`,
    swatch: 'passRate',
    value: formatPercent(lastKnown(passRate)),
    trend: trendOf(passRate, 0.02),
    notes: [`target ${formatPercent(lastKnown(targetPassRate))}`],
    title: `Share of the step’s scored rollouts that are correct. The target is what sampling at D = C aims at, 0.5 − C. ${trendTitle}`,
  };
}

function gradientStat(state: DashboardState, shares: GroupShares): Stat {
  return {
    name: `Zero gradient${atStep(state, shares.zeroGradient)}`,
    swatch: 'allFail',
    value: formatPercent(lastKnown(shares.zeroGradient)),
    trend: trendOf(shares.zeroGradient, 0.02),
    notes: [`${formatPercent(lastKnown(shares.allPass))} all pass`, `${formatPercent(lastKnown(shares.allFail))} all fail`],
    title: `Share of the step’s scored groups whose rollouts all pass or all fail: they give no gradient. ${trendTitle}`,
  };
}

function decisionStat({ curation }: DashboardState): Stat {
  const { pinned, excluded, relabelled, pending } = curation;
  return {
    name: 'Decisions in force',
    swatch: 'mark',
    value: formatCount(pinned + excluded + relabelled),
    trend: 'unknown',
    notes: [`${formatCount(pending)} pending`],
    title: 'Pins, exclusions and relabels in this workspace. Pending ones wait for the trainer’s receipt.',
  };
}

/** The step that the newest known value is of. */
function atStep({ series }: DashboardState, values: readonly (number | null)[]): string {
  const index = values.findLastIndex((value) => value !== null);
  return index < 0 ? '' : `, step ${formatStep(series.step[index] ?? null)}`;
}

function StatTile({ stat }: { readonly stat: Stat }): JSX.Element {
  const told = [arrows[stat.trend], ...stat.notes].filter((text) => text !== '');
  return (
    <div class={`stat ${stat.swatch}`} title={stat.title}>
      <dt>{stat.name}</dt>
      <dd>
        <span class="statValue">{stat.value}</span>
        <span class="muted">{told.join(' · ')}</span>
      </dd>
    </div>
  );
}
