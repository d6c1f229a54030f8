import type { DecodedArray } from 'hyparquet';
import { assembleLists } from 'hyparquet/src/assemble.js';
import { convert } from 'hyparquet/src/convert.js';
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js';
import type { Decoder } from './decodePage';
import { freeMemory } from './pageMemory';
import { columnName, decoderOf, PageReader, type Chunk, type Page } from './pageReader';

/** So many values are made into something at once, fewer where they are large. */
const maxValues = 256;
const maxBytes = 1 << 22;
/** What a value is reckoned with besides its bytes. */
export const bytesOfRow = 64;

/** The rows of a physical column in a row group, a few at a time; those of a nested one in lists, as deep as it is repeated or optional. */
export class LeafCursor {
  private readonly pages: PageReader;
  private readonly decoder: Decoder;
  private readonly maxDefinition: number;
  private page: Page | null = null;
  /** Where in the page: in its levels, and in its values without nulls. */
  private level = 0;
  private value = 0;
  private ready: unknown[] = [];
  /** Whether the last row that is ready may go on. */
  private isOpen = false;
  /** What the pages unpack to in which that row lies, but for the one in which it begins. */
  private openBytes = 0;
  private ended = false;
  /** Whether the row that was left out last may go on. */
  private isPassing = false;

  constructor(private readonly chunk: Chunk) {
    this.pages = new PageReader(chunk);
    this.decoder = decoderOf(chunk);
    this.maxDefinition = getMaxDefinitionLevel(chunk.schemaPath);
  }

  /** How many rows can be taken without reading on; 0 at the end. */
  available(): number {
    while (this.complete === 0 && !this.ended) this.readOn();
    return this.complete;
  }

  take(rows: number): unknown[] {
    return this.ready.splice(0, rows);
  }

  /** Leaves rows out, before any is taken; nothing is made of their values. */
  skip(rows: number): void {
    let left = this.pages.skip(rows);
    for (let page = this.openPage(); left > 0 && page !== null; page = this.openPage()) left -= this.pass(page, left);
  }

  /** Gives back all room. */
  close(): void {
    this.dropPage();
    this.pages.close();
    this.ended = true;
  }

  private get complete(): number {
    return this.ready.length - Number(this.isOpen);
  }

  private readOn(): void {
    const page = this.openPage();
    if (page === null) {
      this.isOpen = false;
      this.close();
      return;
    }
    const end = this.endOfNext(page);
    this.assemble(page, this.level, end);
    this.moveTo(page, end);
  }

  /** The page that is to be read on, after what of it belongs to a row that was left out; null at the end. */
  private openPage(): Page | null {
    for (;;) {
      this.page ??= this.pages.next();
      const { page } = this;
      if (page === null || !this.isPassing) return page;
      this.pass(page, 0);
    }
  }

  /** Leaves rows of a page out, the rest of the one before them too; returns how many there were. */
  private pass(page: Page, rows: number): number {
    const { definitionLevels, repetitionLevels } = page;
    const end = repetitionLevels === null ? Math.min(page.count, this.level + rows) : endOfRows(repetitionLevels, this.level, rows);
    const passed = repetitionLevels === null ? end - this.level : count(repetitionLevels.subarray(this.level, end), 0);
    this.value += definitionLevels === null ? end - this.level : count(definitionLevels.subarray(this.level, end), this.maxDefinition);
    this.isPassing = repetitionLevels !== null && end === page.count;
    this.moveTo(page, end);
    return passed;
  }

  private moveTo(page: Page, end: number): void {
    const levels = end - this.level;
    this.chunk.onWork(Math.ceil((levels * page.bytes) / page.count) + bytesOfRow * levels);
    this.level = end;
    if (end === page.count) this.dropPage();
  }

  /** Where the next levels end, if possible before one that begins a row. */
  private endOfNext({ repetitionLevels, count, bytes }: Page): number {
    const most = Math.max(1, Math.min(maxValues, Math.floor((maxBytes * count) / Math.max(1, bytes))));
    let end = Math.min(count, this.level + most);
    if (repetitionLevels !== null) while (end < count && repetitionLevels[end] !== 0) end++;
    return end;
  }

  private assemble(page: Page, from: number, to: number): void {
    const [definition, repetition] = [page.definitionLevels, page.repetitionLevels].map((levels) => levels?.subarray(from, to));
    const present = definition === undefined ? to - from : count(definition, this.maxDefinition);
    const values = this.convert(page, this.value, this.value + present);
    this.value += present;
    this.mindOpenRow(page, from, repetition?.[0] ?? 0);
    // Levels are looked at one by one, whatever they lie in.
    const levels = [definition ?? [], repetition ?? []] as unknown as [number[], number[]];
    const rows = assembleLists(this.ready, ...levels, values, this.chunk.schemaPath);
    if (rows !== this.ready) this.ready.push(...rows);
    this.isOpen = repetition !== undefined;
  }

  /** A row of which each page brings more is not put together without end. */
  private mindOpenRow(page: Page, from: number, repetition: number): void {
    if (repetition === 0) this.openBytes = 0;
    else if (!this.isOpen) throw new Error(`${columnName(this.chunk.metadata)} begins in the middle of a row`);
    else if (from === 0) {
      this.openBytes += page.bytes + 8 * page.count;
      this.chunk.room.take(this.openBytes, `a row of ${columnName(this.chunk.metadata)}`);
      this.chunk.room.giveBack(this.openBytes);
    }
  }

  private convert({ values, dictionary }: Page, from: number, to: number): DecodedArray {
    const part = values.slice(from, to);
    return dictionary === null ? convert(part, this.decoder) : Array.from(part, (number) => dictionary.at(Number(number)));
  }

  private dropPage(): void {
    this.chunk.room.giveBack(this.page?.held ?? 0);
    if (this.page?.memory instanceof Uint8Array) freeMemory(this.page.memory);
    this.page = null;
    this.level = 0;
    this.value = 0;
  }
}

/** Where the next row begins after so many that begin from a place on. */
function endOfRows(repetitionLevels: Uint8Array, from: number, rows: number): number {
  let [end, begun] = [from, 0];
  for (; end < repetitionLevels.length; end++) if (repetitionLevels[end] === 0 && ++begun > rows) break;
  return end;
}

function count(levels: Uint8Array, wanted: number): number {
  let found = 0;
  for (const level of levels) if (level === wanted) found++;
  return found;
}
