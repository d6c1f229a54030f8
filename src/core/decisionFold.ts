import type { Decision, Membership } from './decision';
import { canonicalJson, type JsonValue } from './json';

/** The moment for which decisions are folded: the run's last step (null: no run) and the time, ISO-8601 UTC. */
export interface CurationMoment {
  readonly step: number | null;
  readonly now: string;
}

/** A relabel in force. */
export interface Relabel {
  readonly groundTruth: JsonValue;
  readonly decision: string;
}

/** What the decisions say about one problem. */
export interface ProblemCuration {
  readonly membership: Membership;
  /** The decision that set the membership, even if it set it to normal or has lapsed; null where none did. */
  readonly membershipDecision: string | null;
  readonly relabel: Relabel | null;
  /** Earlier relabels to other values that the one in force did not know of, newest first. */
  readonly conflicts: readonly Relabel[];
  /** What lets a trainer find the problem where ids differ. */
  readonly textHash: string | null;
  readonly index: string | null;
}

/** The result of the fold. */
export interface CurationState {
  /** How many distinct decisions were folded. */
  readonly generation: number;
  /** Every problem that any decision names. */
  readonly problems: ReadonlyMap<string, ProblemCuration>;
  /** The decisions in id order, each once. */
  readonly decisions: readonly Decision[];
  /** Ids of decisions that a revert in force undoes. */
  readonly undone: ReadonlySet<string>;
  /** Ids of decisions that have lapsed. */
  readonly expired: ReadonlySet<string>;
  /** Sentences that say what is odd and what to do. */
  readonly warnings: readonly string[];
}

/**
 * Folds decisions into what they say at `at`. The order and repetition of `decisions` do not matter. In each of the two
 * fields, membership and ground truth, the latest decision that is not undone wins; once it has lapsed the field is
 * normal again: what it replaced does not come back.
 */
export function foldDecisions(decisions: readonly Decision[], at: CurationMoment): CurationState {
  const warnings: string[] = [];
  const ordered = orderDecisions(decisions, warnings);
  const undone = resolveReverts(ordered, warnings);
  for (const decision of ordered) if (decision.expires !== undefined && takesBack(decision)) warnings.push(uselessExpiry(decision));
  const expired = new Set(ordered.filter((decision) => hasExpired(decision, at)).map((decision) => decision.id));
  const problems = new Map<string, ProblemCuration>();
  for (const [problem, own] of groupByProblem(ordered)) {
    const standing = own.filter((decision) => !undone.has(decision.id));
    problems.set(problem, foldProblem(standing, expired));
  }
  for (const [problem, { relabel, conflicts }] of problems) {
    if (relabel !== null && conflicts.length > 0) warnings.push(conflictWarning(problem, relabel, conflicts));
  }
  return { generation: ordered.length, problems, decisions: ordered, undone, expired, warnings };
}

/** Whether a decision has lapsed at that moment: the run has reached its step, or its time has come. A clear or a revert never lapses: nothing would come back. */
export function hasExpired(decision: Decision, at: CurationMoment): boolean {
  const { expires } = decision;
  if (expires === undefined || takesBack(decision)) return false;
  if (expires.step !== undefined && at.step !== null && at.step >= expires.step) return true;
  return expires.at !== undefined && Date.parse(at.now) >= Date.parse(expires.at);
}

function takesBack({ action }: Decision): boolean {
  return action === 'clear' || action === 'revert';
}

function uselessExpiry({ id, action }: Decision): string {
  return `The \`expires\` of decision ${id} has no effect: a ${action} stands until it is undone.`;
}

/** Each decision once, by id. Of different decisions with one id the one with the greatest canonical text counts. */
export function orderDecisions(decisions: readonly Decision[], warnings: string[] = []): readonly Decision[] {
  const byId = new Map<string, Decision>();
  const clashes = new Set<string>();
  for (const decision of decisions) {
    const known = byId.get(decision.id);
    if (known === undefined) byId.set(decision.id, decision);
    else if (known !== decision) {
      const [a, b] = [canonicalJson(known), canonicalJson(decision)];
      if (a !== b) clashes.add(decision.id);
      if (b > a) byId.set(decision.id, decision);
    }
  }
  for (const id of [...clashes].sort()) {
    warnings.push(`Different decisions have the same id ${id}, and only one of them counts. Delete the wrong lines.`);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function resolveReverts(ordered: readonly Decision[], warnings: string[]): ReadonlySet<string> {
  const ids = new Set(ordered.map((decision) => decision.id));
  const undone = new Set<string>();
  // From the newest on: only a later revert can undo a revert, so each is settled when its turn comes.
  for (const { id, action, ref } of [...ordered].reverse()) {
    if (action !== 'revert' || ref === undefined) continue;
    if (!ids.has(ref)) warnings.push(`Decision ${id} undoes ${ref}, which is not in the file, so it has no effect until that line is there.`);
    else if (ref >= id) warnings.push(`Decision ${id} undoes ${ref}, which is not an older decision, so it has no effect.`);
    else if (!undone.has(id)) undone.add(ref);
  }
  return undone;
}

function groupByProblem(ordered: readonly Decision[]): ReadonlyMap<string, readonly Decision[]> {
  const groups = new Map<string, Decision[]>();
  for (const decision of ordered) {
    if (decision.action === 'revert' || decision.problem === undefined) continue;
    const group = groups.get(decision.problem);
    if (group === undefined) groups.set(decision.problem, [decision]);
    else group.push(decision);
  }
  return groups;
}

function foldProblem(standing: readonly Decision[], expired: ReadonlySet<string>): ProblemCuration {
  const membership = standing.findLast(({ action }) => action === 'pin' || action === 'exclude' || action === 'clear');
  const relabels = standing.filter(({ action }) => action === 'relabel');
  const latest = relabels.at(-1);
  const hints = findHints(standing);
  return {
    membership: membership === undefined || expired.has(membership.id) ? 'normal' : membershipOf(membership),
    membershipDecision: membership?.id ?? null,
    ...(latest === undefined || expired.has(latest.id)
      ? { relabel: null, conflicts: [] }
      : { relabel: toRelabel(latest), conflicts: findConflicts(latest, relabels.filter(({ id }) => !expired.has(id)).slice(0, -1)) }),
    ...hints,
  };
}

function findHints(standing: readonly Decision[]): Pick<ProblemCuration, 'textHash' | 'index'> {
  return {
    textHash: standing.findLast(({ textHash }) => textHash !== undefined)?.textHash ?? null,
    index: standing.findLast(({ index }) => index !== undefined)?.index ?? null,
  };
}

function membershipOf(decision: Decision): Membership {
  return decision.action === 'pin' || decision.action === 'exclude' ? decision.action : 'normal';
}

function toRelabel(decision: Decision): Relabel {
  return { groundTruth: decision.groundTruth ?? null, decision: decision.id };
}

// Going back in time, the first relabel whose value the one in force says it replaces was on its author's screen, and so
// was the outcome of everything before it.
function findConflicts(inForce: Decision, earlier: readonly Decision[]): readonly Relabel[] {
  const value = canonicalJson(inForce.groundTruth ?? null);
  const replaced = inForce.was === undefined ? null : canonicalJson(inForce.was);
  const conflicts: Relabel[] = [];
  for (const other of [...earlier].reverse()) {
    const otherValue = canonicalJson(other.groundTruth ?? null);
    if (otherValue === replaced) break;
    if (otherValue !== value) conflicts.push(toRelabel(other));
  }
  return conflicts;
}

function conflictWarning(problem: string, relabel: Relabel, conflicts: readonly Relabel[]): string {
  const others = conflicts.map(({ groundTruth }) => canonicalJson(groundTruth)).join(', ');
  return `Problem ${problem} was relabelled to ${canonicalJson(relabel.groundTruth)} and, independently, to ${others}; the later relabel counts. Relabel the problem again to settle it.`;
}
