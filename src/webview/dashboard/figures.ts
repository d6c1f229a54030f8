import type { DashboardState } from '../../protocol/dashboard';
import type { ColumnSpan } from '../parts/columns';
import { linePoints } from '../parts/columns';
import { formatCount, formatNumberOf, formatStep } from '../parts/format';
import type { PlotAxis, PlotLine } from '../parts/plotSpec';
import type { Theme } from '../parts/theme';
import { smoothingWindow, trailingMean } from '../parts/trend';

/** Why a picture stays empty when none of `values` is known: the host refused it, or no step is there yet. */
export function missingReason(state: DashboardState, values: readonly (number | null)[]): string | null {
  if (values.some((value) => value !== null)) return null;
  if (state.refusals.length > 0) return 'This log does not support these figures. The notices at the top say why and what to do.';
  if (state.run.steps > 0) return 'The log holds no scored rollout for these figures. Check that the trainer writes a score for each rollout.';
  if (!state.run.loaded) return 'The log is still being read; the first figures will appear here.';
  if (state.run.health.flags.length > 0) return 'No rollout could be read. The notices at the top say why and what to do.';
  return 'No step has been logged yet. The first finished step will appear here.';
}

/** How many rollouts, groups and steps the step charts rest on, and whether all steps are drawn. */
export function seriesBasis(state: DashboardState, shownSteps: readonly number[]): string {
  const { run, series } = state;
  const decimated = shownSteps.length < run.steps;
  const groups = series.step.length < run.steps ? '' : ` in ${formatNumberOf(series.groups.reduce((sum, count) => sum + count, 0), 'group')}`;
  const shown = decimated ? `${formatCount(shownSteps.length)} of them drawn` : 'all drawn';
  return `Rests on ${formatNumberOf(run.rollouts, 'rollout')}${groups} over ${formatNumberOf(run.steps, 'step')}, ${shown}.`;
}

/** Which problems the mean behind competence counts. */
export function countedText(state: DashboardState): string {
  const { basis, count } = state.run.countedProblems;
  const all = `the ${formatNumberOf(count, 'problem')} ${basis === 'dataset' ? 'of the dataset' : 'seen so far'}`;
  return state.curation.excluded > 0 ? `${all} that are not excluded` : all;
}

/** How problems that were never sampled count in competence; empty where there are none. */
export function unvisitedText({ run }: DashboardState): string {
  const unvisited = run.countedProblems.count - run.problems;
  if (run.countedProblems.basis === 'seen' || unvisited <= 0) return '';
  return ` ${formatCount(unvisited)} of them ${unvisited === 1 ? 'has' : 'have'} not been sampled yet and ${unvisited === 1 ? 'counts' : 'count'} as 0.`;
}

/** The step axis that all step charts share, so that their cross-hairs line up. */
export function stepAxis(spans: readonly ColumnSpan[]): PlotAxis {
  return { min: spans[0]?.from ?? 0, max: spans.at(-1)?.to ?? 1, title: 'Step', format: formatStep };
}

/** Five ticks from `-reach` to `reach`. */
export function reachTicks(reach: number): readonly number[] {
  return [-reach, -reach / 2, 0, reach / 2, reach];
}

/** Five ticks from 0 to 1, in line with those of a difficulty axis on the other side. */
export const shareTicks: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** The observed pass rate: a line, or over many steps its trailing mean with the single steps faint behind it. */
export function passRateLines({ series, run }: DashboardState, theme: Theme, axis?: 'right'): readonly PlotLine[] {
  const decimated = series.step.length < run.steps;
  const window = smoothingWindow(series.step.length);
  const side = axis === undefined ? {} : { axis };
  const smooth = { ...linePoints(series.step, trailingMean(series.passRate, window), decimated), ...side };
  const bold: readonly PlotLine[] = [
    { ...smooth, colour: theme.background, widthPx: 3.5 },
    { ...smooth, colour: theme.passRate, widthPx: 1.75 },
  ];
  return window === 1 ? bold : [{ ...linePoints(series.step, series.passRate, decimated), ...side, colour: theme.passRateFaint, widthPx: 1 }, ...bold];
}

/** What the bold pass rate line is, where it is not simply the steps. */
export function smoothingText({ series }: DashboardState): string {
  const window = smoothingWindow(series.step.length);
  return window === 1 ? '' : ` The bold pass rate is the mean of ${formatCount(window)} drawn steps, the thin one each step.`;
}
