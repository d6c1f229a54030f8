import { grown } from '../../core/column';
import { ByteSlabs, type ByteRun } from '../files/byteSlabs';
import type { Prompt } from './promptTable';

/** Distinct prompts without their full texts, in arrays that can be kept or handed to another thread. */
export interface PackedPrompts {
  /** Two words of hash for each prompt: of its canonical spelling. */
  readonly keys: Int32Array<ArrayBuffer>;
  /** Other spellings: two words of hash and the prompt's index. */
  readonly spellings: Int32Array<ArrayBuffer>;
  readonly files: readonly string[];
  /** For each prompt where a row with it begins: the index of the file, and the byte. */
  readonly fileOf: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  /** For each prompt the lengths of its texts, and where they begin in `texts`; they end where those of the next one begin. */
  readonly shapes: Uint32Array<ArrayBuffer>;
  readonly texts: ByteRun;
}

const shapeWords = 4;
const hashLength = 16;
/** More texts than a prompt can have that may be the user message. */
const maxHashes = 64;
const growth = 1.5;
/** A cut text ends in “…”, which would make nearly every one wide: it takes the place of a control character, and a text that has that one is wide. */
const ellipsis = { wide: '\u2026', narrow: '\u0085' } as const;
const wideUnit = /[^\u0000-\u0084\u0086-\u00ff\u2026]/;

const nothing = { files: [], fileOf: new Uint32Array(), offsets: new Float64Array(), shapes: new Uint32Array() };

/** Keeps prompts packed, by their index: as objects they would take three times the memory. */
export class PromptStore {
  private readonly files: string[];
  private readonly fileIndices: Map<string, number>;
  private fileOf: Uint32Array<ArrayBuffer>;
  private offsets: Float64Array<ArrayBuffer>;
  private shapes: Uint32Array<ArrayBuffer>;
  private readonly texts: ByteSlabs;
  private count: number;

  /** Begins with packed prompts. Texts that are the caller's own belong to the store from then on; from others it grows apart. */
  constructor({ files, fileOf, offsets, shapes, texts }: Omit<PackedPrompts, 'keys' | 'spellings'> = { ...nothing, texts: new ByteSlabs() }) {
    this.files = [...files];
    this.fileIndices = new Map(files.map((file, index) => [file, index]));
    [this.fileOf, this.offsets, this.shapes] = [fileOf, offsets, shapes];
    this.texts = ByteSlabs.of(texts);
    this.count = offsets.length;
  }

  /** Puts a prompt at an index, one after the other. */
  set(index: number, { explicitId, answer, hashes, preview, file, offset }: Prompt): void {
    const text = (explicitId ?? '') + (answer ?? '') + hashes.join('') + preview;
    // Neither spelling changes a text, not even one with half a surrogate pair.
    const isWide = wideUnit.test(text);
    this.makeRoom(index);
    const start = this.texts.append(isWide ? Buffer.from(text, 'utf16le') : Buffer.from(text.replaceAll(ellipsis.wide, ellipsis.narrow), 'latin1'));
    this.offsets[index] = offset;
    this.fileOf[index] = this.indexOf(file);
    this.shapes.set([lengthOf(explicitId), lengthOf(answer), hashes.length * 2 + Number(isWide), start], index * shapeWords);
    this.count = index + 1;
  }

  /** The prompt of an index, put together anew each time. */
  at(index: number): Prompt {
    return new PackedPrompt(this, index);
  }

  /** The first prompts, which must all be there, with the hashes that tell them apart. */
  pack(length: number, hashes: Pick<PackedPrompts, 'keys' | 'spellings'>): PackedPrompts {
    return {
      ...hashes,
      files: [...this.files],
      fileOf: this.fileOf.subarray(0, length),
      offsets: this.offsets.subarray(0, length),
      shapes: this.shapes.subarray(0, length * shapeWords),
      texts: this.texts.upToNow(),
    };
  }

  fileAt(index: number): string {
    return this.files[numberAt(this.fileOf, index)] ?? '';
  }

  offsetAt(index: number): number {
    return numberAt(this.offsets, index);
  }

  shape(index: number, word: number): number {
    return numberAt(this.shapes, index * shapeWords + word);
  }

  /** Some of a prompt's texts, which lie one behind the other; places and lengths are in UTF-16 units. */
  text(index: number, from: number, length: number): string {
    const isWide = (this.shape(index, 2) & 1) === 1;
    const unit = isWide ? 2 : 1;
    const start = this.shape(index, 3) + unit * from;
    const end = Math.min(this.end(index), start + unit * length);
    const bytes = this.texts.read(start, end);
    if (isWide) return bytes.toString('utf16le');
    const text = bytes.toString('latin1');
    return text.includes(ellipsis.narrow) ? text.replaceAll(ellipsis.narrow, ellipsis.wide) : text;
  }

  private end(index: number): number {
    return index + 1 < this.count ? this.shape(index + 1, 3) : this.texts.length;
  }

  private indexOf(file: string): number {
    const known = this.fileIndices.get(file);
    if (known !== undefined) return known;
    const index = this.files.push(file) - 1;
    this.fileIndices.set(file, index);
    return index;
  }

  private makeRoom(index: number): void {
    if (index < this.offsets.length) return;
    const capacity = Math.max(index + 1, Math.ceil(this.offsets.length * growth));
    this.fileOf = grown(this.fileOf, new Uint32Array(capacity));
    this.offsets = grown(this.offsets, new Float64Array(capacity));
    this.shapes = grown(this.shapes, new Uint32Array(capacity * shapeWords));
  }
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length + 1;
}

/** A packed prompt, of which only what somebody asks for is unpacked. */
class PackedPrompt implements Prompt {
  readonly containedHash = null;

  constructor(
    private readonly store: PromptStore,
    private readonly index: number,
  ) {}

  get explicitId(): string | null {
    return this.store.shape(this.index, 0) === 0 ? null : this.store.text(this.index, 0, this.idLength);
  }

  get answer(): string | null {
    return this.store.shape(this.index, 1) === 0 ? null : this.store.text(this.index, this.idLength, this.answerLength);
  }

  get hashes(): readonly string[] {
    const count = this.store.shape(this.index, 2) >>> 1;
    const all = this.store.text(this.index, this.idLength + this.answerLength, count * hashLength);
    if (count === 1) return [all];
    const hashes: string[] = [];
    for (let end = hashLength; end <= all.length; end += hashLength) hashes.push(all.slice(end - hashLength, end));
    return hashes;
  }

  get preview(): string {
    const hashes = (this.store.shape(this.index, 2) >>> 1) * hashLength;
    return this.store.text(this.index, this.idLength + this.answerLength + hashes, Infinity);
  }

  get file(): string {
    return this.store.fileAt(this.index);
  }

  get offset(): number {
    return this.store.offsetAt(this.index);
  }

  private get idLength(): number {
    return Math.max(0, this.store.shape(this.index, 0) - 1);
  }

  private get answerLength(): number {
    return Math.max(0, this.store.shape(this.index, 1) - 1);
  }
}

/** Whether every place that unpacking looks at is there. */
export function arePackedPrompts({ keys, spellings, files, fileOf, offsets, shapes, texts }: PackedPrompts): boolean {
  const count = offsets.length;
  if (keys.length !== count * 2 || fileOf.length !== count || shapes.length !== count * shapeWords) return false;
  return areShapes(shapes, texts.length) && areSpellings(spellings, count) && fileOf.every((file) => file < files.length);
}

function areShapes(shapes: Uint32Array, bytes: number): boolean {
  for (let at = 0; at < shapes.length; at += shapeWords) {
    const start = shapes[at + 3] ?? 0;
    const end = shapes[at + 3 + shapeWords] ?? bytes;
    if (end < start || end > bytes || (shapes[at + 2] ?? 0) >>> 1 > maxHashes) return false;
  }
  return true;
}

function areSpellings(spellings: Int32Array, count: number): boolean {
  for (let at = 2; at < spellings.length; at += 3) if (numberAt(spellings, at) < 0 || numberAt(spellings, at) >= count) return false;
  return spellings.length % 3 === 0;
}

function numberAt(array: Int32Array | Uint32Array | Float64Array, index: number): number {
  return array[index] ?? 0;
}
