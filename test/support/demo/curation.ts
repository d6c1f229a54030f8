import { canonicalJson, type JsonValue } from '../../../src/core/json';
import type { TrainingProblem } from './dataset';
import type { ConfiguredProblem, SamplerConfig } from './samplerConfig';

/** What a sampler config means for this dataset. */
export interface Curation {
  readonly pinned: readonly number[];
  readonly excluded: readonly number[];
  /** What each problem's answers are scored against. */
  readonly groundTruth: readonly JsonValue[];
  readonly counts: CurationCounts;
}

/** The figures of a receipt. */
export interface CurationCounts {
  readonly excluded: number;
  readonly pinned: number;
  readonly relabelled: number;
  readonly matched: number;
  readonly unmatched: readonly string[];
  /** Exclusions that are not obeyed, because they would leave nothing to train on. */
  readonly ignored?: readonly string[];
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

/** Works out what a config asks of the dataset. Exclusions that would leave nothing to train on are ignored. */
export function applyConfig(config: SamplerConfig | null, problems: readonly TrainingProblem[], finder: ProblemFinder): Curation {
  const entries = [...(config?.problems ?? [])].map(([id, entry]) => ({ id, entry, problem: finder.find(id, entry) }));
  const matched = entries.flatMap(({ problem, ...rest }): Matched[] => (problem === null ? [] : [{ problem, ...rest }]));
  const groundTruth = problems.map((problem) => problem.groundTruth);
  for (const { problem, entry } of matched) {
    if (entry.groundTruth !== undefined) groundTruth[problem] = entry.groundTruth;
  }
  const relabelled = problems.filter((problem, i) => !sameJson(problem.groundTruth, groundTruth[i] ?? null)).length;
  const { excluded, ignored } = exclusionsOf(matched, problems.length);
  const pinned = new Set(matched.flatMap(({ problem, entry }) => (entry.membership === 'pin' && !excluded.has(problem) ? [problem] : [])));
  const unmatched = entries.filter(({ problem }) => problem === null).map(({ id }) => id);
  return {
    pinned: [...pinned],
    excluded: [...excluded],
    groundTruth,
    counts: { excluded: excluded.size, pinned: pinned.size, relabelled, matched: matched.length, unmatched, ...(ignored.length > 0 && { ignored }) },
  };
}

interface Matched {
  readonly id: string;
  readonly entry: ConfiguredProblem;
  readonly problem: number;
}

function exclusionsOf(matched: readonly Matched[], problemCount: number): { readonly excluded: ReadonlySet<number>; readonly ignored: readonly string[] } {
  const [excluded, ignored]: [Set<number>, string[]] = [new Set(), []];
  for (const { id, entry, problem } of matched) {
    if (entry.membership !== 'exclude') continue;
    if (excluded.size + 1 < problemCount || excluded.has(problem)) excluded.add(problem);
    else ignored.push(id);
  }
  return { excluded, ignored };
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function setIfNew(map: Map<string, number>, key: string, value: number): void {
  if (!map.has(key)) map.set(key, value);
}
