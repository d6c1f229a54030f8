import * as vscode from 'vscode';
import { messageOf, OperationalError } from '../core/errors';
import { CancelledError, ExpectedError } from '../protocol/channel';
import { commandIds } from './ids';
import { thrown, type Log } from './log';
import { withoutIcons } from './documents/untrustedText';
import { RefusedError, type MessageAction } from './refusedError';

/** Shows an error once and logs it: one that is expected, or of the surroundings, in its own words, a bug with the way to its stack. */
export function reportError(error: unknown, log: Log): void {
  if (error instanceof CancelledError) return;
  const text = messageOf(error);
  const showLog = { title: vscode.l10n.t('Show Log'), command: commandIds.showLog };
  if (error instanceof ExpectedError || error instanceof OperationalError) {
    log.warn(text);
    show(vscode.window.showWarningMessage, text, error instanceof RefusedError ? error.actions : [showLog]);
    return;
  }
  log.error(error instanceof Error ? error : text);
  show(vscode.window.showErrorMessage, vscode.l10n.t('CDAS Lens failed: {0}', text), [showLog]);
}

/** Shows a result that a person waited for, with the commands that may come next. */
export function showResult(text: string, actions: readonly MessageAction[] = []): void {
  show(vscode.window.showInformationMessage, text, actions);
}

/** Says in passing, in the status bar, that something was done. */
export function showPassing(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${withoutIcons(text)}`, 6000);
}

/** Logs what fails in work that nobody waits for. */
export function inBackground(work: Thenable<unknown>, log: Log): void {
  work.then(undefined, (error: unknown) => {
    if (error instanceof CancelledError) return;
    if (error instanceof ExpectedError) log.warn(error.message);
    else log.error(thrown(error));
  });
}

type ShowMessage = (message: string, ...items: MessageAction[]) => Thenable<MessageAction | undefined>;

// Nobody waits for the answer: a message may stay on screen for hours.
function show(showMessage: ShowMessage, text: string, actions: readonly MessageAction[]): void {
  void showMessage(withoutLinks(text), ...actions).then((chosen) => {
    if (chosen) void vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
  });
}

/** Notifications turn `[text](target)` into links; text from logs and paths must not become one. */
function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}
