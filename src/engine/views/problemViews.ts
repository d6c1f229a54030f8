import type { CurationState, ProblemCuration } from '../../core/decisionFold';
import type { DecisionStanding } from '../../core/decisionStatus';
import { disobedienceText } from '../../core/disobedience';
import type { JsonValue } from '../../core/json';
import { wilsonInterval } from '../../core/passRateInterval';
import type { Page, ProblemQuery } from '../../protocol/engineApi';
import type { DecisionStatus, GroupRow, ProblemDetail, ProblemRow, Visit } from '../../protocol/run';
import { collectGarbage } from '../../logs/files/collectGarbage';
import type { RunFacts } from '../doctor/logFindings';
import type { ObservedRun } from '../observedRun';
import type { ProblemRegistry } from '../rating/problemRegistry';
import type { Group } from '../rating/stepGroups';
import { isCurrent, type IdOrder } from './idOrder';
import { byNumber, byText } from './problemOrder';
import type { FoundProblems } from './problemSearch';

/** So many rows are made at a time where very many are wanted. */
const rowsPerPart = 1024;
const groupsPerPart = 8192;
const maxRowsAhead = 1 << 15;

/** A run with the decisions about it, as the views of its problems need them. */
export interface ProblemContext {
  readonly run: ObservedRun;
  readonly facts: RunFacts;
  readonly curation: CurationState;
  /** Standings by problem id, oldest first. */
  readonly standings: ReadonlyMap<string, readonly DecisionStanding[]>;
}

/** A decision's standing in the words of the protocol. */
export function decisionStatus({ decision, state, activeFromStep, why }: DecisionStanding): DecisionStatus {
  const { id, action, at, by, reason } = decision;
  return { decision: id, action, at, by, reason: reason ?? null, state, activeFromStep, why: why === null ? null : disobedienceText(why) };
}

/** One problem as tables show it. */
export function problemRow(context: ProblemContext, problem: number): ProblemRow {
  const known = context.run.registry.at(problem);
  if (known === undefined) throw new RangeError(`no problem ${problem}`);
  const { id } = known;
  return {
    id,
    text: known.preview,
    groundTruth: parseAnswer(known.answer),
    ...problemFigures(context, problem),
    ...curationOf(context.curation.problems.get(id)),
    decisions: (context.standings.get(id) ?? []).filter(({ state }) => state !== 'superseded').map(decisionStatus),
  };
}

/** What the run shows of a problem, in numbers. */
export function problemFigures({ run: { history }, facts }: ProblemContext, problem: number): Pick<ProblemRow, 'visits' | 'difficulty' | 'passRate' | 'rollouts' | 'correct' | 'lastStep'> {
  const tally = history.tallyOf(problem);
  const visits = history.state.visits(problem);
  const supported = facts.supportsPassRates && visits > 0;
  return {
    visits,
    difficulty: supported && facts.supportsDifficulty ? history.state.difficulty(problem) : null,
    passRate: supported && tally.scored > 0 ? tally.correct / tally.scored : null,
    rollouts: tally.scored,
    correct: tally.correct,
    lastStep: history.stepAt(tally.lastVisit) ?? null,
  };
}

function curationOf(decided: ProblemCuration | undefined): Pick<ProblemRow, 'membership' | 'relabelledTo'> {
  return { membership: decided?.membership ?? 'normal', relabelledTo: decided?.relabel?.groundTruth ?? null };
}

function parseAnswer(answer: string | null): JsonValue {
  // The registry keeps canonical JSON, so this parses and is JSON.
  return answer === null ? null : (JSON.parse(answer) as JsonValue);
}

/** One problem with its history. */
export function problemDetail(context: ProblemContext, problem: number): ProblemDetail {
  const { run, facts } = context;
  const row = problemRow(context, problem);
  const entries = run.history.entriesOf(problem);
  const afresh = entries.findLastIndex(({ kind }) => kind === 'restart');
  const history: Visit[] = entries.flatMap(({ kind, stepIndex, correct, scored, difficultyAfter }, position) =>
    kind === 'visit' ? { step: run.history.stepAt(stepIndex) ?? 0, correct, scored, difficulty: difficultyAfter, counts: position > afresh } : [],
  );
  return {
    ...row,
    history,
    competence: facts.supportsDifficulty && run.history.stepCount > 0 ? run.history.state.competence : null,
    interval: row.passRate === null ? null : wilsonInterval(row.correct, row.rollouts),
    run: { id: run.source.id, name: run.source.name, lastStep: run.steps.at(-1)?.step ?? null },
  };
}

/** The groups of one step in parts, made for the asker one part after the other. */
export function* groupRows(context: ProblemContext, step: number): Generator<readonly GroupRow[]> {
  const { run: { registry }, curation } = context;
  const groups = context.run.groupsOf(step);
  for (let from = 0; groups !== undefined && from < groups.length; from += groupsPerPart) {
    const part = groups.groupsBetween(from, from + groupsPerPart);
    yield withTexts(context, part.map(({ problem }) => problem), () => part.map((group) => groupRow({ registry, curation }, step, group)));
  }
}

function groupRow({ registry, curation }: { readonly registry: ProblemRegistry; readonly curation: CurationState }, step: number, { problem, n, scored, correct, rewardSum, rewarded }: Group): GroupRow {
  const known = registry.at(problem);
  const id = known?.id ?? '';
  return {
    step,
    problem: id,
    title: (known?.preview ?? '').replace(/\s+/g, ' '),
    n,
    scored,
    correct,
    rewardMean: rewarded === 0 ? null : rewardSum / rewarded,
    membership: curation.problems.get(id)?.membership ?? 'normal',
  };
}

/** One page of a run's problems; only the page's rows are made. `isFound`: what was searched for; `byId`: all problems in that order, where it is known. */
export function problemPage(context: ProblemContext, query: ProblemQuery, isFound?: FoundProblems, byId: IdOrder | null = null): Page<ProblemRow> {
  const ordered = orderedProblems(context, query, isFound, byId);
  const rows = [...problemRows(context, ordered.subarray(query.offset, query.offset + query.limit))].flat();
  return { revision: context.run.revision, total: ordered.length, rows };
}

/** The problems that a query asks for in its order, whatever page of them; sorts by numbers held in columns. */
export function orderedProblems(context: ProblemContext, query: Omit<ProblemQuery, 'run' | 'offset' | 'limit'>, isFound: FoundProblems | null = null, byId: IdOrder | null = null): Int32Array {
  const asked = query.membership === undefined ? allProblems(context.run) : decidedProblems(context, query.membership);
  const fitting = isFound === null ? asked : asked.filter(isFound);
  return query.sort === 'id' ? idOrdered(context, fitting, query.descending, byId) : byNumber(fitting, sortKey(context, query.sort), query.descending);
}

/** The rows of problems in parts, made for the asker one part after the other. What of them stands in a dataset's file is read for as many as there is room for: in the order of the file. */
export function* problemRows(context: ProblemContext, problems: Int32Array): Generator<readonly ProblemRow[]> {
  let [from, length] = [0, rowsPerPart];
  while (from < problems.length) {
    const some = problems.subarray(from, from + length);
    if (problems.length > rowsPerPart) collectGarbage();
    const filled = readTexts(context, some);
    for (let at = 0; at < some.length; at += rowsPerPart) yield Array.from(some.subarray(at, at + rowsPerPart), (problem) => problemRow(context, problem));
    context.run.datasetFile?.letGo();
    from += length;
    if (filled < 1 / 4) length = Math.min(4 * length, maxRowsAhead);
  }
}

/** Does something with the rows of some problems, whose texts are read together before it. */
export function withTexts<Result>(context: ProblemContext, problems: Iterable<number>, use: () => Result): Result {
  readTexts(context, problems);
  try {
    return use();
  } finally {
    context.run.datasetFile?.letGo();
  }
}

function readTexts({ run: { datasetFile, registry } }: ProblemContext, problems: Iterable<number>): number {
  return datasetFile?.readAhead(registry.rowsToRead(problems)) ?? 0;
}

function allProblems({ registry }: ObservedRun): Int32Array {
  const problems = new Int32Array(registry.length);
  for (let problem = 0; problem < problems.length; problem++) problems[problem] = problem;
  return problems;
}

/** The problems about which something was decided, in index order. */
function decidedProblems({ run: { registry }, curation }: ProblemContext, wanted: NonNullable<ProblemQuery['membership']>): Int32Array {
  const ids = [...curation.problems].flatMap(([id, decided]) => (hasMembership(decided, wanted) ? [id] : []));
  return Int32Array.from(ids.map((id) => registry.indexOf(id) ?? -1).filter((problem, place) => registry.at(problem)?.id === ids[place])).sort();
}

function hasMembership({ membership, relabel }: ProblemCuration, wanted: NonNullable<ProblemQuery['membership']>): boolean {
  if (wanted === 'relabelled') return relabel !== null;
  return wanted === 'decided' ? relabel !== null || membership !== 'normal' : membership === wanted;
}

function idOrdered({ run: { registry } }: ProblemContext, problems: Int32Array, descending: boolean, byId: IdOrder | null): Int32Array {
  if (byId === null || !isCurrent(byId, registry)) return byText(problems, (problem) => registry.at(problem)?.id ?? '', descending);
  const isWanted = new Uint8Array(registry.length);
  for (const problem of problems) isWanted[problem] = 1;
  const ordered = byId.problems.filter((problem) => isWanted[problem] === 1);
  return descending ? ordered.reverse() : ordered;
}

/** What to sort by; NaN for a problem that has no such number. */
function sortKey({ run }: ProblemContext, sort: Exclude<ProblemQuery['sort'], 'id'>): (problem: number) => number {
  const { state } = run.history;
  const visited = (problem: number, value: number): number => (state.visits(problem) === 0 ? NaN : value);
  switch (sort) {
    case 'difficulty':
      return (problem) => visited(problem, state.difficulty(problem));
    case 'alignment':
      return (problem) => visited(problem, Math.abs(state.competence - state.difficulty(problem)));
    case 'visits':
      return (problem) => state.visits(problem);
    case 'passRate':
      return (problem) => {
        const { correct, scored } = run.history.tallyOf(problem);
        return scored === 0 ? NaN : correct / scored;
      };
    case 'lastStep':
      return (problem) => run.history.stepAt(run.history.tallyOf(problem).lastVisit) ?? NaN;
  }
}
