import type { Decision, Evidence } from '../../core/decision';
import type { ProblemHints } from '../../core/samplerConfig';
import { chooseStrategy, type SamplerStrategy, type StrategyChoice } from '../../core/samplerStrategy';
import type { CurationState } from '../../core/decisionFold';
import type { DecisionStanding } from '../../core/decisionStatus';
import type { JsonValue } from '../../core/json';
import type { DecisionDraft } from '../../curation/decisionLog';
import { ExpectedError } from '../../protocol/channel';
import type { DecideRequest } from '../../protocol/engineApi';
import type { RunFacts } from '../doctor/logFindings';
import type { ObservedRun } from '../observedRun';
import { problemRow, type ProblemContext } from '../views/problemViews';
import { writerName, type CurationStore, type RunSurroundings } from './curationStore';

/** Runs with more visited problems leave their difficulties out of sampler.json, which trainers read every few seconds. */
const maxDifficulties = 20_000;

/** The decisions that a request comes to. `clear` of a relabelled problem also takes its relabels back. */
export function draftDecisions(request: DecideRequest, curation: CurationState, context: ProblemContext | null): DecisionDraft[] {
  if (request.problems.length === 0) throw new ExpectedError('No problem was named.');
  if (request.action === 'relabel' && request.groundTruth === undefined) throw new ExpectedError('A relabel needs the new ground truth.');
  return request.problems.flatMap((problem) =>
    request.action === 'clear' ? draftClear(problem, request, curation) : [draftOne(problem, request, curation, context)],
  );
}

function draftOne(problem: string, request: DecideRequest, curation: CurationState, context: ProblemContext | null): DecisionDraft {
  const { action, groundTruth, expires } = request;
  return {
    action,
    problem,
    ...(action === 'relabel' && groundTruth !== undefined && { groundTruth, was: answerNow(problem, curation, context) }),
    ...reasonOf(request),
    ...(expires !== undefined && { expires }),
    ...(context === null ? {} : whatIsKnown(problem, context)),
  };
}

function reasonOf({ reason }: DecideRequest): { readonly reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason };
}

function whatIsKnown(problem: string, context: ProblemContext): Pick<DecisionDraft, 'evidence' | 'textHash' | 'index'> {
  const known = context.run.registry.indexOf(problem);
  return known === undefined ? {} : { evidence: evidenceOf(context, known), ...locate(context.run, problem) };
}

function draftClear(problem: string, request: DecideRequest, curation: CurationState): DecisionDraft[] {
  const decided = curation.problems.get(problem);
  // All of them: without the latest, the one before it would be in force.
  const relabels = decided?.relabel ? curation.decisions.filter(({ id, action, problem: about }) => action === 'relabel' && about === problem && !curation.undone.has(id)) : [];
  const reverts: DecisionDraft[] = relabels.map(({ id }) => ({ action: 'revert', ref: id, problem, ...reasonOf(request) }));
  // Also where the membership is normal: what a person did, and may undo, is one `clear`.
  return [...reverts, { action: 'clear', problem, ...reasonOf(request) }];
}

/**
 * What undoes a decision, newest first. What was written about the same problem in the same go goes with it: beside a
 * `clear` the reverts of the relabels that it took back.
 */
export function draftUndo(decision: Decision, { decisions, undone }: CurationState, reason?: string): DecisionDraft[] {
  const { id, problem, at, by } = decision;
  const sameGo = decisions.filter((other) => problem !== undefined && other.problem === problem && other.at === at && other.by === by);
  return [...new Set([id, ...sameGo.map((other) => other.id)])]
    .filter((each) => !undone.has(each))
    .sort()
    .reverse()
    .map((ref) => ({ action: 'revert', ref, ...(problem !== undefined && { problem }), ...(reason !== undefined && reason !== '' && { reason }) }));
}

/** The decision that an undo without a name means: the newest one in force that is no revert itself. */
export function newestInForce(standings: readonly DecisionStanding[]): Decision {
  const inForce = standings.findLast(({ decision, state }) => decision.action !== 'revert' && state !== 'superseded');
  if (inForce === undefined) throw new ExpectedError('There is no decision to undo.');
  return inForce.decision;
}

/** A run with what its log supports. */
export interface RatedRun {
  readonly run: ObservedRun;
  readonly facts: RunFacts;
}

/**
 * What goes into sampler.json besides the decisions: the state of a run, or what the file says of the last one, and the
 * strategy that was chosen over the one in the file. A choice that cannot be obeyed changes nothing; `problems` says why.
 */
export function compileSurroundings(
  store: CurationStore,
  rated: RatedRun | null,
  choice: StrategyChoice,
): { readonly surroundings: RunSurroundings; readonly problems: readonly string[] } {
  const last = store.lastSurroundings;
  const present = rated === null ? last.strategy : { ...last.strategy, mode: rated.run.mode };
  const { strategy, problems } = chooseStrategy(present, choice);
  const surroundings = rated === null ? { ...last, strategy, writer: writerName } : surroundingsOf(rated, strategy);
  return { surroundings, problems };
}

function surroundingsOf({ run, facts }: RatedRun, strategy: SamplerStrategy): RunSurroundings {
  const rated = facts.supportsDifficulty && run.history.stepCount > 0;
  const difficulty = rated ? difficulties(run) : null;
  return {
    run: { name: run.source.name, step: run.steps.at(-1)?.step ?? null },
    strategy,
    competence: rated ? run.history.state.competence : null,
    writer: writerName,
    locate: (problem) => locate(run, problem),
    ...(difficulty !== null && { difficulty }),
  };
}

function difficulties(run: ObservedRun): ReadonlyMap<string, readonly [number, number]> | null {
  const { state } = run.history;
  const visited = Array.from({ length: run.registry.length }, (_, problem) => problem).filter((problem) => state.visits(problem) > 0);
  if (visited.length > maxDifficulties) return null;
  return new Map(visited.map((problem) => [run.registry.at(problem)?.id ?? '', [state.difficulty(problem), state.visits(problem)]]));
}

function locate(run: ObservedRun, id: string): ProblemHints | null {
  const known = run.registry.at(run.registry.indexOf(id) ?? -1);
  if (known === undefined) return null;
  const [row] = known.rows;
  const index = row === undefined ? null : (run.datasetFile?.index.explicitIdOf(row) ?? null);
  // Only the dataset knows the text of an id: the log may hold it with additions or not at all, and a trainer that is
  // told another text than its own row has does not take the id for that row's. Where the id is of rows that differ, only
  // the trainer's word that it cannot tell them apart is true.
  const textKnown = row === undefined ? known.source !== 'explicit' : run.datasetFile?.index.hashOf(row) === known.textHash;
  return { ...(textKnown && { textHash: known.textHash }), ...(index !== null && { index }) };
}

function answerNow(problem: string, curation: CurationState, context: ProblemContext | null): JsonValue {
  const relabel = curation.problems.get(problem)?.relabel;
  if (relabel) return relabel.groundTruth;
  const known = context?.run.registry.indexOf(problem);
  return context === null || known === undefined ? null : problemRow(context, known).groundTruth;
}

function evidenceOf(context: ProblemContext, problem: number): Evidence {
  const row = problemRow(context, problem);
  const step = context.run.steps.at(-1)?.step;
  return {
    run: context.run.source.name,
    ...(step !== undefined && { step }),
    ...(row.difficulty !== null && { difficulty: row.difficulty }),
    visits: row.visits,
    ...(row.passRate !== null && { passRate: row.passRate }),
  };
}
