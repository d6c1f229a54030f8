import { placesAmong, type Place } from '../../core/strategies/placing';
import type { BatchSide, ChoiceReport, ChoiceRule, NextBatch, ProblemChoice } from '../../protocol/nextBatch';
import { problemRow, withTexts } from '../views/problemViews';
import { uncertainties } from './batchCertainty';
import type { BatchPlan } from './batchPlan';

type Side = 'harder' | 'easier';

const titleChars = 160;

/** A planned batch as the views show it: every chosen problem with its reason, and what changes against the last step; `asked` is one that is explained besides. */
export function describeBatch(plan: BatchPlan, asked: string | null = null): NextBatch {
  const current = currentProblems(plan);
  const chosen = new Set(plan.chosen);
  const removed = [...current].filter((problem) => !chosen.has(problem));
  const choices = choicesOf(plan, [...plan.chosen, ...removed]);
  const shown = (problems: readonly number[]): readonly ProblemChoice[] => problems.flatMap((problem) => choices.get(problem) ?? []);
  return { ...headOf(plan), batch: shown(plan.chosen), removed: shown(removed), asked: asked === null ? null : (explainChoice(plan, asked)?.choice ?? null) };
}

/** Why one problem is in a planned batch or not; null when the run does not know it. */
export function explainChoice(plan: BatchPlan, id: string): ChoiceReport | null {
  const problem = plan.context.run.registry.indexOf(id);
  const choice = problem === undefined ? undefined : choicesOf(plan, [problem]).get(problem);
  return choice === undefined ? null : { choice, batch: headOf(plan) };
}

/** By plan, as many of its problems may be asked about one after the other. */
const heads = new WeakMap<BatchPlan, ChoiceReport['batch']>();

function headOf(plan: BatchPlan): ChoiceReport['batch'] {
  const head = heads.get(plan) ?? newHead(plan);
  heads.set(plan, head);
  return head;
}

function newHead(plan: BatchPlan): ChoiceReport['batch'] {
  const { context, request, state, step, draw, size, uniform } = plan;
  const { run, facts } = context;
  const current = currentProblems(plan);
  const kept = plan.chosen.filter((problem) => current.has(problem)).length;
  const reasons = uncertainties(plan);
  return {
    run: { id: run.source.id, name: run.source.name },
    step,
    draw,
    size,
    strategy: { ...request.strategy, mode: run.mode },
    uniform,
    exact: reasons.length === 0,
    reasons,
    competence: facts.supportsDifficulty && run.history.stepCount > 0 ? state.competence : null,
    sides: isAligned(plan) ? { harder: sideOf(plan, 'harder'), easier: sideOf(plan, 'easier') } : null,
    pinned: plan.pinned.size,
    excluded: state.excluded,
    candidates: state.count - state.excluded,
    currentStep: run.steps.at(-1)?.step ?? null,
    added: plan.chosen.length - kept,
    kept,
    gone: current.size - kept,
  };
}

function currentProblems({ context }: BatchPlan): ReadonlySet<number> {
  return new Set(context.run.steps.at(-1)?.columns.problem ?? []);
}

function isAligned({ request, uniform }: BatchPlan): boolean {
  return request.strategy.name === 'cdas' && !uniform;
}

function sideOfProblem({ state }: BatchPlan, problem: number): Side {
  return (state.difficulty[problem] ?? 0) > state.competence ? 'harder' : 'easier';
}

/** The problems that are ranked against each other, without pinned and excluded ones: by side under CDAS, else all under null. */
type Candidates = ReadonlyMap<Side | null, readonly number[]>;

/** By plan, as many of its problems may be asked about one after the other. */
const ranked = new WeakMap<BatchPlan, Candidates>();

function candidatesOf(plan: BatchPlan): Candidates {
  const candidates = ranked.get(plan) ?? findCandidates(plan);
  ranked.set(plan, candidates);
  return candidates;
}

function findCandidates(plan: BatchPlan): Candidates {
  const aligned = isAligned(plan);
  const bySide = new Map<Side | null, number[]>(aligned ? [['harder', []], ['easier', []]] : [[null, []]]);
  for (let problem = 0; problem < plan.state.count; problem++) {
    if (isRanked(plan, problem)) bySide.get(aligned ? sideOfProblem(plan, problem) : null)?.push(problem);
  }
  return bySide;
}

function sideOf(plan: BatchPlan, side: Side): BatchSide {
  const chosen = plan.chosen.filter((problem) => !plan.pinned.has(problem) && sideOfProblem(plan, problem) === side);
  const last = chosen.at(-1);
  return { chosen: chosen.length, candidates: candidatesOf(plan).get(side)?.length ?? 0, cutOff: last === undefined ? null : plan.keyOf(last)[1] };
}

/** The choices of some problems, in one pass over the candidates of each side. */
function choicesOf(plan: BatchPlan, problems: readonly number[]): ReadonlyMap<number, ProblemChoice> {
  const places = new Map<number, Standing>();
  for (const [side, candidates] of candidatesOf(plan)) {
    const asked = problems.filter((problem) => isRanked(plan, problem) && (side === null || sideOfProblem(plan, problem) === side));
    if (asked.length === 0) continue;
    for (const [problem, standing] of standingsOf(plan, candidates, asked)) places.set(problem, standing);
  }
  const [chosen, current] = [new Set(plan.chosen), currentProblems(plan)];
  const flags = (problem: number): Flags => ({ chosen: chosen.has(problem), inCurrent: current.has(problem) });
  const choose = (problem: number): ProblemChoice => choiceOf(plan, problem, { ...flags(problem), ...(places.get(problem) ?? unranked) });
  return withTexts(plan.context, problems, () => new Map(problems.map((problem) => [problem, choose(problem)])));
}

interface Flags {
  readonly chosen: boolean;
  readonly inCurrent: boolean;
}

interface Standing {
  readonly rank: number | null;
  readonly tied: number;
  readonly candidates: number;
  readonly places: number;
}

const unranked: Standing = { rank: null, tied: 0, candidates: 0, places: 0 };

function standingsOf(plan: BatchPlan, candidates: readonly number[], asked: readonly number[]): readonly (readonly [number, Standing])[] {
  const among = new Set(candidates);
  const places = plan.chosen.filter((problem) => among.has(problem)).length;
  const found: ReadonlyMap<number, Place> = plan.uniform ? new Map() : placesAmong(asked, candidates, plan.keyOf);
  return asked.map((problem) => [problem, { rank: found.get(problem)?.rank ?? null, tied: found.get(problem)?.tied ?? 0, candidates: candidates.length, places }]);
}

function choiceOf(plan: BatchPlan, problem: number, standing: Flags & Standing): ProblemChoice {
  const { state, context } = plan;
  const row = problemRow(context, problem);
  const aligned = isAligned(plan);
  return {
    problem: row.id,
    title: row.text.replace(/\s+/g, ' ').slice(0, titleChars).replace(/[\ud800-\udbff]$/u, ''),
    rule: ruleOf(plan, problem),
    visits: row.visits,
    passRate: row.passRate,
    difficulty: aligned ? (state.difficulty[problem] ?? 0) : null,
    distance: aligned ? plan.keyOf(problem)[1] : null,
    side: aligned ? sideOfProblem(plan, problem) : null,
    ...standing,
  };
}

function ruleOf(plan: BatchPlan, problem: number): ChoiceRule {
  if (plan.state.isExcluded(problem)) return 'excluded';
  if (plan.pinned.has(problem)) return 'pinned';
  return plan.uniform ? 'uniform' : 'ranked';
}

function isRanked(plan: BatchPlan, problem: number): boolean {
  return !plan.state.isExcluded(problem) && !plan.pinned.has(problem);
}
