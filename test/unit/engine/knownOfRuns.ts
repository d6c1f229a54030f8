import type { Engine } from '../../../src/engine/engine';
import { groupTexts } from '../../../src/engine/reading/rolloutTexts';
import type { DifficultyScatter } from '../../../src/protocol/dashboard';
import type { DoctorReport } from '../../../src/protocol/doctor';
import type { GroupTexts } from '../../../src/protocol/rollouts';
import type { RunSummary } from '../../../src/protocol/run';

const unwatched = { cancelled: () => false, progress: () => undefined };

/** What the product tells of the runs it knows; parts that the tests name are typed. */
export interface KnownRun {
  readonly summary: RunSummary;
  readonly problems: readonly { readonly id: string; readonly text: string }[];
  readonly doctor: DoctorReport;
}

/** All that the product tells of the runs it knows, but for what changes with the clock and with the number of looks. */
export async function knownOfRuns(engine: Engine): Promise<readonly KnownRun[]> {
  const ids = engine.catalog.all.map(({ source }) => source.id).sort();
  const known: KnownRun[] = [];
  for (const id of ids) known.push(await knownOfRun(engine, id));
  return known;
}

async function knownOfRun(engine: Engine, id: string): Promise<KnownRun> {
  const handlers = engine.handlers();
  const doctor = await handlers.doctor({ run: id }, unwatched);
  const context = engine.catalog.context(id);
  const { run } = context;
  const steps = run.steps.map(({ step }) => step);
  const problems = (await handlers.problems({ run: id, sort: 'id', descending: false, offset: 0, limit: 1000 }, unwatched)).rows;
  const groups = await collect(steps, (step) => handlers.groups({ run: id, step }, unwatched));
  const dashboard = await handlers.dashboard({ run: id, widthPx: 800, metrics: null }, unwatched);
  const known = {
    summary: { ...engine.catalog.summary(run), status: null, lastWriteAt: null },
    series: (await handlers.steps({ run: id, offset: 0, limit: 1000 }, unwatched)).rows,
    problems,
    details: await collect(problems, (problem) => handlers.problem({ run: id, id: problem.id }, unwatched)),
    // In a directory of documents they come in the order in which those appear.
    groups: groups.map((rows) => [...rows].sort((a, b) => (a.problem < b.problem ? -1 : 1))),
    texts: problems.flatMap((problem) => steps.map((step) => inOrder(groupTexts(context, problem.id, step)))),
    health: (['badLines', 'longLines', 'ignoredLines', 'stepMismatches', 'validationRows'] as const).map((field) => run.files.sumHealth(field)),
    errors: run.files.errors,
    notes: [...run.files.notes, ...run.notes].sort(),
    config: run.source.config,
    dashboard: { ...dashboard, revision: null, run: null, scatter: pointsById(dashboard.scatter) },
    doctor: { ...doctor, joins: doctor.joins.map((join) => ({ ...join, examples: [...join.examples].sort((a, b) => (a.problem < b.problem ? -1 : 1)) })) },
  };
  // It goes to views as this, and is the same at each end.
  return JSON.parse(JSON.stringify(known, plain)) as typeof known & { readonly summary: RunSummary };
}

async function collect<Item, Found>(items: readonly Item[], find: (item: Item) => Found | Promise<Found>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const item of items) found.push(await find(item));
  return found;
}

function pointsById(scatter: DifficultyScatter): unknown {
  const place = new Map(scatter.id.map((id, at) => [id, at]));
  return Object.entries(scatter).map(([name, column]: [string, unknown]) => [name, Array.isArray(column) ? [...place.keys()].sort().map((id) => (column as readonly unknown[])[place.get(id) ?? -1]) : column]);
}

function inOrder(texts: GroupTexts): GroupTexts {
  const key = (rollout: object): string => JSON.stringify(rollout);
  return { ...texts, rollouts: [...texts.rollouts].sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

/** As views get it; sums of the same numbers in another order may differ in the last place. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}
