import { maxFields, type WantedField } from './lineScanner';

/** A wanted key of an object: its field (null when only something inside it is wanted) and the wanted keys of its own object. */
export interface KeyNode {
  field: number | null;
  hashed: boolean;
  readonly keys: Map<string, KeyNode>;
}

/** Orders wanted fields by the keys that lead to them. Throws when there are too many or a key is not plain ASCII. */
export function fieldTree(fields: readonly WantedField[]): Map<string, KeyNode> {
  if (fields.length > maxFields) throw new RangeError(`a scan looks for at most ${maxFields} fields`);
  const root = new Map<string, KeyNode>();
  fields.forEach(({ path, hashed }, field) => {
    const node = nodeAt(root, path);
    node.field = field;
    node.hashed = hashed;
  });
  return root;
}

function nodeAt(root: Map<string, KeyNode>, path: readonly string[]): KeyNode {
  let keys = root;
  let node: KeyNode | null = null;
  for (const key of path) {
    if (!/^[ !#-[\]-~]+$/.test(key)) throw new RangeError(`a scan cannot look for the key ${JSON.stringify(key)}`);
    node = keys.get(key) ?? { field: null, hashed: false, keys: new Map() };
    keys.set(key, node);
    keys = node.keys;
  }
  if (node === null) throw new RangeError('a wanted field needs a path');
  return node;
}
