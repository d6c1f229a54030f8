import { Column } from '../core/column';
import { containedHash, resolveProblem, type IdentitySource, type ResolvedProblem } from '../core/problemResolver';
import type { DatasetIndex } from '../core/datasetIndex';
import type { Prompt, PromptTable } from '../logs/promptTable';

/** A problem of a run, or of its dataset. */
export interface KnownProblem {
  /** A row that only the dataset knew takes the id under which the log speaks of it. */
  id: string;
  readonly textHash: string;
  /** How the log identified it; null while only the dataset knows it. */
  source: IdentitySource | null;
  /** The dataset rows that fit; the first one is its row. */
  rows: readonly number[];
  readonly preview: string;
  /** Canonical JSON of its ground truth; null when none is known. */
  readonly answer: string | null;
}

/** A problem that the log brought. Its texts stay in the prompt table: there are very many, and few are ever shown. */
class LoggedProblem implements KnownProblem {
  id: string;
  readonly textHash: string;
  source: IdentitySource | null;
  rows: readonly number[];

  constructor(
    { id, textHash, source, rows }: ResolvedProblem,
    private readonly prompts: PromptTable,
    private readonly prompt: number,
  ) {
    this.id = id;
    this.textHash = textHash;
    this.source = source;
    this.rows = rows;
  }

  get preview(): string {
    return this.prompts.at(this.prompt)?.preview ?? '';
  }

  get answer(): string | null {
    return this.prompts.at(this.prompt)?.answer ?? null;
  }
}

/** What the registry asks of its surroundings. */
export interface RegistryOptions {
  readonly prompts: PromptTable;
  readonly dataset: DatasetIndex | null;
  /** Canonical JSON of the answers that decisions put in place of a problem's own. */
  readonly relabelled: (problem: string) => readonly string[];
  /** Reads a prompt's full text again; null when it is gone. */
  readonly readPrompt: (prompt: Prompt) => string | null;
  /** Called for each new problem, in index order. */
  readonly onProblem: (from: 'dataset' | 'log') => void;
}

/** So many prompts that no cut identifies are searched for dataset texts inside them. */
const maxContainmentSearches = 20_000;

/** Gives the prompts of a log and the rows of its dataset one list of problems, by dense index. */
export class ProblemRegistry {
  readonly problems: KnownProblem[] = [];
  private readonly indexById = new Map<string, number>();
  /** By prompt, its problem plus one; 0 where it was not asked for. */
  private readonly problemOfPrompt = new Column(Int32Array);
  /** Problems that go by ids of their own, by the hash of their text; -1 where several share it. */
  private readonly indexByText = new Map<string, number>();
  private containmentSearches = 0;

  constructor(
    private readonly options: RegistryOptions,
    /** Whether the log's rows carry ids of their own, so that dataset rows are known by theirs. */
    readonly usesExplicitIds: boolean,
  ) {
    this.addDatasetRows();
  }

  indexOf(id: string): number | undefined {
    return this.indexById.get(id);
  }

  /** The problem index of a prompt of the log. */
  problemOf(promptIndex: number): number {
    const known = this.problemOfPrompt.at(promptIndex);
    if (known > 0) return known - 1;
    const prompt = this.options.prompts.at(promptIndex);
    if (prompt === undefined) throw new RangeError(`no prompt ${promptIndex}`);
    const problem = this.addResolved(this.resolve(prompt), promptIndex);
    while (this.problemOfPrompt.length <= promptIndex) this.problemOfPrompt.push(0);
    this.problemOfPrompt.set(promptIndex, problem + 1);
    return problem;
  }

  /** The problem of a dataset row that an editor shows; null when this run has none like it. */
  findRow(explicitId: string | null, textHash: string, answer: string | null): number | null {
    if (this.usesExplicitIds && explicitId !== null) {
      const index = this.indexById.get(explicitId);
      if (index !== undefined) return index;
    }
    const evidence = { explicitId: null, hashes: [textHash], containedHash: null, answer };
    const { id } = resolveProblem(evidence, this.options.dataset, this.options.relabelled);
    const index = this.indexById.get(id) ?? this.indexByText.get(textHash);
    return index === undefined || index < 0 ? null : index;
  }

  private addDatasetRows(): void {
    const { dataset } = this.options;
    dataset?.rows.forEach((row, index) => {
      const id = dataset.problemId(index, this.usesExplicitIds);
      const known = this.problems[this.indexById.get(id) ?? -1];
      if (known !== undefined) known.rows = [...known.rows, index];
      else this.add({ id, textHash: row.hash, source: null, rows: [index], preview: row.preview, answer: row.answer }, 'dataset');
    });
  }

  private resolve(prompt: Prompt): ResolvedProblem {
    const { dataset, relabelled } = this.options;
    const direct = resolveProblem(prompt, dataset, relabelled);
    if (direct.source !== 'unmatched' || dataset === null || this.containmentSearches >= maxContainmentSearches) return direct;
    this.containmentSearches++;
    const text = this.options.readPrompt(prompt);
    const contained = text === null ? null : containedHash(text, dataset);
    const { explicitId, hashes, answer } = prompt;
    return contained === null ? direct : resolveProblem({ explicitId, hashes, answer, containedHash: contained }, dataset, relabelled);
  }

  private addResolved(resolved: ResolvedProblem, prompt: number): number {
    const index = this.indexById.get(resolved.id) ?? this.adoptRow(resolved);
    const known = index === undefined ? undefined : this.problems[index];
    if (index !== undefined && known !== undefined) {
      known.source ??= resolved.source;
      if (resolved.source === 'ambiguous') known.source = 'ambiguous';
      return index;
    }
    return this.add(new LoggedProblem(resolved, this.options.prompts, prompt), 'log');
  }

  /** The dataset's problem that the log now speaks of by an id of its own: from here on it goes by that id too. */
  private adoptRow({ id, source, rows }: ResolvedProblem): number | undefined {
    const { dataset } = this.options;
    const row = rows[0];
    if (source !== 'explicit' || dataset === null || row === undefined) return undefined;
    const index = this.indexById.get(dataset.problemId(row, this.usesExplicitIds));
    const problem = this.problems[index ?? -1];
    if (index === undefined || problem?.source !== null) return undefined;
    problem.id = id;
    this.indexById.set(id, index);
    return index;
  }

  private add(problem: KnownProblem, from: 'dataset' | 'log'): number {
    const index = this.problems.length;
    this.problems.push(problem);
    this.indexById.set(problem.id, index);
    if (problem.source === 'explicit') this.indexByText.set(problem.textHash, this.indexByText.has(problem.textHash) ? -1 : index);
    this.options.onProblem(from);
    return index;
  }
}
