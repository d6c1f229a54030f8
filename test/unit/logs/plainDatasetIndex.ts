import { type DatasetRow } from '../../../src/core/datasetIndex';
import { hashOfNormalised, normaliseText, sharedTextProblemId, textProblemId } from '../../../src/core/identity';
import { canonicalJson } from '../../../src/core/json';
import { DatasetColumns, shownTexts } from '../../../src/logs/datasets/datasetColumns';

interface PlainRow {
  readonly explicitId: string | null;
  readonly hash: string;
  readonly answer: string;
  readonly text: string;
}

const minContained = 24;

/** What finding rows of a dataset means, in plain words: the columns have to say the same. */
export class PlainDatasetIndex {
  readonly rows: readonly PlainRow[];

  constructor(rows: readonly DatasetRow[]) {
    this.rows = rows.map(({ explicitId, text, groundTruth }) => {
      const normalised = normaliseText(text);
      return { explicitId, hash: hashOfNormalised(normalised), answer: canonicalJson(groundTruth ?? null), text: normalised };
    });
  }

  get length(): number {
    return this.rows.length;
  }

  hashOf(row: number): string {
    return this.at(row).hash;
  }

  explicitIdOf(row: number): string | null {
    return this.at(row).explicitId;
  }

  hasAnswer(row: number, answer: string): boolean {
    return this.at(row).answer === answer;
  }

  rowsWithId(id: string): readonly number[] {
    return this.rows.flatMap(({ explicitId }, row) => (explicitId === id ? [row] : []));
  }

  rowsWithHash(hash: string): readonly number[] {
    return this.rows.flatMap((row, index) => (row.hash === hash ? [index] : []));
  }

  sharesText(hash: string): boolean {
    return new Set(this.rowsWithHash(hash).map((row) => this.at(row).answer)).size > 1;
  }

  problemId(row: number, useExplicitIds: boolean): string {
    const { explicitId, hash, answer } = this.at(row);
    if (useExplicitIds && explicitId !== null && !this.isShared(explicitId)) return explicitId;
    return this.sharesText(hash) ? sharedTextProblemId(hash, JSON.parse(answer)) : textProblemId(hash);
  }

  containedText(normalised: string): string | null {
    const found = Array.from({ length: normalised.length }, (_, at) => this.rows.filter((row) => standsAt(row, normalised, at))).flat();
    const longest = Math.max(...found.map(({ text }) => text.length));
    return found.find(({ text }) => text.length === longest)?.hash ?? null;
  }

  /** Whether rows with an id differ in text or answer. */
  private isShared(id: string): boolean {
    return new Set(this.rowsWithId(id).map((row) => `${this.at(row).hash} ${this.at(row).answer}`)).size > 1;
  }

  private at(row: number): PlainRow {
    const found = this.rows[row];
    if (found === undefined) throw new RangeError(`no dataset row ${row}`);
    return found;
  }
}

function standsAt({ text, hash }: PlainRow, normalised: string, at: number): boolean {
  const slice = normalised.slice(at, at + text.length);
  return text.length >= minContained && slice.slice(0, minContained) === text.slice(0, minContained) && hashOfNormalised(normaliseText(slice)) === hash;
}

/** Rows in columns, which ask for their texts again here. */
export function columnsOf(rows: readonly DatasetRow[]): DatasetColumns {
  const columns = new DatasetColumns((place) => {
    const row = rows[place];
    return row === undefined ? null : shownTexts(row);
  });
  for (const row of rows) columns.add(row);
  return columns;
}
