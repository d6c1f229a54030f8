import type { IdentitySource } from '../../core/problemResolver';
import type { DatasetColumns } from '../../logs/datasets/datasetColumns';
import type { Prompt, PromptTable } from '../../logs/columns/promptTable';
import type { DatasetProblems } from './datasetProblems';

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

const sources: readonly (IdentitySource | null)[] = [null, 'explicit', 'matched', 'ambiguous', 'unmatched'];

/** The problems of a dataset with what the log says of them. */
export class JoinedProblems {
  /** By problem how the log identified it first, by its number in `sources`. */
  private readonly sourceOf: Uint8Array;
  /** By problem the prompt of the log that did, plus one. */
  private readonly prompts: Int32Array;
  /** Set for one that the log speaks of by an id of its own. */
  private readonly adopted: Uint8Array;

  constructor(
    readonly dataset: DatasetColumns,
    readonly rows: DatasetProblems,
    private readonly table: PromptTable,
  ) {
    this.sourceOf = new Uint8Array(rows.length);
    this.prompts = new Int32Array(rows.length);
    this.adopted = new Uint8Array(rows.length);
  }

  get length(): number {
    return this.rows.length;
  }

  source(problem: number): IdentitySource | null {
    return sources[this.sourceOf[problem] ?? 0] ?? null;
  }

  /** Takes down that a prompt of the log is this problem. */
  join(problem: number, source: IdentitySource, prompt: number): void {
    const known = this.source(problem);
    if (known === null) this.prompts[problem] = prompt + 1;
    if (known === null || source === 'ambiguous') this.sourceOf[problem] = sources.indexOf(source);
  }

  /** Gives a problem the id by which a prompt of the log speaks of it. */
  adopt(problem: number, prompt: number): void {
    this.prompts[problem] = prompt + 1;
    this.adopted[problem] = 1;
  }

  isAdopted(problem: number): boolean {
    return this.adopted[problem] === 1;
  }

  /** The prompt that was this problem first; undefined without one. */
  promptOf(problem: number): Prompt | undefined {
    return this.table.at((this.prompts[problem] ?? 0) - 1);
  }

  at(problem: number): KnownProblem {
    return new JoinedProblem(this, problem);
  }

  /** The row that has to be read again for a problem's texts; null where the log has the same. */
  rowToRead(problem: number): number | null {
    const row = this.rows.firstRowOf(problem);
    return this.loggedPreview(problem, row) !== null && this.loggedAnswer(problem, row) !== null ? null : row;
  }

  /** What the log has of a row's text and of its answer; null where that is not the same. */
  loggedPreview(problem: number, row: number): string | null {
    const prompt = this.promptOf(problem);
    return prompt?.hashes[0] === this.dataset.hashOf(row) ? prompt.preview : null;
  }

  loggedAnswer(problem: number, row: number): string | null {
    const answer = this.promptOf(problem)?.answer ?? null;
    return answer !== null && this.dataset.hasAnswer(row, answer) ? answer : null;
  }
}

/** A problem that the dataset knows, put together for the asker. Its texts are those of the log where that has the same, else read again. */
class JoinedProblem implements KnownProblem {
  constructor(
    private readonly joined: JoinedProblems,
    private readonly problem: number,
  ) {}

  get id(): string {
    const { joined, problem } = this;
    const adopted = joined.isAdopted(problem) ? joined.promptOf(problem)?.explicitId : null;
    return adopted ?? joined.rows.idOf(problem);
  }

  get textHash(): string {
    return this.joined.dataset.hashOf(this.row);
  }

  get source(): IdentitySource | null {
    return this.joined.source(this.problem);
  }

  get rows(): readonly number[] {
    return this.joined.rows.rowsOf(this.problem);
  }

  get preview(): string {
    return this.joined.loggedPreview(this.problem, this.row) ?? this.joined.dataset.previewOf(this.row);
  }

  get answer(): string | null {
    return this.joined.loggedAnswer(this.problem, this.row) ?? this.joined.dataset.answerOf(this.row);
  }

  private get row(): number {
    return this.joined.rows.firstRowOf(this.problem);
  }
}
