import * as vscode from 'vscode';
import type { CommandId } from './ids';
import type { Log } from './log';
import { reportError } from './report';

/** What a command does; the arguments come from menus, webviews, links and other extensions and are checked there. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** One handler for every command id: a forgotten one does not compile. */
export type CommandHandlers = Readonly<Record<CommandId, CommandHandler>>;

/**
 * Registers every command. A handler that throws shows its error once and makes the command give undefined; nothing is
 * thrown to the caller.
 */
export function registerCommands(handlers: CommandHandlers, log: Log): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        reportError(error, log);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
