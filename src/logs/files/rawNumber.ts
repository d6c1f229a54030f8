/**
 * The text of a number as it stands in a line of JSON, for ids above 2^53 that parsing would round. `path` names the
 * key, through objects; null when there is no number. Walks the line's tokens, so that a key inside a string or at
 * another depth is not mistaken for it.
 */
export function rawNumberAt(line: string, path: readonly string[]): string | null {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|-?\d[\d.eE+-]*/g;
  const keys: (string | null)[] = [];
  let previous = '';
  let found: string | null = null;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    const text = match[0];
    if (text === '{' || text === '[') keys.push(null);
    else if (text === '}' || text === ']') keys.pop();
    else if (text === ':') keys[keys.length - 1] = unquote(previous);
    else if (text === ',') keys[keys.length - 1] = null;
    else if (!text.startsWith('"') && samePath(keys, path)) found = text;
    previous = text;
  }
  return found;
}

function unquote(token: string): string | null {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function samePath(keys: readonly (string | null)[], path: readonly string[]): boolean {
  return keys.length === path.length && path.every((key, depth) => keys[depth] === key);
}
