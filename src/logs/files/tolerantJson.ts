import { isAscii } from 'node:buffer';
import { isRecord } from '../../core/json';
import { collectGarbage } from './collectGarbage';

/** Python's json module writes these words for numbers that JSON has no text for. */
const nonFiniteWords = ['NaN', 'Infinity', '-Infinity'] as const;
/** What parsing may take of memory, the text included: twice 60 MB of plain text. */
const maxParsedBytes = 120e6;
/** What costs less than that whatever is in it need not be weighed. */
const surelyLightBytes = 1 << 20;
/** From this on V8 is told of it beforehand. */
const heavyBytes = 16e6;
/** What V8 takes at most for a value of JSON that begins or ends with a byte, besides the characters of strings; measured. */
const bytesPerValue = new Uint8Array(256);
for (const [mark, bytes] of [['[', 110], ['{', 130], [',', 32]] as const) bytesPerValue[mark.charCodeAt(0)] = bytes;
const quoteByte = 0x22;
const backslash = 0x5c;

/** Thrown where parsing a text would take too much memory. */
export class HeavyJsonError extends RangeError {
  constructor() {
    super('it is too long, or has too many values, to be parsed within the memory limit');
  }
}

/**
 * Parses a line as JSON, also where Python wrote bare NaN, Infinity or -Infinity: those become null. Throws SyntaxError
 * when the line is no JSON even so.
 */
export function parseTolerant(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!nonFiniteWords.some((word) => line.includes(word))) throw error;
    return JSON.parse(replaceNonFinite(line));
  }
}

/** The same for bytes of UTF-8; throws HeavyJsonError before it takes more memory than reading may. */
export function parseBytes(bytes: Buffer): unknown {
  if (bytes.length <= surelyLightBytes) return parseTolerant(bytes.toString('utf8'));
  const { weight, hasWords } = weigh(bytes);
  if (weight > maxParsedBytes) throw new HeavyJsonError();
  if (weight > heavyBytes) collectGarbage();
  const text = bytes.toString('utf8');
  return JSON.parse(hasWords ? replaceNonFinite(text) : text);
}

/** The object that a line of UTF-8 is; null where it is none. Throws HeavyJsonError. */
export function parseRecord(line: Buffer): Record<string, unknown> | null {
  // What begins otherwise need not be parsed.
  if (line[line.findIndex((byte) => byte > 0x20)] !== 0x7b) return null;
  const value = parseDocument(line);
  return isRecord(value) ? value : null;
}

/** The value of a JSON text of UTF-8; undefined where it is none, or not whole. Throws HeavyJsonError. */
export function parseDocument(bytes: Buffer): unknown {
  try {
    return parseBytes(bytes);
  } catch (error) {
    if (error instanceof HeavyJsonError) throw error;
    return undefined;
  }
}

/** Whether a line of UTF-8 is an object, as far as may be looked into it. */
export function isWholeRecord(line: Buffer): boolean {
  try {
    return parseRecord(line) !== null;
  } catch {
    return false;
  }
}

/** Replaces the words outside strings; inside a string they are the model's own text. */
function replaceNonFinite(line: string): string {
  const token = /"|-?(?:NaN|Infinity)/g;
  const parts: string[] = [];
  let from = 0;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    if (match[0] === '"') {
      token.lastIndex = stringEnd(line, match.index + 1);
      continue;
    }
    parts.push(line.slice(from, match.index), 'null');
    from = token.lastIndex;
  }
  parts.push(line.slice(from));
  return parts.join('');
}

/** The place after the closing quote of a string whose text begins at `start`. */
function stringEnd(line: string, start: number): number {
  for (let at = start; ; at++) {
    at = line.indexOf('"', at);
    if (at < 0) return line.length;
    let slashes = 0;
    while (line.charCodeAt(at - 1 - slashes) === backslash && at - slashes > start) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

interface Weight {
  /** The memory that a text and its values take at most, as far as the text is JSON. */
  readonly weight: number;
  /** Whether something stands in it that begins like NaN or Infinity. */
  readonly hasWords: boolean;
}

function weigh(bytes: Buffer): Weight {
  const width = isAscii(bytes) ? 1 : 2;
  let [characters, values, hasWords] = [0, 0, false];
  for (let at = 0; at < bytes.length && values < maxParsedBytes; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quoteByte) {
      const start = at;
      at = closingQuote(bytes, start + 1);
      characters += at - start;
    } else {
      values += bytesPerValue[byte] ?? 0;
      hasWords ||= byte === 0x4e || byte === 0x49;
    }
  }
  // Where such a word stands the text is taken apart and put together anew.
  return { weight: (hasWords ? 3 : 1) * width * bytes.length + width * characters + values, hasWords };
}

function closingQuote(bytes: Buffer, start: number): number {
  for (let at = start; ; at++) {
    at = bytes.indexOf(quoteByte, at);
    if (at < 0) return bytes.length;
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash && at - slashes > start) slashes++;
    if (slashes % 2 === 0) return at;
  }
}
