import { isAscii } from 'node:buffer';
import { isRecord } from '../core/json';

/** Python's json module writes these words for numbers that JSON has no text for. */
const nonFiniteWords = ['NaN', 'Infinity', '-Infinity'] as const;
/** What parsing may take of memory, the text included: about 70 MB of plain text. */
const maxParsedBytes = 140e6;
/** What costs less than that whatever is in it need not be weighed. */
const surelyLightBytes = 1 << 20;
/** What V8 takes for the values of JSON at most, besides the characters of strings; measured. */
const listBytes = 110;
const objectBytes = 130;
const elementBytes = 32;
const quoteByte = 0x22;
const backslash = 0x5c;

/** Thrown where parsing a text would take too much memory. */
export class HeavyJsonError extends RangeError {
  constructor() {
    super('it is too long, or holds too many values, to be parsed within the memory that reading may take');
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
  if (bytes.length > surelyLightBytes && weightOf(bytes) > maxParsedBytes) throw new HeavyJsonError();
  return parseTolerant(bytes.toString('utf8'));
}

/** The object that a line of UTF-8 is; null where it is none. Throws HeavyJsonError. */
export function parseRecord(line: Buffer): Record<string, unknown> | null {
  // What begins otherwise need not be parsed.
  if (line[line.findIndex((byte) => byte > 0x20)] !== 0x7b) return null;
  try {
    const value = parseBytes(line);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof HeavyJsonError) throw error;
    return null;
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

/** The memory that a text and its values take at most, as far as the text is JSON. */
function weightOf(bytes: Buffer): number {
  const width = isAscii(bytes) ? 1 : 2;
  let [characters, values, texts] = [0, 0, 1];
  for (let at = 0; at < bytes.length && values < maxParsedBytes; at++) {
    const byte = bytes[at];
    if (byte === quoteByte) {
      const start = at;
      at = closingQuote(bytes, start + 1);
      characters += at - start;
    } else if (byte === 0x2c) values += elementBytes;
    else if (byte === 0x5b) values += listBytes;
    else if (byte === 0x7b) values += objectBytes;
    // Where NaN or Infinity stands the text is put together anew.
    else if (byte === 0x4e || byte === 0x49) texts = 2;
  }
  return texts * width * bytes.length + width * characters + values;
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
