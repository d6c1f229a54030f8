import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RunSummary } from '../../protocol/run';
import { formatNumberOf } from '../parts/format';
import { ActionButton } from './actionButton';
import { LoadProgress } from './header';

const patienceMs = 8_000;

/** The page before there is a run to draw: what to do, and the runs to choose from. */
export function EmptyView({ message, runs }: { readonly message: string; readonly runs: readonly RunSummary[] }): JSX.Element {
  return (
    <section class="emptyPage">
      <h1>CDAS dashboard</h1>
      <p class="emptyMessage"><bdi>{message}</bdi></p>
      {runs.length > 0 && (
        <ul class="runChoices" aria-label="Runs">
          {runs.map((run) => (
            <li key={run.id}>
              <ActionButton intent={{ kind: 'selectRun', run: run.id }} class="runChoice">
                <bdi class="runChoiceName">{run.name}</bdi>
                <span class="muted">{`${run.framework} ${run.variant} · ${formatNumberOf(run.steps, 'step')} · ${run.status}`}</span>
              </ActionButton>
              {!run.loaded && <LoadProgress run={run} />}
            </li>
          ))}
        </ul>
      )}
      <p class="runButtons">
        {runs.length > 0 ? <ActionButton intent={{ kind: 'selectRun' }} class="primary">Select run…</ActionButton> : <FindRunButtons />}
        <ActionButton intent={{ kind: 'showLog' }} class="secondary">Show log</ActionButton>
      </p>
    </section>
  );
}

function FindRunButtons(): JSX.Element {
  return (
    <>
      <ActionButton intent={{ kind: 'addRunRoot' }} class="primary">Add run root…</ActionButton>
      <ActionButton intent={{ kind: 'openDocs' }} class="secondary">How runs are found</ActionButton>
    </>
  );
}

/** The page before the first word of the extension. It does not wait in silence for ever. */
export function WaitingView(): JSX.Element {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <section class="emptyPage" role="status">
      <h1>CDAS dashboard</h1>
      <p class="emptyMessage">
        {late ? 'The extension has not answered yet. See its log, or close this panel and open it again.' : 'Asking the extension for the run…'}
      </p>
      {late && <p class="runButtons"><ActionButton intent={{ kind: 'showLog' }} class="secondary">Show log</ActionButton></p>}
    </section>
  );
}
