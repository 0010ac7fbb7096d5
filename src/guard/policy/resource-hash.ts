import { createHash } from 'node:crypto';
import { canonicalJson } from '../../crypto/canonical.ts';
import type { Resource } from '../contract/resource.ts';

/** Words for people, and what follows from the rest. */
const NOT_DECIDING: ReadonlySet<string> = new Set(['title', 'description', 'position', 'operations']);

/** SHA-256 over what a resource decides, hex. Sets and maps are taken in the order of their names. */
export function resourceHash(resource: Omit<Resource, 'hash'>): string {
  return createHash('sha256')
    .update(canonicalJson(plain(resource)))
    .digest('hex');
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].sort(byName).map(([name, inner]) => [name, plain(inner)]);
  if (value instanceof Set) return [...value].sort();
  if (value instanceof RegExp) return value.source;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !NOT_DECIDING.has(name))
      .map(([name, inner]) => [name, plain(inner)]),
  );
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
