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
  /** For each prompt the lengths of its texts, and where they end in `bytes`. */
  readonly shapes: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const shapeWords = 4;
const hashLength = 16;
/** More texts than a prompt can have that may be the user message. */
const maxHashes = 64;

/** Packs prompts one by one. */
export class PromptPacker {
  private readonly files = new Map<string, number>();
  private readonly fileOf: Uint32Array<ArrayBuffer>;
  private readonly offsets: Float64Array<ArrayBuffer>;
  private readonly shapes: Uint32Array<ArrayBuffer>;
  private readonly pieces: Buffer[] = [];
  private bytes = 0;
  private count = 0;

  constructor(length: number) {
    this.fileOf = new Uint32Array(length);
    this.offsets = new Float64Array(length);
    this.shapes = new Uint32Array(length * shapeWords);
  }

  add({ explicitId, answer, hashes, preview, file, offset }: Prompt): void {
    const text = (explicitId ?? '') + (answer ?? '') + hashes.join('') + preview;
    // Neither spelling changes a text, not even one with half a surrogate pair.
    const isWide = wideUnit.test(text);
    const piece = Buffer.from(text, isWide ? 'utf16le' : 'latin1');
    this.pieces.push(piece);
    this.bytes += piece.length;
    const index = this.count++;
    this.offsets[index] = offset;
    this.fileOf[index] = this.files.get(file) ?? this.files.size;
    if (!this.files.has(file)) this.files.set(file, this.files.size);
    this.shapes.set([lengthOf(explicitId), lengthOf(answer), hashes.length * 2 + Number(isWide), this.bytes], index * shapeWords);
  }

  /** What was packed, together with the hashes that tell prompts apart. */
  pack(keys: Int32Array<ArrayBuffer>, spellings: Int32Array<ArrayBuffer>): PackedPrompts {
    const bytes = new Uint8Array(this.bytes);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { keys, spellings, files: [...this.files.keys()], fileOf: this.fileOf, offsets: this.offsets, shapes: this.shapes, bytes };
  }
}

const wideUnit = /[^\u0000-\u00ff]/;

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length + 1;
}

/** A packed prompt. Of very many prompts none is unpacked but what somebody asks for. */
class PackedPrompt implements Prompt {
  readonly containedHash = null;

  constructor(
    private readonly packed: PackedPrompts,
    /** The packed texts. */
    private readonly texts: Buffer,
    private readonly index: number,
  ) {}

  get explicitId(): string | null {
    const length = this.shape(0);
    return length === 0 ? null : this.text(0, length - 1);
  }

  get answer(): string | null {
    const length = this.shape(1);
    return length === 0 ? null : this.text(this.idLength, length - 1);
  }

  get hashes(): readonly string[] {
    const count = this.shape(2) >>> 1;
    const all = this.text(this.idLength + this.answerLength, count * hashLength);
    return count === 1 ? [all] : Array.from({ length: count }, (_, i) => all.slice(i * hashLength, (i + 1) * hashLength));
  }

  get preview(): string {
    return this.text(this.idLength + this.answerLength + (this.shape(2) >>> 1) * hashLength, Infinity);
  }

  get file(): string {
    return this.packed.files[numberAt(this.packed.fileOf, this.index)] ?? '';
  }

  get offset(): number {
    return numberAt(this.packed.offsets, this.index);
  }

  private get idLength(): number {
    return Math.max(0, this.shape(0) - 1);
  }

  private get answerLength(): number {
    return Math.max(0, this.shape(1) - 1);
  }

  private shape(word: number): number {
    return numberAt(this.packed.shapes, this.index * shapeWords + word);
  }

  /** Some of the prompt's texts, which lie one behind the other; places and lengths are in UTF-16 units. */
  private text(from: number, length: number): string {
    const start = this.index === 0 ? 0 : numberAt(this.packed.shapes, this.index * shapeWords - 1);
    const unit = this.shape(2) & 1 ? 2 : 1;
    const end = Math.min(this.shape(3), start + unit * (from + length));
    return this.texts.toString(unit === 2 ? 'utf16le' : 'latin1', start + unit * from, end);
  }
}

/** The prompts of a packed table, each put together when it is asked for. */
export class PromptReader {
  private readonly texts: Buffer;

  constructor(readonly packed: PackedPrompts) {
    const { buffer, byteOffset, byteLength } = packed.bytes;
    this.texts = Buffer.from(buffer, byteOffset, byteLength);
  }

  get length(): number {
    return this.packed.offsets.length;
  }

  at(index: number): Prompt {
    return new PackedPrompt(this.packed, this.texts, index);
  }
}

/** Whether every place that unpacking looks at is there. */
export function arePackedPrompts({ keys, spellings, files, fileOf, offsets, shapes, bytes }: PackedPrompts): boolean {
  const count = offsets.length;
  if (keys.length !== count * 2 || fileOf.length !== count || shapes.length !== count * shapeWords) return false;
  return areShapes(shapes, bytes.length) && areSpellings(spellings, count) && fileOf.every((file) => file < files.length);
}

function areShapes(shapes: Uint32Array, bytes: number): boolean {
  let before = 0;
  for (let at = 0; at < shapes.length; at += shapeWords) {
    const end = numberAt(shapes, at + 3);
    if (end < before || numberAt(shapes, at + 2) >>> 1 > maxHashes) return false;
    before = end;
  }
  return before <= bytes;
}

function areSpellings(spellings: Int32Array, count: number): boolean {
  for (let at = 2; at < spellings.length; at += 3) if (numberAt(spellings, at) < 0 || numberAt(spellings, at) >= count) return false;
  return spellings.length % 3 === 0;
}

function numberAt(array: Int32Array | Uint32Array | Float64Array, index: number): number {
  return array[index] ?? 0;
}
