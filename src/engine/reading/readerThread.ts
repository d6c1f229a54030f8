// The second reader: reads parts of logs for the engine, in a thread of its own, until it is ended.
import { workerData } from 'node:worker_threads';
import { formatOf } from '../../logs/runSource';
import { useHashSeed } from '../../logs/scan/scanner';
import { buffersOf, readPart } from '../../logs/readPart';
import { stateWord, type ReaderThreadData, type UnitAnswer, type UnitRequest } from './secondReader';

// Only the second reader's owner starts this script.
const { port, states, seed } = workerData as ReaderThreadData;
useHashSeed(seed);

function answer({ slot, number, format, parts }: UnitRequest): void {
  const waiting = stateWord(number, 'waiting');
  // What the engine has begun to read itself meanwhile is left to it.
  if (Atomics.compareExchange(states, slot, waiting, stateWord(number, 'begun')) !== waiting) return;
  const read = parts.map((part) => readPart(part, formatOf(format)));
  const message: UnitAnswer = { number, parts: read };
  port.postMessage(message, read.flatMap((part) => (part === null ? [] : buffersOf(part))));
  Atomics.store(states, slot, stateWord(number, 'done'));
  Atomics.notify(states, slot);
}

port.on('message', answer);
