import { isUtf8 } from 'node:buffer';
import { fieldTree, type KeyNode } from './fieldTree';
import { headerWords, slotWords, type LineScanner, type Wanted } from './lineScanner';

/** What the kernel exports (kernel/kernel.ts). */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  configure(fields: number, hashSeed: bigint): void;
  scan(start: number, end: number): number;
  scanned(): number;
  nonAscii(): number;
  hashScratch(length: number, before: bigint): bigint;
}

// Where things lie in the kernel's memory: kernel/layout.ts.
const nodesAt = 0x4000;
const nodeBytes = 64;
const maxNodes = 64;
const entriesAt = 0x5000;
const entryBytes = 32;
const maxEntries = 63;
const keysAt = 0x6000;
const maxKeyBytes = 0x8000;
const scratchAt = 0x10000;
const scratchBytes = 0x10000;
const recordsAt = 0x20000;
const recordBytes = 0x40000;
const cutsAt = recordsAt + recordBytes;
const cutBytes = 0x20000;
const collectedAt = cutsAt + cutBytes;
const collectedBytes = 0x20000;
/** The kernel looks a few bytes back. */
const dataAt = collectedAt + collectedBytes + 64;
const pageBytes = 0x10000;
/** The kernel reads at most so far beyond the last line end, of which the first bytes have to be line ends as well. */
const slackBytes = 0x1100;
const lineEndBytes = 256;
/** What to do with a value: kernel/layout.ts. */
const doing = { hash: 1, leaveOut: 2, measure: 4, skipFirst: 8, holdFields: 16 } as const;
const newline = 0x0a;

/** The scanner in WebAssembly with SIMD. Lines are read straight into its memory. */
export class KernelScanner implements LineScanner {
  readonly name = 'kernel';
  readonly dataStart = dataAt;
  readonly records = recordsAt / 4;
  buffer: Buffer;
  words: Int32Array;
  doubles: Float64Array;
  leftOut: Uint32Array;
  recordWords = headerWords;
  scanned = dataAt;
  full = false;
  private readonly module: WebAssembly.Module;
  private kernel: KernelExports;
  private wanted: Wanted | null = null;

  /** Throws where WebAssembly or its SIMD instructions are missing. */
  constructor(
    code: Uint8Array<ArrayBuffer>,
    private readonly seed: bigint,
  ) {
    this.module = new WebAssembly.Module(code);
    this.kernel = exportsOf(this.module);
    this.buffer = Buffer.alloc(0);
    this.words = new Int32Array();
    this.doubles = new Float64Array();
    this.leftOut = new Uint32Array();
    this.takeViews();
  }

  reserve(length: number): void {
    const missing = dataAt + length + slackBytes - this.buffer.length;
    if (missing <= 0) return;
    this.kernel.memory.grow(Math.ceil(missing / pageBytes));
    this.takeViews();
  }

  release(): void {
    this.kernel = exportsOf(this.module);
    this.wanted = null;
    this.takeViews();
  }

  want(wanted: Wanted): void {
    if (wanted === this.wanted) return;
    new KeyWriter(this.buffer).write(fieldTree(wanted));
    this.recordWords = headerWords + wanted.fields.length * slotWords;
    this.kernel.configure(wanted.fields.length, this.seed);
    this.wanted = wanted;
  }

  scan(start: number, end: number): number {
    // The kernel stops at line ends only.
    if (this.buffer[end - 1] !== newline) this.buffer.fill(newline, end, end + lineEndBytes);
    const count = this.kernel.scan(start, end);
    this.scanned = this.kernel.scanned();
    this.full = (count + 1) * this.recordWords * 4 > recordBytes;
    if (!this.isUtf8(start)) this.doubtLines(count);
    return count;
  }

  /** Whether what was scanned from `start` on is UTF-8; only what is not ASCII is looked at, as long as that is little. */
  private isUtf8(start: number): boolean {
    const length = this.kernel.nonAscii();
    if (length === 0) return true;
    return isUtf8(length < 0 ? this.buffer.subarray(start, this.scanned) : this.buffer.subarray(collectedAt, collectedAt + length));
  }

  /** Takes the proof from lines that are not UTF-8. */
  private doubtLines(count: number): void {
    const { words, buffer } = this;
    for (let record = 0; record < count; record++) {
      const at = this.records + record * this.recordWords;
      const [start, end, state = 0] = words.subarray(at, at + 3);
      if ((state & 1) === 1 && !isUtf8(buffer.subarray(start, end))) words[at + 2] = state - 1;
    }
  }

  hash(bytes: Buffer): readonly [number, number] {
    let hash = this.seed;
    for (let at = 0; at === 0 || at < bytes.length; at += scratchBytes) {
      const length = bytes.copy(this.buffer, scratchAt, at, Math.min(bytes.length, at + scratchBytes));
      hash = this.kernel.hashScratch(length, hash);
    }
    return [Number(BigInt.asIntN(32, hash)), Number(BigInt.asIntN(32, hash >> 32n))];
  }

  /** Growing the memory detaches all views of it. */
  private takeViews(): void {
    const { buffer } = this.kernel.memory;
    this.buffer = Buffer.from(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.leftOut = new Uint32Array(buffer, cutsAt, cutBytes / 4);
  }
}

/** A kernel with memory of its own, which can only grow. */
function exportsOf(module: WebAssembly.Module): KernelExports {
  // They are those of kernel/kernel.ts.
  return new WebAssembly.Instance(module).exports as unknown as KernelExports;
}

/** Writes the wanted keys as the kernel reads them. */
class KeyWriter {
  private entries = 0;
  private nodes = 0;
  private keyBytes = 0;

  constructor(private readonly memory: Buffer) {}

  write(keys: ReadonlyMap<string, KeyNode>): number {
    const node = this.nodes++;
    if (node >= maxNodes) throw new RangeError('a scan looks into too many objects');
    const table = nodesAt + node * nodeBytes;
    this.memory.fill(0, table, table + nodeBytes);
    for (const [key, child] of keys) {
      const entry = this.writeEntry(key, child);
      let place = hashOfKey(key);
      while (this.memory[table + place] !== 0) place = (place + 1) % nodeBytes;
      this.memory[table + place] = entry;
    }
    return node;
  }

  private writeEntry(key: string, node: KeyNode): number {
    const entry = ++this.entries;
    if (entry > maxEntries || this.keyBytes + key.length > maxKeyBytes) throw new RangeError('a scan looks for too many keys');
    const at = entriesAt + entry * entryBytes;
    const keyAt = keysAt + this.keyBytes;
    this.keyBytes += this.memory.write(key, keyAt, 'latin1');
    this.memory.writeBigUInt64LE(prefixOf(key), at);
    this.memory.writeUInt32LE(key.length, at + 8);
    this.memory.writeUInt32LE(keyAt, at + 12);
    this.memory.writeInt32LE(node.field ?? -1, at + 16);
    this.memory.writeUInt32LE(doingOf(node), at + 20);
    this.memory.writeInt32LE(node.keys.size === 0 ? -1 : this.write(node.keys), at + 24);
    this.memory.writeUInt32LE(node.elements === null ? 0 : this.writeEntry('', node.elements), at + 28);
    return entry;
  }
}

function doingOf({ hashed, leftOut, measured, skipsFirst, holdsFields }: KeyNode): number {
  const bits = [hashed && doing.hash, leftOut && doing.leaveOut, measured && doing.measure, skipsFirst && doing.skipFirst, holdsFields && doing.holdFields];
  return bits.reduce<number>((sum, bit) => sum + Number(bit), 0);
}

function prefixOf(key: string): bigint {
  const bytes = Buffer.alloc(8);
  bytes.write(key, 'latin1');
  return bytes.readBigUInt64LE();
}

/** Where the kernel looks first for a key in a node's table. */
function hashOfKey(key: string): number {
  const product = (prefixOf(key) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  return Number(product >> 58n) ^ (key.length & 63);
}
