import path from 'node:path';
import { decimate } from '../../core/decimate';
import type { NamedMetric } from '../../logs/metrics/runMetrics';
import type { DoctorFix } from '../../protocol/doctor';
import { maxShownMetrics, type DashboardMetrics, type MetricColumns } from '../../protocol/metrics';
import type { ObservedRun } from '../observedRun';

/** What people look at first, in this order; of the names that fit one pattern the plainest is taken. */
const usual: readonly RegExp[] = [
  /(?:^|[/_.])entropy(?:$|[/_.])/i,
  /(?:^|[/_.])kl(?:$|[/_.])/i,
  /(?:response|completion|output|gen(?:eration)?|seq)s?[/_.]*(?:mean[/_.]*)?len/i,
  /(?:^|[/.])(?:pg_|policy_|actor_)?loss(?:$|[/_.]mean$)/i,
  /grad_?norm/i,
  /(?:^|[/_.])rewards?(?:$|[/_.])/i,
];
const unusual = /(?:^|[/_.@-])(?:min|max|std|clip\w*|coef\w*|aborted)(?:$|[/_.@-])/i;

const fixes: ReadonlyMap<string, DoctorFix> = new Map<string, DoctorFix>([
  ['verl', { advice: 'Make verl also log to a file:', setting: 'trainer.logger=["console","file"]' }],
  ['trl', { advice: 'Make TRL write TensorBoard files:', setting: 'report_to="tensorboard"' }],
  ['ms-swift', { advice: 'ms-swift writes logging.jsonl to its output directory: keep it beside the completions.', setting: null }],
  ['prime-rl', { advice: 'prime-rl writes metrics.jsonl to its run directory, unless it runs with --no-monitors.file.', setting: null }],
  ['nemo-rl', { advice: 'Make NeMo-RL write TensorBoard files:', setting: 'logger.tensorboard_enabled=true' }],
]);
const generalFix: DoctorFix = {
  advice: 'Make the trainer write TensorBoard files, or metrics.jsonl with one {"step": N, …} object per line, to the run’s directory.',
  setting: null,
};

const ofEvaluation = /(?:^|[/_.-])(?:val|eval|test)(?:$|[/_.-])/i;

/** The metrics of a run that were asked for, or a choice of them, decimated to about twice `widthPx` points each. */
export function metricsView(run: ObservedRun, wanted: readonly string[] | null, widthPx: number): DashboardMetrics {
  const { metrics, source } = run;
  const available = metrics.names;
  const shown = chosenMetrics(available, wanted);
  const relative = (file: string): string => relativeTo(source.path, file);
  return {
    available,
    series: shown.flatMap((name) => {
      const metric = metrics.metric(name);
      return metric === null ? [] : [columns(metric, 2 * widthPx, relative)];
    }),
    notes: metrics.files.flatMap(({ path: file, notes }) => notes.map((note) => ({ file: relative(file), note }))),
    advice: available.length > 0 ? null : adviceOf(metricsFix(source.format.framework)),
  };
}

/** What to switch on in a trainer so that there are metrics beside its rollouts. */
export function metricsFix(framework: string): DoctorFix {
  return fixes.get(framework) ?? generalFix;
}

function adviceOf({ advice, setting }: DoctorFix): string {
  return setting === null ? advice : `${advice} ${setting}`;
}

/** A path below a directory without that directory; other paths as they are. */
export function relativeTo(directory: string, file: string): string {
  const relative = path.relative(directory, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}

/** The wanted names that are there; without a wish, or where none of them is there, what people look at first. */
export function chosenMetrics(available: readonly string[], wanted: readonly string[] | null): readonly string[] {
  const known = new Set(available);
  const there = [...new Set(wanted ?? [])].filter((name) => known.has(name)).slice(0, maxShownMetrics);
  if (there.length > 0 || wanted?.length === 0) return there;
  const chosen = usual.flatMap((pattern) => plainest(available.filter((name) => pattern.test(name) && !ofEvaluation.test(name))) ?? []);
  return chosen.length > 0 ? [...new Set(chosen)].slice(0, maxShownMetrics) : available.slice(0, 2);
}

function plainest(names: readonly string[]): string | null {
  const plain = (name: string): number => Number(unusual.test(name)) * 1000 - Number(/mean/i.test(name)) * 10 + name.length;
  return [...names].sort((a, b) => plain(a) - plain(b))[0] ?? null;
}

function columns({ name, steps, values, files }: NamedMetric, limit: number, relative: (file: string) => string): MetricColumns {
  const kept = decimate(steps.length, limit, (place) => values[place] ?? null);
  return { name, step: kept.map((place) => steps[place] ?? 0), value: kept.map((place) => values[place] ?? null), points: steps.length, files: files.map(relative) };
}
