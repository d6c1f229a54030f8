import { containedHash, resolveProblem, type IdentitySource, type ResolvedProblem } from '../../../src/core/problemResolver';
import { previewOf } from '../../../src/core/datasetIndex';
import type { Prompt } from '../../../src/logs/columns/promptTable';
import type { PlainDatasetIndex } from '../logs/plainDatasetIndex';

/** A problem in plain words. */
export interface PlainProblem {
  id: string;
  readonly textHash: string;
  source: IdentitySource | null;
  rows: readonly number[];
  readonly preview: string;
  readonly answer: string | null;
}

interface PlainOptions {
  readonly dataset: PlainDatasetIndex;
  readonly usesExplicitIds: boolean;
  readonly relabelled: (problem: string) => readonly string[];
  readonly readPrompt: (prompt: Prompt) => string | null;
}

/** What one list of the problems of a log and of its dataset means, with an object for each: the registry has to say the same. */
export class PlainRegistry {
  readonly problems: PlainProblem[] = [];
  private readonly byId = new Map<string, number>();

  constructor(private readonly options: PlainOptions) {
    const { dataset, usesExplicitIds } = options;
    dataset.rows.forEach(({ hash, text, answer }, row) => {
      const id = dataset.problemId(row, usesExplicitIds);
      const known = this.problems[this.byId.get(id) ?? -1];
      if (known !== undefined) known.rows = [...known.rows, row];
      else this.add({ id, textHash: hash, source: null, rows: [row], preview: previewOf(text), answer });
    });
  }

  indexOf(id: string): number | undefined {
    return this.byId.get(id);
  }

  problemOf(prompt: Prompt): number {
    const resolved = this.resolve(prompt);
    const index = this.byId.get(resolved.id) ?? this.adopt(resolved);
    if (index === undefined) return this.add({ ...resolved, preview: prompt.preview, answer: prompt.answer });
    const known = this.problems[index]!;
    if (known.source === null || (known.rows.length > 0 && resolved.source === 'ambiguous')) known.source = resolved.source;
    return index;
  }

  private resolve(prompt: Prompt): ResolvedProblem {
    const { dataset, relabelled, readPrompt } = this.options;
    const direct = resolveProblem(prompt, dataset, relabelled);
    // An id that names several rows of the dataset leaves it to the text too.
    const isOpen = direct.source === 'unmatched' || (direct.source === 'ambiguous' && direct.id === prompt.explicitId);
    const text = isOpen ? readPrompt(prompt) : null;
    const contained = text === null ? null : containedHash(text, dataset);
    const { explicitId, hashes, answer } = prompt;
    return contained === null ? direct : resolveProblem({ explicitId, hashes, answer, containedHash: contained }, dataset, relabelled);
  }

  private adopt({ id, source, rows }: ResolvedProblem): number | undefined {
    const [row] = rows;
    if (source !== 'explicit' || row === undefined) return undefined;
    const index = this.byId.get(this.options.dataset.problemId(row, this.options.usesExplicitIds));
    const problem = this.problems[index ?? -1];
    if (index === undefined || problem?.source !== null) return undefined;
    problem.id = id;
    this.byId.set(id, index);
    return index;
  }

  private add(problem: PlainProblem): number {
    this.byId.set(problem.id, this.problems.length);
    return this.problems.push(problem) - 1;
  }
}
