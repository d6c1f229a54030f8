import { statSync } from 'node:fs';
import { Column } from '../../core/column';
import { previewOf, readDatasetRow, type DatasetRow } from '../../core/datasetIndex';
import { normaliseText } from '../../core/identity';
import { rawNumberAt } from '../files/rawNumber';
import { parseTolerant } from '../files/tolerantJson';
import { DatasetColumns, shownTexts, type ShownTexts } from './datasetColumns';
import { datasetReading, type DatasetReading } from './datasetReading';

/** What `stamp` would be now; empty when the file is gone. */
export function datasetStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
}

/** Those that were read: mostly several runs have the same one. */
const known = new Map<string, WeakRef<DatasetFile>>();

/** Reads a dataset of JSON lines, one JSON array or parquet, in turns, if it is not what was read before. Throws an Error fit to show. */
export async function readDatasetFile(file: string): Promise<DatasetFile> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error(`${file} is a directory: choose a dataset file in it`);
  const stamp = datasetStamp(file);
  const before = known.get(file)?.deref();
  if (before?.stamp === stamp) return before;
  const dataset = new DatasetFile(file, stamp, datasetReading(file));
  await dataset.read();
  if (dataset.index.length === 0) {
    throw new Error(`${file}: no row has a prompt (one of “prompt”, “question”, “problem”, “messages”)`);
  }
  known.set(file, new WeakRef(dataset));
  return dataset;
}

/** One line of a dataset file as a row; null when it is none. */
export function parseDatasetLine(line: string): DatasetRow | null {
  const row = tryParse(line);
  return readDatasetRow(row, (path) => rawNumberAt(line, path));
}

/** Of rows whose texts are longer together only the first ones are read ahead. */
const maxCharsAhead = 1 << 22;

/** A dataset as it was read. Its texts stay in the file and are read again where they are wanted. */
export class DatasetFile {
  readonly index = new DatasetColumns((row) => this.ahead.get(row) ?? this.readAgain([row]).get(row) ?? null);
  /** Rows without a prompt, and lines that are no JSON object. */
  unusableRows = 0;
  /** Where each row begins. */
  private readonly places = new Column(Float64Array);
  /** Texts that were read before they are asked for, by row. */
  private ahead: ReadonlyMap<number, ShownTexts> = new Map();
  private lastSearch: { readonly text: string; readonly found: Promise<Uint8Array> } | null = null;

  /** `stamp`: size and times by which a later change is noticed. */
  constructor(
    readonly path: string,
    readonly stamp: string,
    private readonly reading: DatasetReading,
  ) {}

  /** Reads the rows, once. */
  async read(): Promise<void> {
    await this.reading.each((row, place) => {
      if (row === null) this.unusableRows++;
      else {
        this.index.add(row);
        this.places.push(place);
      }
    });
  }

  /** Finds the rows whose previews hold a text, in lower case; the file is read through for it. */
  async search(text: string): Promise<(row: number) => boolean> {
    const search = this.lastSearch?.text === text ? this.lastSearch : { text, found: this.searchAll(text) };
    this.lastSearch = search;
    try {
      const found = await search.found;
      return (row) => found[row] === 1;
    } catch (error) {
      if (this.lastSearch === search) this.lastSearch = null;
      throw error;
    }
  }

  private async searchAll(text: string): Promise<Uint8Array> {
    const found = new Uint8Array(this.index.length);
    let next = 0;
    if (datasetStamp(this.path) !== this.stamp) return found;
    await this.reading.each((row) => {
      if (row !== null) found[next++] = Number(previewOf(normaliseText(row.text)).toLowerCase().includes(text));
    });
    return found;
  }

  /** Reads texts of rows together that are going to be asked for; they are held until they are let go. Returns which part of the room for them they fill: what is beyond it is read when it is asked for. */
  readAhead(rows: readonly number[]): number {
    this.ahead = this.readAgain(rows);
    return [...this.ahead.values()].reduce((sum, texts) => sum + charsOf(texts), 0) / maxCharsAhead;
  }

  letGo(): void {
    this.ahead = new Map();
  }

  /** The texts of rows, those left out that are not there any more, and the later ones where they are very long together. */
  private readAgain(rows: readonly number[]): ReadonlyMap<number, ShownTexts> {
    const found = new Map<number, ShownTexts>();
    const known = rows.filter((row) => row < this.places.length).sort((a, b) => a - b);
    if (known.length === 0 || datasetStamp(this.path) !== this.stamp) return found;
    try {
      let [next, chars] = [0, 0];
      for (const row of this.reading.again(known.map((each) => this.places.at(each)))) {
        const texts = row === null ? null : shownTexts(row);
        if (texts !== null) found.set(known[next] ?? 0, texts);
        next++;
        chars += texts === null ? 0 : charsOf(texts);
        if (chars >= maxCharsAhead) break;
      }
    } catch {
      // Gone, or not to be read: what stood there is not to be had any more.
    }
    return found;
  }
}

function charsOf({ preview, answer }: ShownTexts): number {
  return preview.length + answer.length;
}

function tryParse(text: string): unknown {
  try {
    return parseTolerant(text);
  } catch {
    return undefined;
  }
}
