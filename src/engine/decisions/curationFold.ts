import { foldDecisions, type CurationMoment, type CurationState } from '../../core/decisionFold';
import { decisionStandings, type DecisionStanding, type StandingInput } from '../../core/decisionStatus';

/** What decisions and receipts come to at one moment, each part found when it is first asked for. */
export class CurationFold {
  private folded: CurationState | null = null;
  private found: readonly DecisionStanding[] | null = null;
  private grouped: ReadonlyMap<string, readonly DecisionStanding[]> | null = null;
  /** The time and the step at which the next decision lapses. */
  private readonly endTime: number;
  private readonly endStep: number;

  constructor(private readonly input: StandingInput) {
    const { step } = input.at;
    const lapses = input.decisions.flatMap(({ expires }) => expires ?? []);
    this.endTime = earliestAfter(Date.parse(input.at.now), lapses.flatMap(({ at }) => (at === undefined ? [] : Date.parse(at))));
    this.endStep = earliestAfter(step ?? Infinity, lapses.flatMap((lapse) => lapse.step ?? []));
  }

  /** Whether nothing lapses, or comes back, between its moment and another. */
  holdsAt({ now, step }: CurationMoment): boolean {
    const from = this.input.at;
    const time = Date.parse(now);
    if (time < Date.parse(from.now) || time >= this.endTime) return false;
    return step === null || from.step === null ? step === from.step : step >= from.step && step < this.endStep;
  }

  get state(): CurationState {
    return (this.folded ??= foldDecisions(this.input.decisions, this.input.at));
  }

  get standings(): readonly DecisionStanding[] {
    return (this.found ??= decisionStandings(this.input));
  }

  /** The standings by the problem that they are about, oldest first. */
  get byProblem(): ReadonlyMap<string, readonly DecisionStanding[]> {
    return (this.grouped ??= groupByProblem(this.standings));
  }
}

function earliestAfter(from: number, ends: readonly number[]): number {
  return ends.reduce((earliest, end) => (end > from && end < earliest ? end : earliest), Infinity);
}

function groupByProblem(standings: readonly DecisionStanding[]): ReadonlyMap<string, readonly DecisionStanding[]> {
  const byProblem = new Map<string, DecisionStanding[]>();
  for (const standing of standings) {
    const { problem } = standing.decision;
    if (problem === undefined) continue;
    const own = byProblem.get(problem);
    if (own === undefined) byProblem.set(problem, [standing]);
    else own.push(standing);
  }
  return byProblem;
}
