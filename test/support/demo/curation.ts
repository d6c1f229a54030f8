import type { Membership } from '../../../src/core/decision';
import { canonicalJson, type JsonValue } from '../../../src/core/json';
import type { TrainingProblem } from './dataset';
import type { ConfiguredProblem, SamplerConfig } from './samplerConfig';

/** What a sampler config means for this dataset. */
export interface Curation {
  readonly membership: readonly Membership[];
  /** What each problem's answers are scored against. */
  readonly groundTruth: readonly JsonValue[];
  readonly counts: CurationCounts;
  /** Set when the exclusions would have left nothing to train on. */
  readonly ignoredExclusions: number;
}

/** The figures of a receipt. */
export interface CurationCounts {
  readonly excluded: number;
  readonly pinned: number;
  readonly relabelled: number;
  readonly matched: number;
  readonly unmatched: readonly string[];
}

/** Finds the dataset rows that a config speaks of. */
export class ProblemFinder {
  private readonly byId = new Map<string, number>();
  private readonly byIndex = new Map<string, number>();
  /** -1 where several rows share the text: the hash cannot say which is meant. */
  private readonly byTextHash = new Map<string, number>();

  constructor(problems: readonly TrainingProblem[]) {
    problems.forEach(({ id, index, textHash }, i) => {
      setIfNew(this.byId, id, i);
      setIfNew(this.byIndex, index, i);
      this.byTextHash.set(textHash, this.byTextHash.has(textHash) ? -1 : i);
    });
  }

  /** By id (the row's explicit id is its index), then by index, then by the hash of the text. */
  find(id: string, entry: ConfiguredProblem): number | null {
    const found =
      this.byId.get(id) ?? this.byIndex.get(id) ?? this.byIndex.get(entry.index ?? '') ?? this.byTextHash.get(entry.textHash ?? '') ?? -1;
    return found < 0 ? null : found;
  }
}

/** Works out what a config asks of the dataset. Where it excludes every problem, the last one stays in. */
export function applyConfig(config: SamplerConfig | null, problems: readonly TrainingProblem[], finder: ProblemFinder): Curation {
  const membership = problems.map((): Membership => 'normal');
  const groundTruth = problems.map((problem) => problem.groundTruth);
  const unmatched: string[] = [];
  for (const [id, entry] of config?.problems ?? []) {
    const problem = finder.find(id, entry);
    if (problem === null) {
      unmatched.push(id);
      continue;
    }
    if (entry.membership !== null) membership[problem] = entry.membership;
    if (entry.groundTruth !== undefined) groundTruth[problem] = entry.groundTruth;
  }
  const ignoredExclusions = keepOne(membership);
  const count = (wanted: Membership): number => membership.filter((m) => m === wanted).length;
  const relabelled = problems.filter((problem, i) => !sameJson(problem.groundTruth, groundTruth[i] ?? null)).length;
  const matched = (config?.problems.size ?? 0) - unmatched.length;
  return {
    membership,
    groundTruth,
    counts: { excluded: count('exclude'), pinned: count('pin'), relabelled, matched, unmatched },
    ignoredExclusions,
  };
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function keepOne(membership: Membership[]): number {
  if (membership.some((m) => m !== 'exclude')) return 0;
  membership[membership.length - 1] = 'normal';
  return 1;
}

function setIfNew(map: Map<string, number>, key: string, value: number): void {
  if (!map.has(key)) map.set(key, value);
}
