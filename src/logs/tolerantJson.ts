/** Python's json module writes these words for numbers that JSON has no text for. */
const nonFiniteWords = ['NaN', 'Infinity', '-Infinity'] as const;

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

/** Replaces the words outside strings; inside a string they are the model's own text. */
function replaceNonFinite(line: string): string {
  return line.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : 'null'));
}
