import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { PartRequest, ReadPart } from '../../logs/readPart';
import type { FormatName } from '../../logs/runSource';
import { hashSeed } from '../../logs/scan/scanner';

/** What the thread is told when it starts. */
export interface ReaderThreadData {
  readonly port: MessagePort;
  /** One word for each unit that is on its way. */
  readonly states: Int32Array<SharedArrayBuffer>;
  readonly seed: bigint;
}

/** Parts of a log that are read one after another. */
export interface UnitRequest {
  readonly number: number;
  readonly slot: number;
  readonly format: FormatName;
  readonly parts: readonly PartRequest[];
}

/** What became of a unit: its parts in order, null for one that could not be read. */
export interface UnitAnswer {
  readonly number: number;
  readonly parts: readonly (ReadPart | null)[];
}

/** Who has a unit: nobody yet, the thread, or the engine, which reads it itself. */
export type UnitState = 'waiting' | 'begun' | 'done' | 'withdrawn';

const codes = { waiting: 0, begun: 1, done: 2, withdrawn: 3 } as const;

/** The word for a unit's state. A slot serves one unit after another, so the word names the unit too. */
export function stateWord(number: number, state: UnitState): number {
  return number * 4 + codes[state];
}

const slots = 64;
/** The engine waits for a part that is being read, since the rows have their order; if it takes longer, other work gets a turn. */
const waitMs = 20;
/** What it makes is handed over or forgotten at once; in less room much of it would be copied around meanwhile. */
const maxYoungGenerationSizeMb = 16;
/** A thread that has had nothing to do for so long goes away. */
const idleMs = 10_000;

/** How a second reader is started, and who hears of its faults. */
export interface SecondReaderOptions {
  readonly script: string;
  readonly onTrouble: (message: string) => void;
}

/** A thread that reads parts of logs while this one reads others. It comes when it is needed and goes when it is idle; after a fault there is none. */
export class SecondReader {
  private thread: { readonly worker: Worker; readonly port: MessagePort; readonly states: Int32Array<SharedArrayBuffer> } | null = null;
  private hasFailed = false;
  private lastNumber = 0;
  private readonly slotOf = new Map<number, number>();
  private readonly answers = new Map<number, UnitAnswer>();
  /** Units that nobody wants and the thread is still at. */
  private readonly dropped = new Set<number>();
  private idle: NodeJS.Timeout | null = null;

  constructor(private readonly options: SecondReaderOptions) {}

  get isUsable(): boolean {
    return !this.hasFailed;
  }

  /** Asks for a unit; returns its number, or null when nothing more can be asked for now. */
  request(format: FormatName, parts: readonly PartRequest[]): number | null {
    const thread = this.hasFailed ? null : (this.thread ??= this.start());
    const slot = this.freeSlot();
    if (thread === null || slot === null) return null;
    const number = ++this.lastNumber;
    this.slotOf.set(number, slot);
    Atomics.store(thread.states, slot, stateWord(number, 'waiting'));
    const request: UnitRequest = { number, slot, format, parts };
    thread.port.postMessage(request);
    this.keepAlive();
    return number;
  }

  /** Whether the thread has read a unit. */
  isDone(number: number): boolean {
    const slot = this.slotOf.get(number);
    return slot === undefined || (this.thread !== null && Atomics.load(this.thread.states, slot) === stateWord(number, 'done'));
  }

  /** The parts of a unit; null when they have to be read here, `later` when the thread is still at it. Asked for once it is there, it is forgotten. */
  take(number: number): readonly (ReadPart | null)[] | 'later' | null {
    const slot = this.slotOf.get(number);
    if (slot === undefined || this.thread === null) return null;
    const { states } = this.thread;
    if (this.withdraw(number, slot)) return null;
    Atomics.wait(states, slot, stateWord(number, 'begun'), waitMs);
    if (!this.isDone(number)) return 'later';
    this.receive();
    const parts = this.answers.get(number)?.parts ?? null;
    this.forget(number);
    this.keepAlive();
    return parts;
  }

  /** Nobody wants a unit any more. */
  drop(number: number): void {
    const slot = this.slotOf.get(number);
    if (slot === undefined || this.withdraw(number, slot)) return;
    if (this.isDone(number)) this.forget(number);
    else this.dropped.add(number);
  }

  /** Ends the thread. */
  end(): void {
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = null;
    const { thread } = this;
    this.thread = null;
    this.slotOf.clear();
    this.answers.clear();
    this.dropped.clear();
    thread?.port.close();
    void thread?.worker.terminate();
  }

  /** Takes a unit back that the thread has not begun. */
  private withdraw(number: number, slot: number): boolean {
    const waiting = stateWord(number, 'waiting');
    if (this.thread === null || Atomics.compareExchange(this.thread.states, slot, waiting, stateWord(number, 'withdrawn')) !== waiting) return false;
    this.forget(number);
    return true;
  }

  private start(): NonNullable<SecondReader['thread']> {
    const { port1, port2 } = new MessageChannel();
    const states = new Int32Array(new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT));
    const data: ReaderThreadData = { port: port2, states, seed: hashSeed() };
    const worker = new Worker(this.options.script, { workerData: data, transferList: [port2], name: 'cdas-lens reader', resourceLimits: { maxYoungGenerationSizeMb } });
    worker.unref();
    port1.unref();
    worker.on('error', (error: Error) => this.fail(worker, error.message));
    worker.on('exit', () => this.fail(worker, 'it ended by itself'));
    return { worker, port: port1, states };
  }

  private fail(worker: Worker, reason: string): void {
    if (this.thread?.worker !== worker) return;
    this.hasFailed = true;
    this.end();
    this.options.onTrouble(`The second reader thread failed (${reason}); logs are now read by one thread.`);
  }

  private receive(): void {
    const { port } = this.thread ?? {};
    if (port === undefined) return;
    for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
      // The thread posts nothing else.
      const answer = received.message as UnitAnswer;
      if (this.slotOf.has(answer.number)) this.answers.set(answer.number, answer);
    }
  }

  private freeSlot(): number | null {
    for (const number of this.dropped) if (this.isDone(number)) this.forget(number);
    const taken = new Set(this.slotOf.values());
    for (let slot = 0; slot < slots; slot++) if (!taken.has(slot)) return slot;
    return null;
  }

  private forget(number: number): void {
    this.slotOf.delete(number);
    this.answers.delete(number);
    this.dropped.delete(number);
  }

  private keepAlive(): void {
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), idleMs);
    this.idle.unref();
  }
}

/** A second reader where there is a processor for it. `directory` is where this program's scripts lie. */
export function secondReader(directory: string, onTrouble: (message: string) => void): SecondReader | null {
  const script = path.join(directory, 'readerThread.js');
  return availableParallelism() < 2 || !existsSync(script) ? null : new SecondReader({ script, onTrouble });
}
