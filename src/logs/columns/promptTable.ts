import { idOf, previewOf, userMessage } from '../../core/datasetIndex';
import { normaliseText } from '../../core/identity';
import { answerJson, type JsonValue } from '../../core/json';
import type { PromptEvidence } from '../../core/problemResolver';
import { userTextCandidates } from '../../core/promptText';
import type { RolloutRow } from '../logFormat';
import type { FieldNumbers } from '../scan/fastFields';
import { fieldFlag, fieldKind } from '../scan/lineScanner';
import type { ScannedLine } from '../scan/scannedLine';
import { sharedScanner } from '../scan/scanner';
import { packFound, unpackFound, type FoundPrompt, type FoundPrompts } from './foundPrompts';
import { HashTable } from './hashTable';
import { KeptText, KeptTexts } from './keptTexts';
import { PromptStore, type PackedPrompts } from './packedPrompts';
import { hashOfNormalised } from './textHash';

/** A distinct prompt of a run: what identifies its problem, and where its text can be read again. */
export interface Prompt extends PromptEvidence {
  /** Where a dataset text lies inside the prompt is sought only where nothing else identifies it. */
  readonly containedHash: null;
  readonly preview: string;
  readonly file: string;
  readonly offset: number;
}

/** What tells one prompt from another. */
type Identity = Pick<RolloutRow, 'explicitId' | 'prompt' | 'promptIsUserText' | 'groundTruth'>;

/** A prompt that nobody has asked for yet: its text lies here until then. */
class UnreadPrompt {
  constructor(
    readonly file: string,
    readonly found: FoundPrompt,
  ) {}

  read(): Identity {
    const { explicitId, prompt, isUserText, groundTruth } = this.found;
    return { explicitId, prompt: textOf(prompt), promptIsUserText: isUserText, groundTruth: groundTruth instanceof KeptText ? groundTruth.read() : groundTruth };
  }
}

/** The distinct prompts of a run, by what tells them apart: explicit id, prompt text, ground truth. Holds no text that was asked for. */
export class PromptTable {
  /** The first prompts, up to the last that was asked for. */
  private store = new PromptStore();
  private stored = 0;
  /** Those after them. */
  private unread: UnreadPrompt[] = [];
  /** Prompts by the hash of their canonical spelling, which comes first, and of every other spelling met. */
  private readonly indexByHash = new HashTable();
  private readonly key = new IdentityKey();
  private readonly texts = new KeptTexts();
  /** What the last line was found to be. */
  private readonly last = { low: 0, high: 0, index: -1 };

  get length(): number {
    return this.stored + this.unread.length;
  }

  at(index: number): Prompt | undefined {
    if (index >= this.length || index < 0) return undefined;
    if (index >= this.stored) this.identify();
    return this.store.at(index);
  }

  /** Identifies what was found since, which takes long where it is very much; asking for a prompt does so too. */
  identify(): void {
    const { unread } = this;
    this.unread = [];
    for (const prompt of unread) this.store.set(this.stored++, identify(prompt.read(), prompt.file, prompt.found.offset));
  }

  /** The prompts as they are now. Their hashes are those of this thread's scanner. */
  pack(): PackedPrompts {
    const { length } = this;
    this.identify();
    return this.store.pack(length, this.hashes());
  }

  /** Makes kept prompts the first of this table, in their order; their hashes are those of this thread's scanner. */
  restore(packed: PackedPrompts): void {
    if (this.length > 0) throw new Error('prompts are restored into an empty table only');
    const { keys, offsets } = packed;
    this.store = new PromptStore(packed);
    this.stored = offsets.length;
    this.indexByHash.reserve(offsets.length + packed.spellings.length / 3);
    for (let i = 0; i < offsets.length; i++) this.indexByHash.set(keys[2 * i] ?? 0, keys[2 * i + 1] ?? 0, i);
    this.addSpellings(packed.spellings, (index) => index);
  }

  /** For another thread: the prompts of this table, all of them found in one file, of which none was asked for. */
  packFound(file: string): FoundPrompts {
    const found = this.unread.map((prompt) => prompt.found);
    return packFound(found, { ...this.hashes(), file });
  }

  /** Adds the prompts that another thread found with the same hashes; returns the index here of each of them. */
  addFound(found: FoundPrompts): Int32Array {
    const indices = new Int32Array(found.offsets.length);
    for (let i = 0; i < indices.length; i++) {
      const [low = 0, high = 0] = [found.keys[2 * i], found.keys[2 * i + 1]];
      const known = this.indexByHash.get(low, high);
      indices[i] = known >= 0 ? known : this.append(new UnreadPrompt(found.file, unpackFound(found, i, this.texts)), low, high);
    }
    this.addSpellings(found.spellings, (index) => indices[index] ?? 0);
    return indices;
  }

  /** The hash of each prompt's canonical spelling, as two words, and those of the other spellings with the prompt's index. */
  private hashes(): Pick<PackedPrompts, 'keys' | 'spellings'> {
    const keys = new Int32Array(2 * this.length);
    const spellings: number[] = [];
    let known = 0;
    this.indexByHash.forEach((low, high, index) => {
      if (index === known) keys.set([low, high], 2 * known++);
      else spellings.push(low, high, index);
    });
    return { keys, spellings: Int32Array.from(spellings) };
  }

  private addSpellings(spellings: Int32Array, indexOf: (packed: number) => number): void {
    for (let at = 0; at < spellings.length; at += 3) {
      const [low = 0, high = 0, index = 0] = spellings.subarray(at, at + 3);
      if (this.indexByHash.get(low, high) < 0) this.indexByHash.set(low, high, indexOf(index));
    }
  }

  private append(prompt: UnreadPrompt, low: number, high: number): number {
    const index = this.stored + this.unread.push(prompt) - 1;
    this.indexByHash.set(low, high, index);
    return index;
  }

  /** The index of a row's prompt, added when it is new. */
  intern(row: Identity, file: string, offset: number): number {
    const { explicitId, prompt, promptIsUserText, groundTruth } = row;
    this.key.clear();
    this.key.addText(part.prompt, prompt);
    addAnswer(this.key, groundTruth);
    if (explicitId !== null) this.key.addText(part.id, explicitId);
    return this.internKey(new UnreadPrompt(file, { offset, explicitId, prompt, isUserText: promptIsUserText, groundTruth }));
  }

  /** The same for a scanned line. Nothing is decoded where its bytes were met before. */
  internLine(line: ScannedLine, fields: FieldNumbers, file: string, offset: number): number {
    this.key.clear();
    this.key.addField(spellings.prompt, line, fields.prompt);
    this.key.addField(spellings.answer, line, fields.groundTruth);
    this.key.addField(spellings.id, line, fields.explicitId);
    const { low, high } = this.key;
    const { last } = this;
    // The rollouts of a group follow each other.
    if (last.low === low && last.high === high && last.index >= 0) return last.index;
    last.low = low;
    last.high = high;
    last.index = this.indexByHash.get(low, high);
    if (last.index >= 0) return last.index;
    last.index = this.addLine(line, fields, file, offset);
    this.indexByHash.set(low, high, last.index);
    return last.index;
  }

  /** Adds what `key` stands for as the bytes of its fields. */
  private addLine(line: ScannedLine, fields: FieldNumbers, file: string, offset: number): number {
    const { key } = this;
    const id = line.kind(fields.explicitId) === fieldKind.absent ? null : idOf(line.value(fields.explicitId), () => line.bytes(fields.explicitId).toString('latin1'));
    const prompt = this.promptOf(line, fields.prompt);
    const answer = this.answerOf(line, fields.groundTruth);
    key.clear();
    if (isCanonical(line, fields.prompt)) key.addField(spellings.prompt, line, fields.prompt);
    else key.addText(part.prompt, textOf(prompt));
    if (answer instanceof KeptText) key.addField(spellings.answer, line, fields.groundTruth);
    else addAnswer(key, answer);
    if (id !== null) key.addText(part.id, id);
    return this.internKey(new UnreadPrompt(file, { offset, explicitId: id, prompt, isUserText: !(prompt instanceof KeptText), groundTruth: answer }));
  }

  /** The prompt of a line: a string's bytes are kept, decoding waits until somebody asks; else the user message in the list. */
  private promptOf(line: ScannedLine, field: number): KeptText | string {
    return line.kind(field) === fieldKind.string ? this.texts.keep(line, field) : (userMessage(line.value(field)) ?? '');
  }

  private answerOf(line: ScannedLine, field: number): KeptText | JsonValue | undefined {
    // The row was proven to be JSON, so every value in it is.
    return isCanonical(line, field) ? this.texts.keep(line, field) : (line.value(field) as JsonValue | undefined);
  }

  private internKey(prompt: UnreadPrompt): number {
    const { low, high } = this.key;
    const known = this.indexByHash.get(low, high);
    return known >= 0 ? known : this.append(prompt, low, high);
  }
}

/** What a hash in an identity's key is of. Numbers and lists are spelled in many ways, so their bytes say less than the canonical text. */
const part = { prompt: 1, promptList: 2, answer: 3, answerJson: 4, answerSpelling: 5, id: 6, idNumber: 7 } as const;

interface Spelling {
  readonly string: number;
  readonly other: number;
}

const spellings = {
  prompt: { string: part.prompt, other: part.promptList },
  answer: { string: part.answer, other: part.answerSpelling },
  id: { string: part.id, other: part.idNumber },
} as const;

/** Puts the hashes of an identity's parts together. */
class IdentityKey {
  low = 0;
  high = 0;

  clear(): void {
    this.low = 0;
    this.high = 0;
  }

  /** A text counts as it stands between the quotes of a JSON string. */
  addText(kind: number, text: string): void {
    this.addBytes(kind, JSON.stringify(text).slice(1, -1));
  }

  addBytes(kind: number, text: string): void {
    const [low, high] = sharedScanner().hash(Buffer.from(text));
    this.add(kind, low, high);
  }

  /** A field counts by its bytes; an absent one does not count. */
  addField(spelling: Spelling, line: ScannedLine, field: number): void {
    const kind = line.kind(field);
    if (kind === fieldKind.absent) return;
    this.add(kind === fieldKind.string ? spelling.string : spelling.other, line.hashLow(field), line.hashHigh(field));
  }

  private add(kind: number, low: number, high: number): void {
    const a = Math.imul(this.low ^ low, 0x9e3779b1) + kind;
    const b = Math.imul(this.high ^ high, 0x85ebca6b) + kind;
    this.low = (a << 13) | (a >>> 19);
    this.high = (b << 15) | (b >>> 17);
  }
}

function addAnswer(key: IdentityKey, groundTruth: JsonValue | undefined): void {
  if (groundTruth === undefined) return;
  if (typeof groundTruth === 'string') key.addText(part.answer, groundTruth);
  else key.addBytes(part.answerJson, answerJson(groundTruth));
}

/** Whether a string is spelled as JSON.stringify spells it, so that its bytes are its identity. */
function isCanonical(line: ScannedLine, field: number): boolean {
  return line.kind(field) === fieldKind.string && (line.flags(field) & fieldFlag.rareEscapes) === 0;
}

function textOf(text: KeptText | string): string {
  return text instanceof KeptText ? text.read() : text;
}

function identify(identity: Identity, file: string, offset: number): Prompt {
  const { explicitId, prompt, promptIsUserText, groundTruth } = identity;
  const texts = promptIsUserText ? [normaliseText(prompt)] : userTextCandidates(prompt);
  return {
    explicitId,
    hashes: texts.map(hashOfNormalised),
    containedHash: null,
    answer: groundTruth === undefined ? null : answerJson(groundTruth),
    preview: previewOf(texts[0] ?? ''),
    file,
    offset,
  };
}
