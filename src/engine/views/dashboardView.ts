import { decimate } from '../../core/decimate';
import { NearestHeap } from '../../core/nearest';
import { seededHash } from '../../core/seededHash';
import type { DashboardState, DecisionMark, DifficultyHeatmap, DifficultyScatter, SeriesColumns } from '../../protocol/dashboard';
import type { CurationSummary } from '../../protocol/engineApi';
import type { SeriesPoint } from '../../protocol/run';
import { bandCount } from '../rating/difficultyBands';
import { metricsView } from './metricsView';
import { problemFigures, type ProblemContext } from './problemViews';
import { passRateOf, seriesPoint, summariseRun } from './runSummary';

const maxScatterPoints = 2000;
/** A heat map column narrower than this many pixels cannot be told apart. */
const heatmapColumnPx = 4;

/** Everything the dashboard draws, decimated to twice the pixel width. */
export function dashboardState(
  context: ProblemContext,
  curation: CurationSummary,
  shown: { readonly widthPx: number; readonly metrics?: readonly string[] | null },
): DashboardState {
  const { run, facts } = context;
  const width = Math.max(100, Math.min(8192, shown.widthPx));
  return {
    revision: run.revision,
    run: summariseRun(run, facts, Date.now()),
    mode: run.mode,
    series: columns(context, 2 * width),
    heatmap: heatmap(context, Math.floor(width / heatmapColumnPx)),
    scatter: scatter(context),
    marks: marks(context),
    metrics: metricsView(run, shown.metrics ?? null, width),
    curation,
    refusals: facts.refusals,
  };
}

function columns({ run, facts }: ProblemContext, limit: number): SeriesColumns {
  const { steps } = run;
  const passRateAt = (position: number): number | null => {
    const step = steps[position];
    return step === undefined ? null : passRateOf(step, facts);
  };
  const kept = decimate(steps.length, limit, passRateAt).flatMap((position) => {
    const step = steps[position];
    return step === undefined ? [] : seriesPoint(run, step, position, facts);
  });
  const column = <Key extends keyof SeriesPoint>(key: Key): SeriesPoint[Key][] => kept.map((point) => point[key]);
  return {
    step: column('step'),
    competence: column('competence'),
    targetPassRate: column('targetPassRate'),
    passRate: column('passRate'),
    allPass: column('allPass'),
    mixed: column('mixed'),
    allFail: column('allFail'),
    meanLengthChars: column('meanLengthChars'),
    groups: column('groups'),
    rollouts: column('rollouts'),
  };
}

function heatmap({ run, facts }: ProblemContext, limit: number): DifficultyHeatmap {
  const { steps } = run;
  const edges = Array.from({ length: bandCount + 1 }, (_, i) => -1 + (2 * i) / bandCount);
  if (!facts.supportsDifficulty) return { steps: [], edges, counts: [], competence: [] };
  const stride = Math.max(1, Math.ceil(steps.length / Math.max(1, limit)));
  // Counted from the newest step back, so that the newest is always shown.
  const kept = Array.from({ length: Math.ceil(steps.length / stride) }, (_, back) => steps.length - 1 - back * stride).reverse();
  return {
    steps: kept.map((position) => steps[position]?.step ?? 0),
    edges,
    counts: kept.flatMap((position) => [...run.bands.after(position)]),
    competence: kept.map((position) => run.history.competenceAfter(position) ?? null),
  };
}

function scatter(context: ProblemContext): DifficultyScatter {
  const { run, facts } = context;
  const visited = facts.supportsDifficulty ? Array.from(facts.seenProblems).filter((problem) => run.history.state.visits(problem) > 0) : [];
  const sample = sampleOf(visited);
  const rows = sample.map((problem) => problemFigures(context, problem));
  return {
    id: sample.map((problem) => run.registry.at(problem)?.id ?? ''),
    difficulty: rows.map(({ difficulty }) => difficulty ?? 0),
    passRate: rows.map(({ passRate }) => passRate ?? 0),
    visits: rows.map(({ visits }) => visits),
    rollouts: rows.map(({ rollouts }) => rollouts),
    total: visited.length,
  };
}

/** Of very many problems always the same ones, so that the picture stays. */
function sampleOf(problems: readonly number[]): readonly number[] {
  if (problems.length <= maxScatterPoints) return problems;
  const nearest = new NearestHeap(maxScatterPoints, (a, b) => seededHash(1, a) < seededHash(1, b));
  for (const problem of problems) nearest.offer(problem);
  return nearest.sorted();
}

function marks({ standings, run }: ProblemContext): DecisionMark[] {
  const byStep = new Map<number, string[]>();
  for (const [problem, own] of standings) {
    if (run.registry.indexOf(problem) === undefined) continue;
    for (const { decision, activeFromStep } of own) {
      if (activeFromStep === null) continue;
      byStep.set(activeFromStep, [...(byStep.get(activeFromStep) ?? []), decision.action]);
    }
  }
  return [...byStep].sort(([a], [b]) => a - b).map(([step, actions]) => ({ step, label: labelOf(actions) }));
}

function labelOf(actions: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const action of actions) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => (count === 1 ? action : `${count} × ${action}`)).join(', ');
}
