import { statSync } from 'node:fs';
import { Column } from '../../core/column';
import { previewOf, readDatasetRow, type DatasetRow } from '../../core/datasetIndex';
import { normaliseText } from '../../core/identity';
import { rawNumberAt } from '../files/rawNumber';
import { parseTolerant } from '../files/tolerantJson';
import { DatasetColumns, shownTexts, type ShownTexts } from './datasetColumns';
import { datasetReading, type DatasetReading } from './datasetReading';
import { TextsAhead } from './textsAhead';

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

/** Of rows whose texts have more UTF-16 units together only the first ones are read ahead. */
const maxUnitsAhead = 1 << 22;

/** A dataset as it was read. Its texts stay in the file and are read again where they are wanted. */
export class DatasetFile {
  readonly index = new DatasetColumns((row) => this.ahead.at(row) ?? this.textsOf(row));
  /** Rows without a prompt, and lines that are no JSON object. */
  unusableRows = 0;
  /** Where each row begins; empty as long as that is the number of the row. */
  private readonly places = new Column(Float64Array);
  private readonly ahead = new TextsAhead();
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
        this.addPlace(this.index.length, place);
        this.index.add(row);
      }
    });
  }

  private addPlace(row: number, place: number): void {
    const { places } = this;
    if (place === row && places.length === 0) return;
    while (places.length < row) places.push(places.length);
    places.push(place);
  }

  private placeOf(row: number): number {
    return this.places.length === 0 ? row : this.places.at(row);
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
    this.letGo();
    for (const { row, texts } of this.readAgain(rows)) {
      this.ahead.add(row, texts);
      if (this.ahead.units >= maxUnitsAhead) break;
    }
    return this.ahead.units / maxUnitsAhead;
  }

  letGo(): void {
    this.ahead.clear();
  }

  private textsOf(row: number): ShownTexts | null {
    for (const { texts } of this.readAgain([row])) return texts;
    return null;
  }

  /** The texts of rows in the order of the file, those left out that are not there any more. */
  private *readAgain(rows: readonly number[]): Generator<{ readonly row: number; readonly texts: ShownTexts }> {
    const known = rows.filter((row) => row < this.index.length).sort((a, b) => a - b);
    if (known.length === 0 || datasetStamp(this.path) !== this.stamp) return;
    try {
      let next = 0;
      for (const read of this.reading.again(known.map((each) => this.placeOf(each)))) {
        const row = known[next++] ?? 0;
        if (read !== null) yield { row, texts: shownTexts(read) };
      }
    } catch {
      // Gone, or not to be read: what stood there is not to be had any more.
    }
  }
}

function tryParse(text: string): unknown {
  try {
    return parseTolerant(text);
  } catch {
    return undefined;
  }
}
