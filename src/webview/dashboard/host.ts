import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { messageOf } from '../../core/errors';
import type { DashboardEvents, DashboardHostApi, DashboardIntent } from '../../protocol/dashboardMessages';
import { CancelledError, Channel } from '../../protocol/channel';
import type { VsCodeApi } from '../parts/vscodeApi';
import { webviewPort } from '../parts/vscodeApi';

/** This page answers no calls and tells no events. */
type Nothing = Readonly<Record<string, never>>;

/** The extension as the dashboard sees it. */
export type HostChannel = Channel<Nothing, Nothing, DashboardHostApi, DashboardEvents>;

/** Opens the channel; `onBug` gets what this page did wrong. */
export function openChannel(api: VsCodeApi, onBug: (error: unknown) => void): HostChannel {
  return new Channel<Nothing, Nothing, DashboardHostApi, DashboardEvents>(webviewPort(api), {}, onBug);
}

/** What every part of the page may ask for. */
export interface DashboardActions {
  /** Sends a wish to the host; a failure is shown to the person. Settles when the host is done. */
  readonly act: (intent: DashboardIntent) => Promise<void>;
  /** Why decisions cannot be made now, or null. */
  readonly readOnlyReason: string | null;
}

const ActionsContext = createContext<DashboardActions | null>(null);

/** Gives the actions to the parts inside. */
export const ActionsProvider = ActionsContext.Provider;

/** The actions of the dashboard around this part. */
export function useActions(): DashboardActions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('no dashboard around this part');
  return actions;
}

/** The text of a failure, or null when someone merely gave up. */
export function failureText(error: unknown): string | null {
  if (error instanceof CancelledError) return null;
  return messageOf(error);
}
