import { fstatSync } from 'node:fs';
import { compressedEnd } from '../logFormat';
import { arrayElements, firstElement, type ArrayElement } from './arrayElements';
import { fileParts } from './fileParts';
import type { LineListener } from './lineTaker';
import { parseDocument } from './tolerantJson';
import { unpackedParts } from './unpackedParts';
import type { PartsProgress } from './wholeFile';

/** Who is given the elements of an array. */
export interface ElementListener extends LineListener {
  /** What names an element, so that a later one of the same name takes its place. */
  readonly keyOfRow: (element: unknown) => number | null;
}

/**
 * Hands over the elements of the JSON array that an open file holds, those that a later one replaces left out; reads
 * it twice for that. Throws a SyntaxError where it is no whole array, before anything is handed over.
 */
export function* readArrayRows(name: string, fd: () => number, listener: ElementListener): Generator<PartsProgress, void> {
  const { size } = fstatSync(fd());
  const newest = new Map<number | null, number>();
  const keys: (number | null)[] = [];
  let all = size;
  for (const element of elementsOf(name, fd)) {
    const key = listener.keyOfRow(valueOf(element));
    newest.set(key, keys.push(key) - 1);
    all = Math.max(all, element.offset + element.length);
    yield { read: element.offset, size: 2 * all };
  }
  let index = 0;
  for (const element of elementsOf(name, fd)) {
    const { bytes, offset, length } = element;
    if (bytes === null) listener.onLongLine?.(offset, length);
    else if (newest.get(keys[index] ?? null) === index) listener.onLine(bytes, offset);
    index++;
    yield { read: all + offset, size: 2 * all };
  }
}

/** The element of a file that begins at a place of its content; null where there is none that can be read. */
export function elementAt(content: Buffer | (() => number), offset: number): Buffer | null {
  return firstElement(typeof content === 'function' ? fileParts(content, offset) : [content.subarray(offset)]);
}

function elementsOf(name: string, fd: () => number): Generator<ArrayElement, void> {
  return arrayElements(compressedEnd.test(name) ? unpackedBytes(name, fd) : fileParts(fd));
}

function* unpackedBytes(name: string, fd: () => number): Generator<Uint8Array, void> {
  for (const { bytes } of unpackedParts(name, fd)) yield bytes;
}

function valueOf({ bytes }: ArrayElement): unknown {
  try {
    return bytes === null ? undefined : parseDocument(bytes);
  } catch {
    // Too many values: it is named when its rows are wanted.
    return undefined;
  }
}
