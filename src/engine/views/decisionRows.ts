import type { DecisionStanding } from '../../core/decisionStatus';
import { maxListed, type ProblemDecision } from './decisionsText';
import { decisionStatus, withTexts, type ProblemContext } from './problemViews';

/** Decisions as they stand, each with the start of its problem's text, where the run knows it and a list would show it. */
export function decisionRows(standings: readonly DecisionStanding[], context: ProblemContext | null): readonly ProblemDecision[] {
  const rows = standings.map((standing) => ({ ...decisionStatus(standing), problem: standing.decision.problem ?? null, title: null }));
  if (context === null) return rows;
  const titles = titlesOf(listed(rows), context);
  return rows.map((row) => ({ ...row, title: titles.get(row.problem ?? '') ?? null }));
}

/** The problems that a list names: of very many decisions of one kind it shows the first ones. */
function listed(rows: readonly ProblemDecision[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const problems = new Set<string>();
  for (const { state, why, problem } of rows) {
    const kind = `${state} ${why ?? ''}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (problem !== null && state !== 'superseded' && count <= maxListed) problems.add(problem);
  }
  return problems;
}

function titlesOf(ids: ReadonlySet<string>, context: ProblemContext): ReadonlyMap<string, string> {
  const { registry } = context.run;
  const known = [...ids].flatMap((id) => {
    const problem = registry.indexOf(id);
    return problem === undefined ? [] : [[id, problem] as const];
  });
  const read = (): Map<string, string> => new Map(known.map(([id, problem]) => [id, (registry.at(problem)?.preview ?? '').replace(/\s+/g, ' ')]));
  return withTexts(context, known.map(([, problem]) => problem), read);
}
