import type { JSX } from 'preact';
import type { DashboardState } from '../../protocol/dashboard';
import type { NotFollowed } from '../../protocol/engineApi';
import { formatNumberOf } from '../parts/format';
import { Icon } from '../parts/icons';
import { ActionButton } from './actionButton';

const shownAtOnce = 3;

interface NoticesProps {
  readonly state: DashboardState;
  readonly readOnlyReason: string | null;
}

/** What the person should know before trusting the figures: each a sentence that says what to do. */
export function Notices({ state, readOnlyReason }: NoticesProps): JSX.Element | null {
  const curation = new Set(state.curation.warnings);
  const unfollowed = new Set(state.curation.notFollowed.map(unfollowedText));
  const texts = [...new Set([...(readOnlyReason === null ? [] : [readOnlyReason]), ...state.refusals, ...unfollowed, ...curation, ...state.run.health.flags])];
  if (texts.length === 0) return null;
  const notices = texts.map((text) => (
    <p class="notice" key={text}>
      <bdi>{text}</bdi>
      {unfollowed.has(text) && <ActionButton intent={{ kind: 'showDecisions' }} class="link">Show decisions</ActionButton>}
      {curation.has(text) && <ActionButton intent={{ kind: 'openDecisions' }} class="link">Open decisions</ActionButton>}
    </p>
  ));
  return (
    <section class="notices" aria-label="Notices">
      {notices.slice(0, shownAtOnce)}
      {notices.length > shownAtOnce && (
        <details>
          <summary>{`${notices.length - shownAtOnce} more`}</summary>
          {notices.slice(shownAtOnce)}
        </details>
      )}
    </section>
  );
}

function unfollowedText({ why, count, examples }: NotFollowed): string {
  const more = count > examples.length ? ', …' : '';
  return `${formatNumberOf(count, 'decision')} that the trainer does not follow (${examples.join(', ')}${more}). ${why}`;
}

/** What went wrong with something the person asked for; it stays until dismissed. */
export function FailureNotice({ text, onDismiss }: { readonly text: string; readonly onDismiss: () => void }): JSX.Element {
  return (
    <div class="notice error" role="alert">
      <bdi>{text}</bdi>
      <ActionButton intent={{ kind: 'showLog' }} class="link">Show log</ActionButton>
      <button type="button" class="iconButton" aria-label="Dismiss" title="Dismiss" onClick={onDismiss}><Icon name="close" /></button>
    </div>
  );
}
