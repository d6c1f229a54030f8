import type { CurationState, ProblemCuration } from './decisionFold';
import { isRecord } from './json';

/** Whether the text of a sampler.json still carries the effect of a decision that has lapsed since. Never throws. */
export function holdsLapsed(text: string, { decisions, expired, problems }: CurationState): boolean {
  const stated = statedProblems(text);
  return decisions.some(({ id, problem }) => problem !== undefined && expired.has(id) && saysMore(stated.get(problem), problems.get(problem)));
}

function statedProblems(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(isRecord(value) && isRecord(value['problems']) ? Object.entries(value['problems']) : []);
  } catch {
    return new Map();
  }
}

function saysMore(stated: unknown, curation: ProblemCuration | undefined): boolean {
  if (!isRecord(stated) || curation === undefined) return false;
  const membership = stated['membership'] !== undefined && curation.membership === 'normal';
  return membership || (stated['groundTruth'] !== undefined && curation.relabel === null);
}
