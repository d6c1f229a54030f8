import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { DecisionStatus } from '../../protocol/run';
import { Coalescer } from '../coalescer';
import type { Engine } from '../engine/engineClient';
import type { Log } from '../log';

/** The decisions by problem, as last pulled from the engine, so that lists can show where each problem stands. */
export class DecisionIndex implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires after decisions or the trainer's answers to them have changed. */
  readonly onDidChange = this.changed.event;
  private byProblem = new Map<string, DecisionStatus[]>();
  private readonly puller = new Coalescer(() => this.pull());
  private readonly subscription: { dispose(): void };

  constructor(
    private readonly engine: Engine,
    private readonly log: Log,
  ) {
    this.subscription = engine.on('curationChanged', () => void this.puller.request());
  }

  /** The decisions about a problem, oldest first. */
  of(problem: string): readonly DecisionStatus[] {
    return this.byProblem.get(problem) ?? [];
  }

  refresh(): Promise<void> {
    return this.puller.request();
  }

  dispose(): void {
    this.subscription.dispose();
    this.puller.dispose();
    this.changed.dispose();
  }

  private async pull(): Promise<void> {
    try {
      const decisions = await this.engine.call('decisions', { run: null });
      const byProblem = new Map<string, DecisionStatus[]>();
      for (const decision of decisions) {
        if (decision.problem === null) continue;
        const known = byProblem.get(decision.problem);
        if (known) known.push(decision);
        else byProblem.set(decision.problem, [decision]);
      }
      this.byProblem = byProblem;
    } catch (error) {
      this.log.warn(`The decisions could not be listed: ${messageOf(error)}`);
    }
    this.changed.fire();
  }
}
