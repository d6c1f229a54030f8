import { MessageChannel } from 'node:worker_threads';

/** Less is left to the garbage collector. */
const worthBytes = 1 << 18;
/** What nobody took again for so long is given back. */
const keptMs = 500;

let closed: MessageChannel['port1'] | null = null;
/** Memory of a large page, kept for the next one: to be given anew by the system takes about as long as to unpack into it. */
let kept: ArrayBuffer | null = null;
let timer: NodeJS.Timeout | null = null;
const lent = new WeakSet<ArrayBuffer>();

/** Memory for a large page, with anything in it. */
export function takeMemory(length: number): Uint8Array {
  const isFit = kept !== null && kept.byteLength >= length && kept.byteLength <= 2 * length;
  if (!isFit) giveBackKept();
  const buffer = kept ?? new ArrayBuffer(length);
  kept = null;
  lent.add(buffer);
  return new Uint8Array(buffer, 0, length);
}

/** Gives back the memory of bytes that nobody uses any more. The garbage collector would let that of several pages gather. */
export function freeMemory({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < worthBytes) return;
  if (!lent.delete(buffer)) {
    giveBack(buffer);
    return;
  }
  giveBackKept();
  kept = buffer;
  timer = setTimeout(giveBackKept, keptMs).unref();
}

function giveBackKept(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (kept !== null) giveBack(kept);
  kept = null;
}

/** What is handed over to a port that nobody listens to is gone at once. */
function giveBack(buffer: ArrayBuffer): void {
  closed ??= closedPort();
  closed.postMessage(null, [buffer]);
}

function closedPort(): MessageChannel['port1'] {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
