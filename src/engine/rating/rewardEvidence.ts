import { maxDistinct, type RewardEvidence } from '../../core/correctRule';
import { flagMask, lengthShift, rolloutFlag } from '../../logs/columns/rolloutTable';
import { countBits, talliesOf, type RowTally } from '../../logs/columns/rowTally';
import { supersededRows, type StepRows } from '../reading/stepRows';
import { StepSequence } from './stepSequence';

interface RewardTally {
  readonly reward: number;
  readonly count: number;
  readonly explicitTrue: number;
  readonly explicitFalse: number;
}

type Changing<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** What the rewards of a step, or of several, look like. */
interface Evidence {
  /** The distinct rewards in order of first appearance; null when there are more than `maxDistinct`. */
  readonly tallies: readonly RewardTally[] | null;
  readonly min: number;
  readonly max: number;
  readonly scored: number;
  readonly explicit: number;
}

/** What the rewards of one step look like, and which of its rows do not count. */
interface StepEvidence {
  readonly step: number;
  readonly evidence: Evidence;
  readonly superseded: Uint8Array | null;
}

const nothing: Evidence = { tallies: [], min: Infinity, max: -Infinity, scored: 0, explicit: 0 };

/** Looks at the rewards of a step. */
function evidenceOf(step: number, rows: readonly StepRows[]): StepEvidence {
  const superseded = supersededRows(rows);
  const seen = new SeenRewards();
  let before = 0;
  for (const { file, range } of rows) {
    for (const tally of talliesOf(file.table, range, superseded?.subarray(before) ?? null)) seen.addAll(tally);
    before += range.end - range.start;
  }
  const { min, max, scored, explicit } = seen;
  return { step, evidence: { tallies: seen.tallies, min, max, scored, explicit }, superseded };
}

/** What is known of the rewards that were met. */
class SeenRewards {
  min = Infinity;
  max = -Infinity;
  scored = 0;
  explicit = 0;
  private readonly found: Changing<RewardTally>[] = [];

  get tallies(): readonly RewardTally[] | null {
    return this.found.length > maxDistinct ? null : this.found;
  }

  /** Adds what was tallied. */
  addAll({ outcomes, rewards }: RowTally): void {
    const counts = countsOf(outcomes, rewards.length << lengthShift);
    counts.forEach((count, outcome) => {
      if (count > 0) this.add(rewards[outcome >> lengthShift] ?? Number.NaN, outcome & flagMask, count);
    });
  }

  /** Adds so many rollouts of one reward, NaN where they have none, and the same flags. */
  private add(reward: number, flags: number, count: number): void {
    const isExplicit = (flags & rolloutFlag.explicit) !== 0;
    if (isExplicit) this.explicit += count;
    if (Number.isNaN(reward) || (flags & rolloutFlag.unscored) !== 0) return;
    this.scored += count;
    this.min = Math.min(this.min, reward);
    this.max = Math.max(this.max, reward);
    if (this.found.length > maxDistinct) return;
    const tally = this.tallyOf(reward);
    tally.count += count;
    if (isExplicit) tally[(flags & rolloutFlag.correct) === 0 ? 'explicitFalse' : 'explicitTrue'] += count;
  }

  private tallyOf(reward: number): (typeof this.found)[number] {
    const known = this.found.find((tally) => tally.reward === reward);
    if (known !== undefined) return known;
    const tally = { reward, count: 0, explicitTrue: 0, explicitFalse: 0 };
    this.found.push(tally);
    return tally;
  }
}

/** How many rollouts there are of each outcome. */
function countsOf(entries: Uint32Array, outcomes: number): Int32Array {
  const counts = new Int32Array(outcomes);
  for (let entry = 0; entry < entries.length; entry++) {
    const packed = entries[entry] ?? 0;
    const outcome = packed >>> countBits;
    counts[outcome] = (counts[outcome] ?? 0) + (packed & ((1 << countBits) - 1));
  }
  return counts;
}

/** How many rows contradict themselves: their own word goes against the higher of the only two rewards. */
function contradictionsIn(tallies: Evidence['tallies']): number {
  const [a, b] = tallies ?? [];
  if (a === undefined || b === undefined || tallies?.length !== 2) return 0;
  const [low, high] = a.reward < b.reward ? [a, b] : [b, a];
  return low.explicitTrue + high.explicitFalse;
}

/** The evidence of the newest steps is joined anew each time, that of all before them once. */
const newestSteps = 64;
/** Small steps look alike: so many different looks are kept once each. */
const maxShared = 4096;

/** The evidence of all steps of a run, with that of most of them joined: a step that changes near the end is joined on from there. */
export class RunEvidence {
  private readonly steps = new StepSequence<StepEvidence>();
  private readonly shared = new Map<string, Evidence>();
  private joined = { steps: 0, evidence: nothing };

  /** The steps in which more than a rare row contradicts its score by its own word, with the number of such rows. */
  get misaligned(): readonly { readonly step: number; readonly rows: number }[] {
    const found: { readonly step: number; readonly rows: number }[] = [];
    for (const { step, evidence } of this.steps.all) {
      const rows = contradictionsIn(evidence.tallies);
      if (rows > 0.01 * evidence.explicit) found.push({ step, rows });
    }
    return found;
  }

  /** Which rows of a step do not count: 1 for each of them; null when all do. */
  supersededIn(step: number): Uint8Array | null {
    return this.steps.get(step)?.superseded ?? null;
  }

  /** Takes in what a step looks like now; one without rows is gone. */
  update(step: number, rows: readonly StepRows[]): void {
    const position = rows.length === 0 ? this.steps.delete(step) : this.steps.set(this.shareEvidence(evidenceOf(step, rows)));
    if (position < this.joined.steps) this.joined = { steps: 0, evidence: nothing };
  }

  /** What all steps look like together. */
  overall(explicitField: string): RewardEvidence {
    const { all } = this.steps;
    const older = Math.max(this.joined.steps, all.length - newestSteps);
    this.joined = { steps: older, evidence: join(this.joined.evidence, all.slice(this.joined.steps, older)) };
    const { tallies, min, max, scored, explicit } = join(this.joined.evidence, all.slice(older));
    const distinct = tallies === null ? null : new Map(tallies.map(({ reward, count }) => [reward, count]));
    return { distinct, min, max, scored, explicit, explicitField, contradictions: contradictionsIn(tallies) };
  }

  private shareEvidence(found: StepEvidence): StepEvidence {
    const key = JSON.stringify(found.evidence);
    const known = this.shared.get(key);
    if (known !== undefined) return { ...found, evidence: known };
    if (this.shared.size < maxShared) this.shared.set(key, found.evidence);
    return found;
  }
}

/** What some steps look like together with those before them. */
function join(before: Evidence, next: readonly StepEvidence[]): Evidence {
  let { min, max, scored, explicit } = before;
  let tallies = before.tallies?.map((tally) => ({ ...tally })) ?? null;
  for (const { evidence } of next) {
    min = Math.min(min, evidence.min);
    max = Math.max(max, evidence.max);
    scored += evidence.scored;
    explicit += evidence.explicit;
    tallies = joinTallies(tallies, evidence.tallies);
  }
  return { tallies, min, max, scored, explicit };
}

/** Adds tallies to those before, in their place; null where there are too many then. */
function joinTallies(before: Changing<RewardTally>[] | null, next: Evidence['tallies']): Changing<RewardTally>[] | null {
  if (before === null || next === null) return null;
  for (const tally of next) {
    const known = before.find(({ reward }) => reward === tally.reward);
    if (known === undefined) before.push({ ...tally });
    else {
      known.count += tally.count;
      known.explicitTrue += tally.explicitTrue;
      known.explicitFalse += tally.explicitFalse;
    }
  }
  return before.length > maxDistinct ? null : before;
}
