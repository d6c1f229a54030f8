import { Column } from '../../core/column';
import { textProblemId } from '../../core/identity';
import { containedHash, resolveProblem, sharingRows, type IdentitySource, type ResolvedProblem } from '../../core/problemResolver';
import type { DatasetColumns } from '../../logs/datasets/datasetColumns';
import type { Prompt, PromptTable } from '../../logs/columns/promptTable';
import { TextIndex } from './textIndex';
import { JoinedProblems, type KnownProblem } from './datasetProblem';
import { problemsOf } from './datasetProblems';

/** A problem that only the log knows, put together for the asker: there are very many, and few are ever shown. */
class LoggedProblem implements KnownProblem {
  readonly rows = noRows;

  constructor(private readonly prompt: Prompt) {}

  get id(): string {
    return this.prompt.explicitId ?? textProblemId(this.textHash);
  }

  get textHash(): string {
    return this.prompt.hashes[0] ?? '';
  }

  get source(): IdentitySource {
    return this.prompt.explicitId === null ? 'unmatched' : 'explicit';
  }

  get preview(): string {
    return this.prompt.preview;
  }

  get answer(): string | null {
    return this.prompt.answer;
  }
}

const noRows: readonly number[] = [];

/** What the registry asks of its surroundings. */
export interface RegistryOptions {
  readonly prompts: PromptTable;
  readonly dataset: DatasetColumns | null;
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
  /** Counts the problems whose id became another one. */
  adopted = 0;
  private count = 0;
  /** The first ones, which the dataset knows. */
  private readonly ofDataset: JoinedProblems | null;
  /** By problem after those, the prompt that brought it; -1 for one among `doubtful`. */
  private readonly promptOf = new Column(Int32Array);
  /** Problems of the log that fit rows of the dataset and are none of its problems. */
  private readonly doubtful = new Map<number, KnownProblem>();
  /** The problems of the log, and those of the dataset of which it speaks by ids of its own. */
  private readonly indexById: TextIndex;
  /** By prompt, its problem plus one; 0 where it was not asked for. */
  private readonly problemOfPrompt = new Column(Int32Array);
  /** Problems that go by ids of their own, by the hash of their text. */
  private readonly indexByText: TextIndex;
  private containmentSearches = 0;
  private fits = false;

  constructor(
    private readonly options: RegistryOptions,
    /** Whether the log's rows carry ids of their own, so that dataset rows are known by theirs. */
    readonly usesExplicitIds: boolean,
  ) {
    this.indexById = new TextIndex((problem) => this.at(problem)?.id);
    this.indexByText = new TextIndex((problem) => this.at(problem)?.textHash);
    const { dataset, prompts } = options;
    this.ofDataset = dataset === null ? null : new JoinedProblems(dataset, problemsOf(dataset, usesExplicitIds), prompts);
    while (this.count < this.datasetProblems) {
      this.count++;
      options.onProblem('dataset');
    }
  }

  /** So many of the problems, the first ones, are those of the dataset. */
  private get datasetProblems(): number {
    return this.ofDataset?.length ?? 0;
  }

  /** Whether a problem of the log fits a row of the dataset. */
  get fitsDataset(): boolean {
    return this.fits;
  }

  /** How many problems there are. */
  get length(): number {
    return this.count;
  }

  /** A problem, put together anew each time. */
  at(problem: number): KnownProblem | undefined {
    if (problem < 0 || problem >= this.count) return undefined;
    const after = problem - this.datasetProblems;
    if (after < 0) return this.ofDataset?.at(problem);
    const prompt = this.options.prompts.at(this.promptOf.at(after));
    return prompt === undefined ? this.doubtful.get(problem) : new LoggedProblem(prompt);
  }

  /** The dataset row whose text a problem has; null for one that only the log knows. */
  datasetRowOf(problem: number): number | null {
    return problem < this.datasetProblems ? (this.ofDataset?.rows.firstRowOf(problem) ?? null) : null;
  }

  /** The dataset rows that have to be read again for the texts of problems. */
  rowsToRead(problems: Iterable<number>): readonly number[] {
    return Array.from(problems).flatMap((problem) => (problem < this.datasetProblems ? (this.ofDataset?.rowToRead(problem) ?? []) : []));
  }

  /** All problems, in index order. */
  *[Symbol.iterator](): Generator<KnownProblem> {
    for (let problem = 0; problem < this.count; problem++) {
      const known = this.at(problem);
      if (known !== undefined) yield known;
    }
  }

  /** All problems in a list, made for the asker. */
  get problems(): readonly KnownProblem[] {
    return [...this];
  }

  /** Whether one of the problems is so. */
  some(holds: (problem: KnownProblem) => boolean): boolean {
    for (const problem of this) if (holds(problem)) return true;
    return false;
  }

  indexOf(id: string): number | undefined {
    return this.indexById.get(id) ?? this.ofDataset?.rows.indexOf(id);
  }

  /** The problem index of a prompt of the log. */
  problemOf(promptIndex: number): number {
    const known = this.problemOfPrompt.at(promptIndex);
    // Short, since it is asked very often.
    return known > 0 ? known - 1 : this.addPrompt(promptIndex);
  }

  private addPrompt(promptIndex: number): number {
    const prompt = this.options.prompts.at(promptIndex);
    if (prompt === undefined) throw new RangeError(`no prompt ${promptIndex}`);
    const problem = this.addResolved(this.resolve(prompt), prompt, promptIndex);
    while (this.problemOfPrompt.length <= promptIndex) this.problemOfPrompt.push(0);
    this.problemOfPrompt.set(promptIndex, problem + 1);
    return problem;
  }

  /** The prompts that problems were asked for: those that rows have now. */
  *askedPrompts(): Generator<Prompt> {
    for (let index = 0; index < this.problemOfPrompt.length; index++) {
      const prompt = this.problemOfPrompt.at(index) > 0 ? this.options.prompts.at(index) : undefined;
      if (prompt !== undefined) yield prompt;
    }
  }

  /** The problem of a dataset row that an editor shows; null when this run has none like it. */
  findRow(explicitId: string | null, textHash: string, answer: string | null): number | null {
    if (this.usesExplicitIds && explicitId !== null && sharingRows(explicitId, this.options.dataset) === null) {
      const index = this.indexOf(explicitId);
      if (index !== undefined) return index;
    }
    const evidence = { explicitId: null, hashes: [textHash], containedHash: null, answer };
    const { id } = resolveProblem(evidence, this.options.dataset, this.options.relabelled);
    return this.indexOf(id) ?? this.indexByText.getOnly(textHash) ?? null;
  }

  private resolve(prompt: Prompt): ResolvedProblem {
    const { dataset, relabelled } = this.options;
    const direct = resolveProblem(prompt, dataset, relabelled);
    // An id that names several rows of the dataset leaves it to the text too.
    const isFound = direct.source !== 'unmatched' && !(direct.source === 'ambiguous' && direct.id === prompt.explicitId);
    if (isFound || dataset === null || this.containmentSearches >= maxContainmentSearches) return direct;
    this.containmentSearches++;
    const text = this.options.readPrompt(prompt);
    const contained = text === null ? null : containedHash(text, dataset);
    const { explicitId, hashes, answer } = prompt;
    return contained === null ? direct : resolveProblem({ explicitId, hashes, answer, containedHash: contained }, dataset, relabelled);
  }

  private addResolved(resolved: ResolvedProblem, prompt: Prompt, promptIndex: number): number {
    const index = this.indexOf(resolved.id) ?? this.adoptRow(resolved, promptIndex);
    if (index !== undefined) {
      this.join(index, resolved.source, promptIndex);
      return index;
    }
    // Without a row it is all that its prompt says.
    if (resolved.rows.length === 0 && resolved.source !== 'ambiguous') return this.addLogged(promptIndex, resolved);
    const { preview, answer } = prompt;
    this.doubtful.set(this.count, { ...resolved, preview, answer });
    this.fits ||= resolved.rows.length > 0;
    return this.addLogged(-1, resolved);
  }

  /** A prompt of the log is a problem that is known. */
  private join(problem: number, source: IdentitySource, prompt: number): void {
    const doubtful = this.doubtful.get(problem);
    if (doubtful !== undefined && source === 'ambiguous') this.doubtful.set(problem, { ...doubtful, source });
    if (problem >= this.datasetProblems) return;
    this.ofDataset?.join(problem, source, prompt);
    this.fits = true;
  }

  /** The dataset's problem that the log now speaks of by an id of its own: from here on it goes by that id too. */
  private adoptRow({ id, source, rows }: ResolvedProblem, prompt: number): number | undefined {
    const { ofDataset } = this;
    const row = rows[0];
    if (source !== 'explicit' || ofDataset === null || row === undefined) return undefined;
    const problem = ofDataset.rows.problemOf(row);
    if (ofDataset.source(problem) !== null) return undefined;
    ofDataset.adopt(problem, prompt);
    this.adopted++;
    this.indexById.set(id, problem);
    return problem;
  }

  private addLogged(prompt: number, { id, source, textHash }: ResolvedProblem): number {
    this.promptOf.push(prompt);
    const index = this.count++;
    this.indexById.set(id, index);
    if (source === 'explicit') this.indexByText.set(textHash, index);
    this.options.onProblem('log');
    return index;
  }
}
