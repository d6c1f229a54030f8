import { Column } from '../core/column';
import { textProblemId } from '../core/identity';
import { containedHash, resolveProblem, type IdentitySource, type ResolvedProblem } from '../core/problemResolver';
import type { DatasetIndex } from '../core/datasetIndex';
import type { Prompt, PromptTable } from '../logs/promptTable';
import { TextIndex } from './textIndex';

/** A problem of a run, or of its dataset. */
export interface KnownProblem {
  readonly id: string;
  readonly textHash: string;
  /** How the log identified it; null while only the dataset knows it. */
  readonly source: IdentitySource | null;
  /** The dataset rows that fit; the first one is its row. */
  readonly rows: readonly number[];
  readonly preview: string;
  /** Canonical JSON of its ground truth; null when none is known. */
  readonly answer: string | null;
}

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

/** A problem that the dataset knows. A row that only the dataset knew takes the id under which the log speaks of it. */
type DatasetProblem = { -readonly [Key in keyof KnownProblem]: KnownProblem[Key] };

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
  private count = 0;
  /** Those that the dataset knows. */
  private readonly ofDataset = new Map<number, DatasetProblem>();
  /** By problem, the prompt that brought it; -1 where the dataset knows it. */
  private readonly promptOf = new Column(Int32Array);
  private readonly indexById: TextIndex;
  /** By prompt, its problem plus one; 0 where it was not asked for. */
  private readonly problemOfPrompt = new Column(Int32Array);
  /** Problems that go by ids of their own, by the hash of their text. */
  private readonly indexByText: TextIndex;
  private containmentSearches = 0;

  constructor(
    private readonly options: RegistryOptions,
    /** Whether the log's rows carry ids of their own, so that dataset rows are known by theirs. */
    readonly usesExplicitIds: boolean,
  ) {
    this.indexById = new TextIndex((problem) => this.at(problem)?.id);
    this.indexByText = new TextIndex((problem) => this.at(problem)?.textHash);
    this.addDatasetRows();
  }

  /** How many problems there are. */
  get length(): number {
    return this.count;
  }

  /** A problem, put together anew each time. */
  at(problem: number): KnownProblem | undefined {
    if (problem < 0 || problem >= this.count) return undefined;
    const prompt = this.options.prompts.at(this.promptOf.at(problem));
    return prompt === undefined ? this.ofDataset.get(problem) : new LoggedProblem(prompt);
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
    return this.indexById.get(id);
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

  /** The problem of a dataset row that an editor shows; null when this run has none like it. */
  findRow(explicitId: string | null, textHash: string, answer: string | null): number | null {
    if (this.usesExplicitIds && explicitId !== null) {
      const index = this.indexById.get(explicitId);
      if (index !== undefined) return index;
    }
    const evidence = { explicitId: null, hashes: [textHash], containedHash: null, answer };
    const { id } = resolveProblem(evidence, this.options.dataset, this.options.relabelled);
    return this.indexById.get(id) ?? this.indexByText.getOnly(textHash) ?? null;
  }

  private addDatasetRows(): void {
    const { dataset } = this.options;
    dataset?.rows.forEach((row, index) => {
      const id = dataset.problemId(index, this.usesExplicitIds);
      const known = this.ofDataset.get(this.indexById.get(id) ?? -1);
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

  private addResolved(resolved: ResolvedProblem, prompt: Prompt, promptIndex: number): number {
    const index = this.indexById.get(resolved.id) ?? this.adoptRow(resolved);
    if (index !== undefined) {
      const known = this.ofDataset.get(index);
      if (known === undefined) return index;
      known.source ??= resolved.source;
      if (resolved.source === 'ambiguous') known.source = 'ambiguous';
      return index;
    }
    // Without a row it is all that its prompt says.
    if (resolved.rows.length === 0 && resolved.source !== 'ambiguous') return this.addLogged(promptIndex, resolved);
    const { preview, answer } = prompt;
    return this.add({ ...resolved, preview, answer }, 'log');
  }

  /** The dataset's problem that the log now speaks of by an id of its own: from here on it goes by that id too. */
  private adoptRow({ id, source, rows }: ResolvedProblem): number | undefined {
    const { dataset } = this.options;
    const row = rows[0];
    if (source !== 'explicit' || dataset === null || row === undefined) return undefined;
    const index = this.indexById.get(dataset.problemId(row, this.usesExplicitIds));
    const problem = this.ofDataset.get(index ?? -1);
    if (index === undefined || problem?.source !== null) return undefined;
    this.indexById.setAlias(problem.id, index);
    problem.id = id;
    this.indexById.set(id, index);
    return index;
  }

  private add(problem: DatasetProblem, from: 'dataset' | 'log'): number {
    this.ofDataset.set(this.count, problem);
    this.promptOf.push(-1);
    return this.enter(problem, from);
  }

  private addLogged(prompt: number, resolved: ResolvedProblem): number {
    this.promptOf.push(prompt);
    return this.enter(resolved, 'log');
  }

  private enter({ id, source, textHash }: Pick<KnownProblem, 'id' | 'source' | 'textHash'>, from: 'dataset' | 'log'): number {
    const index = this.count++;
    this.indexById.set(id, index);
    if (source === 'explicit') this.indexByText.set(textHash, index);
    this.options.onProblem(from);
    return index;
  }
}
