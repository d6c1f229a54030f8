import { setTimeout as wait } from 'node:timers/promises';
import { series } from '../engine/runSummary';
import type { SeriesPoint } from '../protocol/run';
import { numberOption, type Command, type Invocation } from './command';
import { warn } from './decisionCommands';
import { Session } from './session';
import { directoryOption, ratingOptions, sessionOptions } from './sessionOptions';

/** A step counts as whole once a later one has begun, or nothing came for so long. */
const quietMs = 1500;

/** `watch`: follow a run. */
export const watchCommand: Command = {
  name: 'watch',
  usage: 'RUN',
  summary: 'Follow a run: one line per step, and sampler.json kept current, until Ctrl-C.',
  arity: { min: 1, max: 1 },
  options: [{ name: 'interval', value: 'MS', help: 'milliseconds between looks; default: 1000' }, ...ratingOptions, directoryOption],
  run: async (invocation) => {
    const interval = numberOption(invocation, 'interval', { integer: true, min: 50 }) ?? 1000;
    const session = await Session.open(invocation.positionals[0] ?? '', sessionOptions(invocation));
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      await follow(session, { invocation, interval, signal: stop.signal });
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

async function follow(session: Session, { invocation, interval, signal }: Watch): Promise<void> {
  const printed = new Map<number, string>();
  const warned = new Set<string>();
  let changedAt = 0;
  let decided = true;
  while (!signal.aborted) {
    const points = series(session.run, session.findings);
    const whole = Date.now() - changedAt >= quietMs ? points : points.slice(0, -1);
    const fresh = whole.filter((point) => printed.get(point.step) !== contentOf(point));
    for (const point of fresh) {
      printed.set(point.step, contentOf(point));
      printStep(invocation, point);
    }
    if (decided || fresh.length > 0) session.compile();
    for (const warning of warn(session.curation, session.view, warned)) warned.add(warning);
    try {
      await wait(interval, undefined, { signal });
    } catch {
      // This wait ends early only by the signal.
      return;
    }
    const change = await session.advance();
    decided = change.decided;
    if (change.read) changedAt = Date.now();
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
  const figures = [`step ${step}`, `${groups} groups`, figure('pass', passRate), figure('zero-gradient', zeroGradient), figure('competence', competence)];
  output.line(figures.join('  '));
}

function figure(name: string, value: number | null): string {
  return `${name} ${value === null ? '-' : value.toFixed(3)}`;
}
