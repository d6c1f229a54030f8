import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FieldMapping } from '../core/fieldMapping';
import { discoverRuns, openRuns } from '../logs/discovery/discover';
import type { RunSource } from '../logs/runSource';
import { ExpectedError } from '../protocol/channel';
import { suggestion } from './suggestion';

/** A run and those that were found beside it. */
export interface FoundRun {
  readonly run: RunSource;
  readonly others: readonly RunSource[];
}

/** There is no log yet where one was expected. */
export class NoLogError extends ExpectedError {}

/** The run that a person means by a path or by an id of `cdas-lens runs`. Throws an ExpectedError when it is none, or several. */
export async function findRun(target: string, mappings: readonly FieldMapping[]): Promise<FoundRun> {
  return existsSync(target) ? await findByPath(resolve(target), mappings) : await findById(target, mappings);
}

async function findByPath(path: string, mappings: readonly FieldMapping[]): Promise<FoundRun> {
  const { runs, problems } = await openRuns(path, mappings);
  const exact = runs.filter((run) => run.path === path || run.logPath === path);
  const found = choose(path, exact.length > 0 ? exact : runs, runs);
  if (found !== null) return found;
  const why = problems.length === 0 ? unknownRows(path) : problems.map((problem) => problem.replace(/\.?$/, '.')).join(' ');
  throw new NoLogError(`No rollout log in ${path}${why === null ? '. Name the directory that holds the step files.' : `: ${why}`}`);
}

/** That a directory has JSONL which is nobody's known log, and how it may be read all the same. */
function unknownRows(directory: string): string | null {
  try {
    const name = readdirSync(directory).find((file) => /\.jsonl(?:\.gz|\.zst)?$/.test(file));
    return name === undefined ? null : `${name} is in an unknown format; \`cdas-lens mapping FILE\` proposes a field mapping for --mapping.`;
  } catch {
    // A file, or a directory that nobody may list: there is nothing to say of its files.
    return null;
  }
}

async function findById(id: string, mappings: readonly FieldMapping[]): Promise<FoundRun> {
  const { runs } = await discoverRuns(['.'], mappings);
  const exact = runs.filter((run) => run.id === id);
  const found = choose(id, exact.length > 0 ? exact : runs.filter(({ name }) => name === id), runs);
  if (found !== null) return found;
  if (id.includes('\ufffd')) throw new ExpectedError(`${id} cannot be opened: its name is not UTF-8. Rename it.`);
  const near = suggestion(id, runs.flatMap((run) => [run.id, run.name]));
  throw new ExpectedError(`${id} is neither a directory nor the id of a run here${near}; \`cdas-lens runs\` lists the ids.`);
}

function choose(target: string, candidates: readonly RunSource[], all: readonly RunSource[]): FoundRun | null {
  const [run, ...more] = candidates;
  if (run === undefined) return null;
  if (more.length === 0) return { run, others: all.filter((other) => other !== run) };
  const ids = candidates.map((candidate) => `${candidate.id} (${candidate.logPath})`);
  throw new ExpectedError(`${target} holds several runs; name the directory of one: ${ids.join(', ')}`);
}
