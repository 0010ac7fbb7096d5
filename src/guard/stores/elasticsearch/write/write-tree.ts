/** What may be written, as a tree of path steps: `address.city` is a member of `address`. Made once per policy. */
import type { FilterValue, WriteField, WriteRules } from '../../../contract/grant.ts';

export interface WriteNode {
  /** What a writer may send here; undefined for a step on the way, and for what only the gateway sets. */
  readonly field: WriteField | undefined;
  /** What the gateway sets here. */
  readonly set: FilterValue | undefined;
  readonly children: ReadonlyMap<string, WriteNode>;
}

interface GrowingNode {
  field: WriteField | undefined;
  set: FilterValue | undefined;
  readonly children: Map<string, GrowingNode>;
}

const trees = new WeakMap<WriteRules, WriteNode>();

export function writeTree(rules: WriteRules): WriteNode {
  let tree = trees.get(rules);
  if (tree === undefined) {
    tree = grow(rules);
    trees.set(rules, tree);
  }
  return tree;
}

function grow(rules: WriteRules): WriteNode {
  const root: GrowingNode = { field: undefined, set: undefined, children: new Map() };
  for (const [path, field] of rules.fields ?? []) nodeAt(root, path).field = field;
  for (const [path, value] of rules.set) nodeAt(root, path).set = value;
  return root;
}

function nodeAt(root: GrowingNode, path: string): GrowingNode {
  let node = root;
  for (const step of path.split('.')) {
    let child = node.children.get(step);
    if (child === undefined) {
      child = { field: undefined, set: undefined, children: new Map() };
      node.children.set(step, child);
    }
    node = child;
  }
  return node;
}

/** Of objects, one or several. */
export function holdsObjects({ type }: WriteField): boolean {
  return type === 'object' || type === 'nested';
}
