import type { ProblemQuery } from '../../protocol/engineApi';
import type { ObservedRun } from '../observedRun';
import type { ProblemRegistry } from '../rating/problemRegistry';

/** Which problems of a run hold what was searched for. */
export type FoundProblems = (problem: number) => boolean;

interface Search {
  readonly wanted: string;
  readonly revision: number;
  readonly found: Uint8Array;
}

const all: FoundProblems = () => true;
/** The last search in each list of problems: its pages are asked for one by one. */
const searches = new WeakMap<ProblemRegistry, Search>();

/** Finds the problems whose id or text holds what a query searches for. The texts of a dataset are read through for it, in turns. */
export async function searchProblems(run: ObservedRun, { search = '' }: ProblemQuery): Promise<FoundProblems> {
  const wanted = search.toLowerCase();
  if (wanted === '') return all;
  const known = searches.get(run.registry);
  if (known?.wanted === wanted && known.revision === run.revision) return foundBy(known);
  const isRowFound = await searchDataset(run, wanted);
  const { registry, revision } = run;
  const hasText = (problem: number): boolean => {
    const row = registry.datasetRowOf(problem);
    return row === null ? registry.at(problem)?.preview.toLowerCase().includes(wanted) === true : isRowFound(row);
  };
  const hasId = (problem: number): boolean => registry.at(problem)?.id.toLowerCase().includes(wanted) === true;
  const made = { wanted, revision, found: Uint8Array.from({ length: registry.length }, (_, problem) => Number(hasText(problem) || hasId(problem))) };
  searches.set(registry, made);
  return foundBy(made);
}

/** Which rows of a run's dataset hold a text. */
async function searchDataset(run: ObservedRun, wanted: string): Promise<(row: number) => boolean> {
  for (;;) {
    const { datasetFile } = run;
    if (datasetFile === null) return () => false;
    const isFound = await datasetFile.search(wanted);
    // Another one may have taken its place meanwhile.
    if (run.datasetFile === datasetFile) return isFound;
  }
}

function foundBy({ found }: Search): FoundProblems {
  return (problem) => found[problem] === 1;
}
