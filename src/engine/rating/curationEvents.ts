import type { CurationEvent } from '../../core/decisionStatus';
import { countBefore } from '../../core/ordered';

/** The effects of decisions on a run's numbers, in the order of their steps, as a replay asks for them. */
export class CurationEvents {
  private readonly byProblem = new Map<string, CurationEvent[]>();

  /** `events` ascend by step. */
  constructor(private readonly events: readonly CurationEvent[]) {
    for (const event of events) {
      const own = this.byProblem.get(event.problem);
      if (own === undefined) this.byProblem.set(event.problem, [event]);
      else own.push(event);
    }
  }

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  /** The events of the steps after one and up to another. */
  between(after: number, upTo: number): readonly CurationEvent[] {
    return this.events.slice(this.firstAfter(after), this.firstAfter(upTo));
  }

  /** Whether a problem is out of the mean from a step on, or from one before it. */
  isExcludedAt(problem: string, step: number): boolean {
    const last = this.byProblem.get(problem)?.findLast((event) => event.kind !== 'restart' && event.step <= step);
    return last?.kind === 'exclude';
  }

  private firstAfter(step: number): number {
    return countBefore(this.events.length, (index) => (this.events[index]?.step ?? Infinity) <= step);
  }
}
