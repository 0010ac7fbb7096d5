import { isJsonObject, type JsonObject } from '../../../json/index.ts';
import type { WriteNode } from './write-tree.ts';

/**
 * Paths of objects that a partial document reaches into without owning them: `address` for a writer of `address.city`.
 * Recursion is bounded by the depth of the policy's paths.
 */
export function stepsOnTheWay(partial: JsonObject, node: WriteNode, prefix = ''): string[] {
  const paths: string[] = [];
  for (const key in partial) {
    const value = partial[key];
    const child = node.children.get(key);
    if (child === undefined || child.field !== undefined || child.set !== undefined || !isJsonObject(value)) continue;
    paths.push(prefix + key, ...stepsOnTheWay(value, child, `${prefix}${key}.`));
  }
  return paths;
}
