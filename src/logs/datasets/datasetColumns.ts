import { Column } from '../../core/column';
import { previewOf, type DatasetIndex, type DatasetRow } from '../../core/datasetIndex';
import { normaliseText, sharedTextIdOf, textProblemId } from '../../core/identity';
import { answerJson } from '../../core/json';
import { hashText, hashWords, wordsOfHash, type HashWords } from '../columns/textHash';
import { ContainedTexts } from './containedTexts';
import { PackedTexts } from './packedTexts';
import { RowChains } from './rowChains';
import { RowTable } from './rowTable';

/** What is known of the first row of a text or of an id. */
const flag = { answersDiffer: 1, rowsDiffer: 2 } as const;

/** What people are shown of a row: the start of its text, and canonical JSON of its ground truth. */
export interface ShownTexts {
  readonly preview: string;
  readonly answer: string;
}

/** Takes from a row what people are shown of it. */
export function shownTexts({ text, groundTruth }: DatasetRow): ShownTexts {
  return { preview: previewOf(normaliseText(text)), answer: answerJson(groundTruth ?? null) };
}

/** The rows of a dataset in columns: hashes and ids. Texts are read again when they are wanted. */
export class DatasetColumns implements DatasetIndex {
  /** Two words for each row. */
  private readonly texts = new Column(Int32Array);
  private readonly answers = new Column(Int32Array);
  private readonly ids = new PackedTexts();
  /** NaN for none; rows after the last that has one are missing. */
  private readonly difficulties = new Column(Float64Array);
  private readonly flags = new Column(Uint8Array);
  /** The first row of each text; the rows after it, and after the first one of each id. */
  private readonly byHash = new RowTable((row) => this.texts.at(2 * row));
  private readonly sameText = new RowChains();
  private readonly sameId = new RowChains();
  private readonly contained = new ContainedTexts((hash) => this.firstOf(hash));
  /** Whether an id of the dataset looks like that of a text. */
  private hasTextIds = false;

  /** `again` reads the texts of a row again; null when it is not there any more. */
  constructor(private readonly again: (row: number) => ShownTexts | null) {}

  get length(): number {
    return this.flags.length;
  }

  /** Whether it is sure that no two rows are the same problem. */
  areDistinct(useExplicitIds: boolean): boolean {
    return this.sameText.isEmpty && !(useExplicitIds && (this.hasTextIds || !this.sameId.isEmpty));
  }

  add({ explicitId, text, groundTruth, difficulty = null }: DatasetRow): void {
    const normalised = normaliseText(text);
    const hash = hashWords(normalised);
    const row = this.length;
    for (const word of hash) this.texts.push(word);
    for (const word of hashWords(answerJson(groundTruth ?? null))) this.answers.push(word);
    this.flags.push(0);
    if (difficulty !== null) this.addDifficulty(row, difficulty);
    this.contained.push(this.addHash(hash, row) ? normalised : null);
    if (explicitId !== null) this.addId(explicitId, row);
  }

  /** True for the first row of a text. */
  private addHash(hash: HashWords, row: number): boolean {
    const first = this.firstOf(hash);
    if (first < 0) this.byHash.add(row);
    else {
      this.sameText.add(first, row);
      if (!same(this.answers, first, row)) this.raise(first, flag.answersDiffer);
    }
    return first < 0;
  }

  private addId(id: string, row: number): void {
    const first = this.ids.add(row, id);
    this.hasTextIds ||= id.startsWith(textProblemId(''));
    if (first === row) return;
    this.sameId.add(first, row);
    if (!same(this.texts, first, row) || !same(this.answers, first, row)) this.raise(first, flag.rowsDiffer);
  }

  private addDifficulty(row: number, difficulty: number): void {
    while (this.difficulties.length < row) this.difficulties.push(NaN);
    this.difficulties.push(difficulty);
  }

  hashOf(row: number): string {
    return hashText(wordsAt(this.texts, row));
  }

  /** The id that the dataset gives a row; null when it gives none. */
  explicitIdOf(row: number): string | null {
    return this.ids.at(row);
  }

  /** The difficulty that the dataset gives a row; null when it gives none. */
  difficultyOf(row: number): number | null {
    const difficulty = row >= 0 && row < this.difficulties.length ? this.difficulties.at(row) : NaN;
    return Number.isNaN(difficulty) ? null : difficulty;
  }

  /** The start of a row's text as lists show it; empty when it is not there any more. */
  previewOf(row: number): string {
    return this.again(row)?.preview ?? '';
  }

  /** Canonical JSON of a row's ground truth; null when it is not there any more. */
  answerOf(row: number): string | null {
    return this.again(row)?.answer ?? null;
  }

  hasAnswer(row: number, answer: string): boolean {
    const [first, second] = hashWords(answer);
    const [own, other] = wordsAt(this.answers, row);
    return own === first && other === second;
  }

  rowsWithId(id: string): readonly number[] {
    const first = this.ids.numberOf(id);
    return first < 0 ? [] : this.sameId.rowsFrom(first);
  }

  rowsWithHash(hash: string): readonly number[] {
    const words = wordsOfHash(hash);
    const first = words === null ? -1 : this.firstOf(words);
    return first < 0 ? [] : this.sameText.rowsFrom(first);
  }

  sharesText(hash: string): boolean {
    const words = wordsOfHash(hash);
    return words !== null && this.has(this.firstOf(words), flag.answersDiffer);
  }

  problemId(row: number, useExplicitIds: boolean): string {
    if (row >= this.length) throw new RangeError(`no dataset row ${row}`);
    const id = useExplicitIds ? this.explicitIdOf(row) : null;
    if (id !== null && (this.sameId.isEmpty || !this.has(this.ids.numberOf(id), flag.rowsDiffer))) return id;
    const words = wordsAt(this.texts, row);
    const isShared = !this.sameText.isEmpty && this.has(this.firstOf(words), flag.answersDiffer);
    return isShared ? sharedTextIdOf(hashText(words), hashText(wordsAt(this.answers, row))) : textProblemId(hashText(words));
  }

  containedText(normalised: string): string | null {
    const row = this.contained.longestIn(normalised);
    return row < 0 ? null : this.hashOf(row);
  }

  private firstOf([first, second]: HashWords): number {
    return this.byHash.find(first, (row) => this.texts.at(2 * row) === first && this.texts.at(2 * row + 1) === second);
  }

  private raise(row: number, mark: number): void {
    this.flags.set(row, this.flags.at(row) | mark);
  }

  private has(row: number, mark: number): boolean {
    return row >= 0 && (this.flags.at(row) & mark) !== 0;
  }
}

function wordsAt(words: Column<Int32Array>, row: number): HashWords {
  return [words.at(2 * row), words.at(2 * row + 1)];
}

function same(words: Column<Int32Array>, one: number, other: number): boolean {
  return words.at(2 * one) === words.at(2 * other) && words.at(2 * one + 1) === words.at(2 * other + 1);
}
