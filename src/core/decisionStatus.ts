import type { Decision, Receipt } from './decision';
import { foldDecisions, orderDecisions, type CurationMoment, type CurationState, type ProblemCuration } from './decisionFold';
import { canonicalJson } from './json';

/** Where a decision stands with the trainer. A pending one has changed nothing yet. */
export type DecisionState = 'pending' | 'active' | 'expired' | 'unmatched' | 'superseded';

/** A decision and where it stands; `activeFromStep` is kept after it was superseded or expired. */
export interface DecisionStanding {
  readonly decision: Decision;
  readonly state: DecisionState;
  readonly activeFromStep: number | null;
}

/** A change in what counts for the CDAS fold, from the groups of `step` on. */
export interface CurationEvent {
  readonly problem: string;
  readonly step: number;
  /** exclude, include: the problem leaves or joins the mean behind competence; restart: its difficulty and visits start afresh. */
  readonly kind: 'exclude' | 'include' | 'restart';
}

/** What standings and events are computed from. */
export interface StandingInput {
  readonly decisions: readonly Decision[];
  /** The receipts of one run, in file order. */
  readonly receipts: readonly Receipt[];
  readonly at: CurationMoment;
  /** For digests of sampler.json that are known: the ids of the decisions that it was compiled from. */
  readonly knownDigests?: ReadonlyMap<string, ReadonlySet<string>>;
}

// What the trainer did from the step of a receipt on: the fold of the decisions that the receipt covers.
interface Effect {
  readonly step: number;
  readonly state: CurationState;
  readonly unmatched: ReadonlySet<string>;
}

/** The receipts that a run's name selects; receipts that name no run apply to every run. */
export function receiptsOfRun(receipts: readonly Receipt[], names: ReadonlySet<string>): readonly Receipt[] {
  return receipts.filter(({ run }) => run === '' || names.has(run));
}

/** Where each decision stands, in id order. A decision is active from the step at which it came in force in the trainer. */
export function decisionStandings(input: StandingInput): readonly DecisionStanding[] {
  const state = foldDecisions(input.decisions, input.at);
  const answers = trainerAnswers(input, state.decisions);
  const inForce = decisionsInForce(state);
  return state.decisions.map((decision) => {
    const answer = answers.get(decision.id);
    const name = nameState(decision, answer, { state, inForce });
    const waits = name === 'pending' || name === 'unmatched' || decision.action === 'note';
    return { decision, state: name, activeFromStep: waits ? null : (answer?.fromStep ?? null) };
  });
}

/**
 * What the receipts prove to have taken effect: the decisions that each receipt covers are folded at its step, and the
 * differences from one receipt to the next are the events. Ordered by step, then problem.
 */
export function curationEvents(input: StandingInput): readonly CurationEvent[] {
  const events: CurationEvent[] = [];
  let before: ReadonlyMap<string, ProblemCuration> = new Map();
  for (const { step, state, unmatched } of effects(input, orderDecisions(input.decisions))) {
    const after = new Map(state.problems);
    for (const problem of unmatched) after.delete(problem);
    events.push(...differences(before, after, step));
    before = after;
  }
  return events;
}

interface Answer {
  readonly fromStep: number | null;
  readonly now: 'active' | 'unmatched' | 'pending';
}

function trainerAnswers(input: StandingInput, ordered: readonly Decision[]): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const { step, state, unmatched } of effects(input, ordered)) {
    const inForce = decisionsInForce(state);
    for (const { id, problem } of ordered) {
      const before = answers.get(id);
      const fromStep = before?.fromStep ?? null;
      if (!inForce.has(id)) answers.set(id, { fromStep, now: 'pending' });
      else if (problem !== undefined && unmatched.has(problem)) answers.set(id, { fromStep, now: 'unmatched' });
      else if (before?.now !== 'active') answers.set(id, { fromStep: step, now: 'active' });
    }
  }
  return answers;
}

function nameState(
  decision: Decision,
  answer: Answer | undefined,
  current: { readonly state: CurationState; readonly inForce: ReadonlySet<string> },
): DecisionState {
  if (!current.inForce.has(decision.id)) return 'superseded';
  if (current.state.expired.has(decision.id)) return 'expired';
  // A note asks nothing of the trainer, so there is nothing to wait for.
  return decision.action === 'note' ? 'active' : (answer?.now ?? 'pending');
}

// One effect per receipt that changes anything.
function* effects(input: StandingInput, ordered: readonly Decision[]): Generator<Effect> {
  const lapses = ordered.some(({ expires }) => expires !== undefined);
  const times = ordered.map(({ at }) => Date.parse(at));
  let last: { readonly covered: Uint8Array; readonly unmatched: ReadonlySet<string> } | null = null;
  for (const receipt of validReceipts(input.receipts)) {
    const known = input.knownDigests?.get(receipt.digest);
    // Trainers may write whole seconds.
    const appliedAt = Date.parse(receipt.at) + 999;
    // A known digest says exactly what the trainer read, whatever the clocks say. Else the generation counts decisions in
    // id order, and only those older than the receipt: a union merge may have put others between them since.
    const covers = (position: number): boolean =>
      known === undefined
        ? position < receipt.generation && (times[position] ?? Infinity) <= appliedAt
        : known.has(ordered[position]?.id ?? '');
    const covered = Uint8Array.from(ordered, (_, position) => (covers(position) ? 1 : 0));
    const unmatched = new Set(receipt.unmatched);
    if (last !== null && !lapses && sameBytes(last.covered, covered) && sameSet(last.unmatched, unmatched)) continue;
    last = { covered, unmatched };
    const own = ordered.filter((_, position) => covered[position] === 1);
    const moment = { step: receipt.appliedAtStep, now: receipt.at };
    yield { step: receipt.appliedAtStep, state: foldDecisions(own, moment), unmatched };
  }
}

// A trainer that resumes from a checkpoint runs steps again: a receipt at an earlier step voids those after it.
function validReceipts(receipts: readonly Receipt[]): readonly Receipt[] {
  const valid: Receipt[] = [];
  for (const receipt of receipts) {
    while ((valid.at(-1)?.appliedAtStep ?? -1) >= receipt.appliedAtStep) valid.pop();
    valid.push(receipt);
  }
  return valid;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((value, position) => value === b[position]);
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((value) => b.has(value));
}

// The newest decision of each field that is not undone; reverts and notes stand by themselves.
function decisionsInForce(state: CurationState): ReadonlySet<string> {
  const inForce = new Set<string>();
  const taken = new Set<string>();
  for (const { id, action, problem } of [...state.decisions].reverse()) {
    if (state.undone.has(id)) continue;
    const alone = action === 'revert' || action === 'note';
    const field = `${action === 'relabel' ? 'groundTruth' : 'membership'} ${problem ?? ''}`;
    if (!alone && taken.has(field)) continue;
    if (!alone) taken.add(field);
    inForce.add(id);
  }
  return inForce;
}

function differences(
  before: ReadonlyMap<string, ProblemCuration>,
  after: ReadonlyMap<string, ProblemCuration>,
  step: number,
): readonly CurationEvent[] {
  const events: CurationEvent[] = [];
  for (const problem of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(problem), after.get(problem)];
    const [wasOut, isOut] = [was?.membership === 'exclude', is?.membership === 'exclude'];
    if (wasOut !== isOut) events.push({ problem, step, kind: isOut ? 'exclude' : 'include' });
    if (answerText(was) !== answerText(is)) events.push({ problem, step, kind: 'restart' });
  }
  return events;
}

function answerText(curation: ProblemCuration | undefined): string | null {
  const relabel = curation?.relabel ?? null;
  return relabel === null ? null : canonicalJson(relabel.groundTruth);
}
