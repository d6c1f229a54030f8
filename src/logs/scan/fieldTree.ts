import { maxFields, type Wanted } from './lineScanner';

/** A wanted value by the key or the list that it stands in: its field (null when only something inside it is wanted), and what is wanted inside it. */
export interface KeyNode {
  field: number | null;
  hashed: boolean;
  leftOut: boolean;
  measured: boolean;
  /** Something inside its object is a field. */
  holdsFields: boolean;
  /** Of the values of its list the first one is not meant. */
  readonly skipsFirst: boolean;
  /** Keys of its object. */
  readonly keys: Map<string, KeyNode>;
  /** The values of its list. */
  elements: KeyNode | null;
}

/** The steps of a path that stand for the values of a list, and for all of them but the first. */
const elements = '[]';
const laterElements = '[1+]';

/** Orders what is wanted by the keys that lead to it. Throws when there is too much of it or a key is not plain ASCII. */
export function fieldTree({ fields, leftOut, measured }: Wanted): Map<string, KeyNode> {
  if (fields.length > maxFields) throw new RangeError(`a scan looks for at most ${maxFields} fields`);
  const root = newNode(false);
  fields.forEach(({ path, hashed }, field) => {
    if (path.includes(elements) || path.includes(laterElements)) throw new RangeError('a scan takes no values out of lists');
    const nodes = nodesOn(root, path);
    for (const node of nodes.slice(0, -1)) node.holdsFields = true;
    Object.assign(lastOf(nodes), { field, hashed });
  });
  for (const path of leftOut) lastOf(nodesOn(root, path)).leftOut = true;
  for (const path of measured) lastOf(nodesOn(root, path)).measured = true;
  return root.keys;
}

function newNode(skipsFirst: boolean): KeyNode {
  return { field: null, hashed: false, leftOut: false, measured: false, holdsFields: false, skipsFirst, keys: new Map(), elements: null };
}

/** The nodes that a path leads through, which are made where they are missing. */
function nodesOn(root: KeyNode, path: readonly string[]): KeyNode[] {
  let node = root;
  return path.map((step) => (node = step === elements || step === laterElements ? elementsOf(node, step) : keyOf(node, step)));
}

function elementsOf(list: KeyNode, step: string): KeyNode {
  list.elements ??= newNode(step === laterElements);
  if (list.elements.skipsFirst !== (step === laterElements)) throw new RangeError('a scan cannot look for all values of a list and for all but the first');
  return list.elements;
}

function keyOf(object: KeyNode, key: string): KeyNode {
  if (!/^[ !#-[\]-~]+$/.test(key)) throw new RangeError(`a scan cannot look for the key ${JSON.stringify(key)}`);
  const node = object.keys.get(key) ?? newNode(false);
  object.keys.set(key, node);
  return node;
}

function lastOf(nodes: readonly KeyNode[]): KeyNode {
  const last = nodes.at(-1);
  if (last === undefined) throw new RangeError('a wanted field needs a path');
  return last;
}
