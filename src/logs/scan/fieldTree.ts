import { maxFields, type Wanted } from './lineScanner';

/** A wanted key of an object: its field (null when only something inside it is wanted), and the wanted keys inside it. */
export interface KeyNode {
  field: number | null;
  hashed: boolean;
  leftOut: boolean;
  /** Keys of its object. */
  readonly keys: Map<string, KeyNode>;
  /** Keys of the objects in its list. */
  readonly elementKeys: Map<string, KeyNode>;
}

/** The step of a path that stands for the objects in a list. */
const elements = '[]';

/** Orders what is wanted by the keys that lead to it. Throws when there is too much of it or a key is not plain ASCII. */
export function fieldTree({ fields, leftOut }: Wanted): Map<string, KeyNode> {
  if (fields.length > maxFields) throw new RangeError(`a scan looks for at most ${maxFields} fields`);
  const root = new Map<string, KeyNode>();
  fields.forEach(({ path, hashed }, field) => {
    if (path.includes(elements)) throw new RangeError('a scan takes no values out of lists');
    const node = nodeAt(root, path);
    node.field = field;
    node.hashed = hashed;
  });
  for (const path of leftOut) nodeAt(root, path).leftOut = true;
  return root;
}

function nodeAt(root: Map<string, KeyNode>, path: readonly string[]): KeyNode {
  let keys = root;
  let node: KeyNode | null = null;
  for (const key of path) {
    if (key === elements && node !== null) {
      keys = node.elementKeys;
      continue;
    }
    if (!/^[ !#-[\]-~]+$/.test(key)) throw new RangeError(`a scan cannot look for the key ${JSON.stringify(key)}`);
    node = keys.get(key) ?? { field: null, hashed: false, leftOut: false, keys: new Map(), elementKeys: new Map() };
    keys.set(key, node);
    keys = node.keys;
  }
  if (node === null) throw new RangeError('a wanted field needs a path');
  return node;
}
