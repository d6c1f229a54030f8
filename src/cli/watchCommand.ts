import { setTimeout as wait } from 'node:timers/promises';
import { OperationalError } from '../core/errors';
import { percent, signed } from '../core/figures';
import { plural } from '../core/plural';
import { series } from '../engine/views/runSummary';
import type { SeriesPoint } from '../protocol/run';
import { numberOption, type Command, type Invocation } from './command';
import { NoLogError } from './findRun';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';
import { warnOfCuration, warnOnce } from './warnings';

/** A step counts as whole once a later one has begun, or nothing came for so long; as gone only then, for it may be being written anew. */
const quietMs = 1500;

/** `watch`: follow a run. */
export const watchCommand: Command = {
  name: 'watch',
  usage: 'RUN',
  summary: 'Follow a run until Ctrl-C: prints one line per step and keeps sampler.json current.',
  arity: { min: 1, max: 1 },
  options: [{ name: 'interval', value: 'MS', help: 'milliseconds between polls, at least 50; default: 1000' }, ...ratingOptions, directoryOption],
  run: async (invocation) => {
    const interval = numberOption(invocation, 'interval', { integer: true, min: 50 }) ?? 1000;
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      const watch = { invocation, interval, signal: stop.signal };
      const session = await openOnceThere(watch);
      if (session !== null) await follow(session, watch);
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  },
};

interface Watch {
  readonly invocation: Invocation;
  readonly interval: number;
  readonly signal: AbortSignal;
}

/** Opens the run; where its directory is there and its log is not, waits for the log. Null when the watch was ended. */
async function openOnceThere({ invocation, interval, signal }: Watch): Promise<Session | null> {
  for (;;) {
    try {
      return await Session.open(invocation.positionals[0] ?? '', { ...sessionOptions(invocation), cancelled: () => signal.aborted });
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof NoLogError)) throw error;
      warnOnce(`${error.message} Waiting for its first step; Ctrl-C stops.`);
    }
    if (!(await pause(interval, signal))) return null;
  }
}

async function follow(session: Session, { invocation, interval, signal }: Watch): Promise<void> {
  const printed = new Map<number, string>();
  let changedAt = 0;
  let decided = true;
  while (!signal.aborted) {
    const news = printNews(session, { invocation, printed, quiet: Date.now() - changedAt >= quietMs });
    const stale = decided || news > 0 || session.curation.hasLapsed(session.view);
    if (stale) compile(session);
    session.run.files.errors.forEach(warnOnce);
    warnOfCuration(session.curation, session.view);
    if (!(await pause(interval, signal))) return;
    const change = await session.advance();
    decided = change.decided;
    if (change.read) changedAt = Date.now();
  }
}

interface Printing {
  readonly invocation: Invocation;
  /** What each step was printed for. */
  readonly printed: Map<number, string>;
  /** Whether nothing has come for a while. */
  readonly quiet: boolean;
}

/** Prints what is new since it was last called, and gives the number of those lines. */
function printNews({ run, findings }: Session, printing: Printing): number {
  const points = series(run, findings);
  const gone = printing.quiet ? printGone(points, printing) : 0;
  return gone + printFresh(points, printing);
}

function printGone(points: readonly SeriesPoint[], { invocation, printed }: Printing): number {
  const there = new Set(points.map(({ step }) => step));
  const gone = [...printed.keys()].filter((step) => !there.has(step)).sort((a, b) => a - b);
  for (const step of gone) {
    printed.delete(step);
    if (invocation.json) invocation.output.jsonLine({ step, gone: true });
    else invocation.output.line(`step ${step}  gone: the log has it no longer`);
  }
  return gone.length;
}

function printFresh(points: readonly SeriesPoint[], { invocation, printed, quiet }: Printing): number {
  const whole = quiet ? points : points.slice(0, -1);
  const fresh = whole.filter((point) => printed.get(point.step) !== contentOf(point));
  for (const point of fresh) {
    printed.set(point.step, contentOf(point));
    printStep(invocation, point);
  }
  return fresh.length;
}

// A full disk must not end the watch: the next step tries again.
function compile(session: Session): void {
  try {
    session.compile();
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    warnOnce(error.message);
  }
}

/** Resolves to false when it was ended by the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, undefined, { signal });
    return true;
  } catch {
    // This wait fails only by the signal.
    return false;
  }
}

// A step that was run again is printed again; one whose competence changed by a decision is not.
function contentOf({ groups, rollouts, passRate }: SeriesPoint): string {
  return `${groups} ${rollouts} ${passRate ?? ''}`;
}

function printStep({ json, output }: Invocation, point: SeriesPoint): void {
  if (json) {
    output.jsonLine(point);
    return;
  }
  const { step, groups, passRate, allPass, allFail, competence } = point;
  const zeroGradient = allPass === null || allFail === null || groups === 0 ? null : (allPass + allFail) / groups;
  const figures = [`step ${step}`, plural(groups, 'group'), `pass ${share(passRate)}`, `zero-gradient ${share(zeroGradient)}`, `competence ${competence === null ? '-' : signed(competence, 4)}`];
  output.line(figures.join('  '));
}

function share(value: number | null): string {
  return value === null ? '-' : percent(value, 1);
}
