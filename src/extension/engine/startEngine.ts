import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { Log } from '../log';
import { reportError } from '../report';
import { EngineClient } from './engineClient';
import { spawnEngineWorker } from './engineWorker';

/** Starts the engine of this extension in its worker, and passes what it has to say on to the log. */
export function startEngine(context: vscode.ExtensionContext, log: Log): EngineClient {
  const scriptPath = context.asAbsolutePath(path.join('dist', 'engineWorker.js'));
  const engine = new EngineClient({
    spawn: () => spawnEngineWorker(scriptPath, { cacheDirectory: context.globalStorageUri.fsPath }),
    log,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
    onTrouble: (message) => reportError(new Error(message), log),
  });
  engine.on('log', ({ level, message }) => log[level](message));
  return engine;
}
