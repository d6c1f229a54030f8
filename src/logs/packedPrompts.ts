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

/** The prompt of an index, put together anew each time: of very many prompts none has to stay in memory. */
export function unpackPrompt(packed: PackedPrompts, index: number): Prompt {
  const at = index * shapeWords;
  const [id, answer, form] = [numberAt(packed.shapes, at), numberAt(packed.shapes, at + 1), numberAt(packed.shapes, at + 2)];
  const start = index === 0 ? 0 : numberAt(packed.shapes, at - 1);
  const { buffer, byteOffset } = packed.bytes;
  const text = Buffer.from(buffer, byteOffset + start, numberAt(packed.shapes, at + 3) - start).toString(form & 1 ? 'utf16le' : 'latin1');
  let from = 0;
  const take = (length: number): string => text.slice(from, (from += length));
  return {
    explicitId: id === 0 ? null : take(id - 1),
    answer: answer === 0 ? null : take(answer - 1),
    hashes: Array.from({ length: form >>> 1 }, () => take(hashLength)),
    preview: text.slice(from),
    file: packed.files[numberAt(packed.fileOf, index)] ?? '',
    offset: numberAt(packed.offsets, index),
  };
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
