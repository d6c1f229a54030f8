/**
 * The text of a number as it stands in a line of JSON, for ids above 2^53 that parsing would round. `path` names the
 * key, through objects, and through lists by position; null when there is no number. Walks the line's tokens, so that a key inside a string or at
 * another depth is not mistaken for it.
 */
export function rawNumberAt(line: string, path: readonly string[]): string | null {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|-?\d[\d.eE+-]*/g;
  const keys: (string | number | null)[] = [];
  let previous = '';
  let found: string | null = null;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    const text = match[0];
    if (text === '{' || text === '[') keys.push(firstKeyIn(text));
    else if (text === '}' || text === ']') keys.pop();
    else if (text === ':') keys[keys.length - 1] = unquote(previous);
    else if (text === ',') keys.push(keyAfter(keys.pop()));
    else if (!text.startsWith('"') && samePath(keys, path)) found = text;
    previous = text;
  }
  return found;
}

function firstKeyIn(bracket: '{' | '['): number | null {
  return bracket === '[' ? 0 : null;
}

function keyAfter(key: string | number | null | undefined): number | null {
  return typeof key === 'number' ? key + 1 : null;
}

function unquote(token: string): string | null {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function samePath(keys: readonly (string | number | null)[], path: readonly string[]): boolean {
  return keys.length === path.length && path.every((key, depth) => String(keys[depth]) === key);
}
