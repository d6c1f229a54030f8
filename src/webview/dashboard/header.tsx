import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CdasMode } from '../../core/cdas';
import type { DashboardState } from '../../protocol/dashboard';
import type { Completeness, IdentityCounts, RunSummary } from '../../protocol/run';
import { formatAge, formatCount, formatNumberOf, formatStep } from '../parts/format';
import { ActionButton } from './actionButton';
import { countedText } from './figures';
import { useActions } from './host';

const clockMs = 5_000;

const completenessTexts: Record<Completeness, { readonly badge: string; readonly means: string }> = {
  complete: { badge: 'Complete log', means: 'Every rollout of every logged step is there.' },
  gaps: { badge: 'Log with gaps', means: 'Some steps are missing; visits in them are not counted.' },
  survivors: { badge: 'Survivors only', means: 'Groups with uniform reward were dropped before the log was written, so it supports no pass rates.' },
  unknown: { badge: 'Completeness unknown', means: 'Too little has been logged to tell whether every rollout is there.' },
};

const modeTexts: Record<CdasMode, string> = {
  paper: 'The paper’s equations: the k-th visit of a problem weighs 1/k in its difficulty; the setting cdasLens.mode changes it',
  'official-compat': 'The authors’ published code: the k-th visit of a problem weighs 1/(k+1) in its difficulty; the setting cdasLens.mode changes it',
};

/** The run and what its figures rest on. */
export function DashboardHeader({ state }: { readonly state: DashboardState }): JSX.Element {
  const { run } = state;
  const completeness = completenessTexts[run.completeness];
  return (
    <header class="runHeader">
      <div class="runTitle">
        <h1><bdi>{run.name}</bdi></h1>
        <span class={`badge status ${run.status}`}>{run.status}</span>
        <span class={`badge ${run.completeness}`} title={completeness.means}>{completeness.badge}</span>
        <HeaderButtons decisions={state.curation.decisions} />
      </div>
      <p class="runLine">
        <LastStep run={run} />
        {run.groupSize === null ? '' : ` · groups of ${formatCount(run.groupSize)}`}
        {run.problems === 0 && run.countedProblems.count === 0 ? '' : ` · ${visitedText(state)}`}
      </p>
      {!run.loaded && <LoadProgress run={run} />}
      {run.rating && <p class="loading">Steps are being rated again; the previous figures are shown until that is done.</p>}
      <RunFacts state={state} />
    </header>
  );
}

function HeaderButtons({ decisions }: { readonly decisions: number }): JSX.Element {
  const { readOnlyReason } = useActions();
  return (
    <span class="runButtons">
      <ActionButton intent={{ kind: 'selectRun' }} class="secondary" name="Select run…: also for the status bar and dataset rows">Select run…</ActionButton>
      <ActionButton intent={{ kind: 'nextBatch' }} class="secondary" name="Next batch: which problems come next, and why">Next batch</ActionButton>
      <ActionButton intent={{ kind: 'recompute' }} class="secondary" name="Recompute: read the log again from its first byte">Recompute</ActionButton>
      <ActionButton intent={{ kind: 'undo' }} class="secondary" disabledReason={readOnlyReason ?? (decisions === 0 ? 'Nothing has been decided yet' : null)}>Undo last decision</ActionButton>
    </span>
  );
}

function LastStep({ run }: { readonly run: RunSummary }): JSX.Element {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), clockMs);
    return () => {
      clearInterval(timer);
    };
  }, [run]);
  if (run.lastStep === null) return <span>No step yet</span>;
  const age = run.lastWriteAt === null ? '' : `, written ${formatAge(run.lastWriteAt, now)}`;
  return (
    <span>
      {'Step '}
      <strong>{formatStep(run.lastStep)}</strong>
      {age}
    </span>
  );
}

function visitedText(state: DashboardState): string {
  return `${formatNumberOf(state.run.problems, 'problem')} visited, mean over ${countedText(state)}`;
}

/** How much of the log has been read. */
export function LoadProgress({ run }: { readonly run: RunSummary }): JSX.Element {
  const percent = Math.floor(run.progress * 100);
  return (
    <p class="loading">
      <progress max={100} value={percent} aria-label={`Reading ${run.name}`} />
      <span>{`Reading the log: ${percent} %, ${formatNumberOf(run.rollouts, 'rollout')} so far`}</span>
    </p>
  );
}

function RunFacts({ state }: { readonly state: DashboardState }): JSX.Element {
  const { run, mode, curation } = state;
  return (
    <dl class="runFacts">
      <Fact name="Format" means="The trainer that wrote this log, and the version of its format">{`${run.framework} ${run.variant}`}</Fact>
      <Fact name="Mode" means={modeTexts[mode]}>{mode}</Fact>
      <Fact name="Correct" means="How a rollout is judged correct; the setting cdasLens.correctThreshold overrides it">{run.correctRule}</Fact>
      <Fact name="Problems matched" means="How problems were identified and matched to the dataset; the setting cdasLens.dataset names the dataset">{identityText(run.identity)}</Fact>
      <Fact name="Lines" means="How much of the log was read; CDAS: Examine Log says more">{linesText(run)}</Fact>
      {run.polling !== null && <Fact name="Changes" means="How changes to the log are noticed">{run.polling}</Fact>}
      <Fact name="Decisions" means="The decisions in decisions.jsonl; CDAS: Show Decisions lists them">{decisionsText(curation)}</Fact>
      <Fact name="Trainer" means="What the training job last confirmed in receipts.jsonl">{trainerText(curation)}</Fact>
    </dl>
  );
}

function Fact({ name, means, children }: { readonly name: string; readonly means: string; readonly children: string }): JSX.Element {
  return (
    <div class="runFact" title={means}>
      <dt>{name}</dt>
      <dd><bdi>{children}</bdi></dd>
    </div>
  );
}

function identityText(identity: IdentityCounts): string {
  const parts: readonly (readonly [number, string])[] = [
    [identity.explicit, 'by their own id'],
    [identity.matched, 'by text to the dataset'],
    [identity.ambiguous, 'ambiguous'],
    [identity.unmatched, 'by text alone'],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, how]) => `${formatCount(count)} ${how}`);
  return told.length > 0 ? told.join(', ') : 'none';
}

function linesText({ health, rollouts }: RunSummary): string {
  const parts = [formatNumberOf(rollouts, 'rollout'), formatNumberOf(health.badLines, 'bad line')];
  if (health.ignoredLines > 0) parts.push(`${formatCount(health.ignoredLines)} without a rollout`);
  if (health.superseded > 0) parts.push(`${formatCount(health.superseded)} replaced by a re-run step`);
  if (health.pendingBytes > 0) parts.push(`${formatCount(health.pendingBytes)} bytes of an unfinished line`);
  return parts.join(', ');
}

function decisionsText(curation: DashboardState['curation']): string {
  if (curation.decisions === 0) return 'none';
  const pending = curation.pending > 0 ? `, ${formatCount(curation.pending)} pending` : '';
  const unfollowed = curation.notFollowed.reduce((sum, { count }) => sum + count, 0);
  const lost = unfollowed > 0 ? `, ${formatCount(unfollowed)} not followed` : '';
  return `${formatCount(curation.pinned)} pinned, ${formatCount(curation.excluded)} excluded, ${formatCount(curation.relabelled)} relabelled${pending}${lost}`;
}

function trainerText({ lastReceipt, decisions, followed }: DashboardState['curation']): string {
  if (lastReceipt) return `follows ${formatNumberOf(followed, 'decision')}, last receipt at step ${formatStep(lastReceipt.step)} (${lastReceipt.adapter})`;
  return decisions === 0 ? 'nothing to obey yet' : 'no receipt yet; decisions stay pending until the trainer reads sampler.json';
}
