import { expectedPassRate } from '../../src/core/cdas';
import type { DashboardState, DifficultyHeatmap, DifficultyScatter, SeriesColumns } from '../../src/protocol/dashboard';
import type { ProblemDetail, ProblemRow, RunSummary, Visit } from '../../src/protocol/run';

/** What kind of run to make. */
export interface SampleOptions {
  readonly steps: number;
  readonly problems: number;
  readonly batch: number;
  readonly seed?: number;
  /** At most this many steps are shown, as the host does for a width. */
  readonly shownSteps?: number;
  readonly shownProblems?: number;
}

/** A made run: what the host would send and answer. */
export interface SampleRun {
  readonly state: DashboardState;
  readonly rows: readonly ProblemRow[];
  readonly details: ReadonlyMap<string, ProblemDetail>;
}

const groupSize = 8;
const bins = 50;

interface Learner {
  readonly latent: number[];
  readonly difficulty: number[];
  readonly visits: Visit[][];
}

interface SeriesRow {
  step: number;
  competence: number;
  passRate: number;
  allPass: number;
  mixed: number;
  allFail: number;
  counts: number[];
}

/** A seeded source of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A run of a learner that gets better while it samples near its competence. */
export function sampleRun(options: SampleOptions): SampleRun {
  const random = seededRandom(options.seed ?? 7);
  const learner: Learner = {
    latent: Array.from({ length: options.problems }, () => 9 * (random() - 0.5)),
    difficulty: new Array<number>(options.problems).fill(0),
    visits: Array.from({ length: options.problems }, () => []),
  };
  const series: SeriesRow[] = [];
  let competence = 0;
  for (let step = 1; step <= options.steps; step++) {
    const row = runStep(learner, { step, competence, batch: options.batch, random, ability: -1 + 2.4 * (1 - Math.exp(-step / (options.steps / 2 + 20))) });
    competence = row.competence;
    series.push(row);
  }
  return assemble(learner, series, options);
}

interface StepInput {
  readonly step: number;
  readonly competence: number;
  readonly batch: number;
  readonly random: () => number;
  readonly ability: number;
}

function runStep(learner: Learner, { step, competence, batch, random, ability }: StepInput): SeriesRow {
  const row: SeriesRow = { step, competence, passRate: 0, allPass: 0, mixed: 0, allFail: 0, counts: [] };
  let correctAll = 0;
  for (const problem of chooseBatch(learner, competence, batch, random)) {
    const chance = 1 / (1 + Math.exp((learner.latent[problem]! - ability) * 0.9));
    let correct = 0;
    for (let rollout = 0; rollout < groupSize; rollout++) if (random() < chance) correct++;
    correctAll += correct;
    row[correct === groupSize ? 'allPass' : correct === 0 ? 'allFail' : 'mixed']++;
    const visits = learner.visits[problem]!.length + 1;
    const surprise = expectedPassRate(competence, learner.difficulty[problem]!) - correct / groupSize;
    learner.difficulty[problem]! += (surprise - learner.difficulty[problem]!) / visits;
    learner.visits[problem]!.push({ step, correct, scored: groupSize, difficulty: learner.difficulty[problem]!, counts: true });
  }
  row.passRate = correctAll / (groupSize * batch);
  row.competence = -learner.difficulty.reduce((sum, value) => sum + value, 0) / learner.difficulty.length;
  row.counts = binCounts(learner);
  return row;
}

function chooseBatch(learner: Learner, competence: number, batch: number, random: () => number): number[] {
  const candidates = Array.from({ length: Math.min(learner.latent.length, batch * 2) }, () => Math.floor(random() * learner.latent.length));
  const distance = (problem: number): number => Math.abs(competence - learner.difficulty[problem]!) - (learner.visits[problem]!.length === 0 ? 0.1 : 0);
  return [...new Set(candidates)].sort((a, b) => distance(a) - distance(b)).slice(0, batch);
}

function binCounts(learner: Learner): number[] {
  const counts = new Array<number>(bins).fill(0);
  learner.difficulty.forEach((difficulty, problem) => {
    if (learner.visits[problem]!.length === 0) return;
    counts[Math.min(bins - 1, Math.max(0, Math.floor(((difficulty + 1) / 2) * bins)))]!++;
  });
  return counts;
}

function assemble(learner: Learner, all: readonly SeriesRow[], options: SampleOptions): SampleRun {
  const stride = Math.max(1, Math.ceil(all.length / (options.shownSteps ?? Number.POSITIVE_INFINITY)));
  const shown = all.filter((_, index) => (all.length - 1 - index) % stride === 0);
  const rows = learner.latent.map((_, problem) => problemRow(learner, problem));
  const visited = rows.filter((row) => row.visits > 0);
  const summary = runSummary(all, visited.length, options);
  const last = all.at(-1);
  const details = rows.map((row, problem): readonly [string, ProblemDetail] => [
    row.id,
    {
      ...row,
      history: learner.visits[problem]!,
      competence: last?.competence ?? null,
      interval: row.rollouts > 0 ? [0.1, 0.9] : null,
      run: { id: summary.id, name: summary.name, lastStep: summary.lastStep },
    },
  ]);
  const state: DashboardState = {
    revision: all.length,
    run: summary,
    mode: 'paper',
    series: seriesColumns(shown, options.batch),
    heatmap: heatmapOf(shown),
    scatter: scatterOf(visited, options.shownProblems ?? 4000),
    marks: [],
    metrics: { available: [], series: [], notes: [], advice: 'Switch metrics on.' },
    curation: { directory: '/project/.cdas', decisions: 0, pinned: 0, excluded: 0, relabelled: 0, pending: 0, followed: 0, notFollowed: [], warnings: [], lastReceipt: null },
    refusals: [],
  };
  return { state, rows, details: new Map(details) };
}

function problemRow(learner: Learner, problem: number): ProblemRow {
  const visits = learner.visits[problem]!;
  const correct = visits.reduce((sum, visit) => sum + visit.correct, 0);
  const seen = visits.length > 0;
  return {
    id: `h:${(problem * 2654435761 % 2 ** 32).toString(16).padStart(8, '0')}${problem.toString(16).padStart(8, '0')}`,
    text: `What is ${12 + problem} × ${3 + (problem % 9)} − ${problem % 17}? Show your work and put the answer in \\boxed{}.`,
    groundTruth: String((12 + problem) * (3 + (problem % 9)) - (problem % 17)),
    visits: visits.length,
    difficulty: seen ? learner.difficulty[problem]! : null,
    passRate: seen ? correct / (visits.length * groupSize) : null,
    rollouts: visits.length * groupSize,
    correct,
    lastStep: visits.at(-1)?.step ?? null,
    membership: 'normal',
    relabelledTo: null,
    decisions: [],
  };
}

function runSummary(all: readonly SeriesRow[], visited: number, options: SampleOptions): RunSummary {
  return {
    id: 'run-1',
    name: 'qwen2.5-math-7b-cdas',
    path: '/runs/qwen',
    dataset: null,
    logPath: '/runs/qwen/rollouts',
    framework: 'verl',
    variant: 'v0.7',
    firstStep: all[0]?.step ?? null,
    lastStep: all.at(-1)?.step ?? null,
    steps: all.length,
    rollouts: all.length * options.batch * groupSize,
    problems: visited,
    completeness: 'complete',
    status: 'live',
    lastWriteAt: null,
    groupSize: all.length > 0 ? groupSize : null,
    correctRule: 'reward ≥ 1 (inferred: every reward is 0 or 1)',
    identity: { explicit: 0, matched: visited, ambiguous: 0, unmatched: 0 },
    health: { badLines: 0, ignoredLines: 0, superseded: 0, pendingBytes: 0, flags: [] },
    polling: null,
    countedProblems: { basis: 'dataset', count: options.problems },
    loaded: true,
    rating: false,
    progress: 1,
    latest: null,
  };
}

function seriesColumns(shown: readonly SeriesRow[], batch: number): SeriesColumns {
  return {
    step: shown.map((row) => row.step),
    competence: shown.map((row) => row.competence),
    targetPassRate: shown.map((row) => 0.5 - row.competence),
    passRate: shown.map((row) => row.passRate),
    allPass: shown.map((row) => row.allPass),
    mixed: shown.map((row) => row.mixed),
    allFail: shown.map((row) => row.allFail),
    meanLengthChars: shown.map((row) => 400 + row.step),
    groups: shown.map(() => batch),
    rollouts: shown.map(() => batch * groupSize),
  };
}

function heatmapOf(shown: readonly SeriesRow[]): DifficultyHeatmap {
  return {
    steps: shown.map((row) => row.step),
    edges: Array.from({ length: bins + 1 }, (_, edge) => -1 + (2 * edge) / bins),
    counts: shown.flatMap((row) => row.counts),
    competence: shown.map((row) => row.competence),
  };
}

function scatterOf(visited: readonly ProblemRow[], most: number): DifficultyScatter {
  const stride = Math.max(1, Math.ceil(visited.length / most));
  const rows = visited.filter((_, index) => index % stride === 0);
  return {
    id: rows.map((row) => row.id),
    difficulty: rows.map((row) => row.difficulty ?? 0),
    passRate: rows.map((row) => row.passRate ?? 0),
    visits: rows.map((row) => row.visits),
    rollouts: rows.map((row) => row.rollouts),
    total: visited.length,
  };
}
