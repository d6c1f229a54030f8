import type { Decision, Receipt } from './decision';
import { foldDecisions, hasExpired, orderDecisions, type CurationMoment, type CurationState, type ProblemCuration } from './decisionFold';
import { disobedienceFor, disobeyedBy, isOfMembershipOnly, sameDisobeyed, type Disobedience, type Disobeyed } from './disobedience';
import { canonicalJson } from './json';

/** Where a decision stands with the trainer. A pending one has changed nothing yet. */
export type DecisionState = 'pending' | 'active' | 'expired' | 'unmatched' | 'refused' | 'superseded';

/** A decision and where it stands; `activeFromStep` is kept after it was superseded or expired. */
export interface DecisionStanding {
  readonly decision: Decision;
  readonly state: DecisionState;
  readonly activeFromStep: number | null;
  /** Why the trainer does not follow it; null where it does, or has not said. */
  readonly why: Disobedience | null;
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

// A receipt that still counts and differs in effect from the one before it.
interface Application {
  readonly moment: { readonly step: number; readonly now: string };
  readonly expired: ReadonlySet<string>;
  readonly disobeyed: Disobeyed;
  /** By position in id order, 1 for each decision that the receipt covers. */
  readonly covered: Uint8Array;
}

// Decisions that can affect each other: those about one problem and the reverts of these.
interface Group {
  readonly problem: string;
  readonly members: readonly { readonly decision: Decision; readonly position: number }[];
}

// What the trainer did about a group from the step of a receipt on.
interface Effect {
  readonly step: number;
  readonly state: CurationState;
  readonly why: Disobedience | null;
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
    const waits = !['active', 'expired', 'superseded'].includes(name) || decision.action === 'note';
    const why = name === 'pending' || name === 'unmatched' || name === 'refused' ? (answer?.why ?? null) : null;
    return { decision, state: name, activeFromStep: waits ? null : (answer?.fromStep ?? null), why };
  });
}

/**
 * What the receipts prove to have taken effect: the decisions that each receipt covers are folded at its step, and the
 * differences from one receipt to the next are the events. Ordered by step, then problem.
 */
export function curationEvents(input: StandingInput): readonly CurationEvent[] {
  const ordered = orderDecisions(input.decisions);
  const applications = applicationsOf(input, ordered);
  const events = groupsOf(ordered).flatMap((group) => groupEvents(group, applications));
  return events.sort((a, b) => a.step - b.step || (a.problem < b.problem ? -1 : a.problem > b.problem ? 1 : 0));
}

function groupEvents(group: Group, applications: readonly Application[]): CurationEvent[] {
  const events: CurationEvent[] = [];
  let before: ProblemCuration | undefined;
  for (const { step, state, why } of effects(group, applications)) {
    const { problem } = group;
    const after = followed(state.problems.get(problem), why);
    const [wasOut, isOut] = [before?.membership === 'exclude', after?.membership === 'exclude'];
    if (wasOut !== isOut) events.push({ problem, step, kind: isOut ? 'exclude' : 'include' });
    if (answerText(before) !== answerText(after)) events.push({ problem, step, kind: 'restart' });
    before = after;
  }
  return events;
}

function followed(curation: ProblemCuration | undefined, why: Disobedience | null): ProblemCuration | undefined {
  if (why === null || curation === undefined) return curation;
  return isOfMembershipOnly(why) ? { ...curation, membership: 'normal' } : undefined;
}

interface Answer {
  readonly fromStep: number | null;
  readonly now: 'active' | 'unmatched' | 'refused' | 'pending';
  readonly why: Disobedience | null;
}

function trainerAnswers(input: StandingInput, ordered: readonly Decision[]): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  const applications = applicationsOf(input, ordered);
  for (const group of groupsOf(ordered)) {
    for (const effect of effects(group, applications)) {
      const inForce = decisionsInForce(effect.state);
      for (const { decision } of group.members) answers.set(decision.id, answerTo(decision, { effect, inForce, before: answers.get(decision.id) }));
    }
  }
  return answers;
}

function answerTo(decision: Decision, { effect, inForce, before }: { readonly effect: Effect; readonly inForce: ReadonlySet<string>; readonly before: Answer | undefined }): Answer {
  const fromStep = before?.fromStep ?? null;
  if (!inForce.has(decision.id)) return { fromStep, now: 'pending', why: null };
  const why = whyNot(decision, effect);
  if (why !== null) return { fromStep, now: answerNames[why], why };
  return before?.now === 'active' ? before : { fromStep: effect.step, now: 'active', why: null };
}

function whyNot(decision: Decision, { state, why }: Effect): Disobedience | null {
  if (!isOfMembershipOnly(why)) return why;
  return state.problems.get(decision.problem ?? '')?.membershipDecision === decision.id ? why : null;
}

const answerNames: Readonly<Record<Disobedience, Answer['now']>> = { absent: 'unmatched', ambiguous: 'unmatched', refused: 'refused', unsupported: 'refused', unlisted: 'pending' };

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

function groupsOf(ordered: readonly Decision[]): readonly Group[] {
  const byId = new Map(ordered.map((decision) => [decision.id, decision]));
  const groups = new Map<string, { problem: string; members: { decision: Decision; position: number }[] }>();
  ordered.forEach((decision, position) => {
    let root: Decision | undefined = decision;
    // References go back in time only, so this ends.
    while (root?.action === 'revert') root = root.ref !== undefined && root.ref < root.id ? byId.get(root.ref) : undefined;
    const problem = root?.problem ?? '';
    const group = groups.get(problem) ?? { problem, members: [] };
    group.members.push({ decision, position });
    groups.set(problem, group);
  });
  return [...groups.values()];
}

// One effect per receipt that changes anything for the group.
function* effects({ problem, members }: Group, applications: readonly Application[]): Generator<Effect> {
  const lapsing = members.filter(({ decision }) => decision.expires !== undefined);
  let before: Application | null = null;
  for (const application of applications) {
    const { moment, disobeyed, covered, expired } = application;
    const why = disobedienceFor(disobeyed, problem);
    const last: Application | null = before;
    before = application;
    const isSame =
      last !== null &&
      members.every(({ position }) => covered[position] === last.covered[position]) &&
      lapsing.every(({ decision }) => expired.has(decision.id) === last.expired.has(decision.id)) &&
      why === disobedienceFor(last.disobeyed, problem);
    if (isSame) continue;
    const own = members.filter(({ position }) => covered[position] === 1).map(({ decision }) => decision);
    yield { step: moment.step, state: foldDecisions(own, moment), why };
  }
}

function applicationsOf(input: StandingInput, ordered: readonly Decision[]): readonly Application[] {
  const cover = coverage(input, ordered);
  const lapsing = ordered.filter(({ expires }) => expires !== undefined);
  const applications: Application[] = [];
  for (const receipt of validReceipts(input.receipts)) {
    const moment = { step: receipt.appliedAtStep, now: receipt.at };
    const expired = new Set(lapsing.filter((decision) => hasExpired(decision, moment)).map(({ id }) => id));
    const application = { moment, expired, covered: cover(receipt), disobeyed: disobeyedBy(receipt) };
    const last = applications.at(-1);
    const same = last !== undefined && sameItems(last.covered, application.covered) && sameDisobeyed(last.disobeyed, application.disobeyed);
    if (!same || !sameSet(last.expired, expired)) applications.push(application);
  }
  return applications;
}

// Which decisions a receipt covers, by position. A known digest says exactly what the trainer read, whatever the clocks
// say. Else the generation counts decisions in id order, and only those older than the receipt: a union merge may have put
// others between them since.
function coverage({ knownDigests }: StandingInput, ordered: readonly Decision[]): (receipt: Receipt) => Uint8Array {
  const times = ordered.map(({ at }) => Date.parse(at));
  const newest = times.reduce((latest, time) => Math.max(latest, time), 0);
  let last: { readonly key: string; readonly covered: Uint8Array } | null = null;
  return (receipt) => {
    const known = knownDigests?.get(receipt.digest);
    // Trainers may write whole seconds.
    const appliedAt = Math.min(Date.parse(receipt.at) + 999, newest);
    const key = known === undefined ? `${receipt.generation} ${appliedAt}` : receipt.digest;
    if (last?.key === key) return last.covered;
    const covered = new Uint8Array(ordered.length);
    ordered.forEach(({ id }, at) => {
      const covers = known === undefined ? at < receipt.generation && (times[at] ?? Infinity) <= appliedAt : known.has(id);
      if (covers) covered[at] = 1;
    });
    last = { key, covered };
    return covered;
  };
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

function sameItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
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

function answerText(curation: ProblemCuration | undefined): string | null {
  const relabel = curation?.relabel ?? null;
  return relabel === null ? null : canonicalJson(relabel.groundTruth);
}
