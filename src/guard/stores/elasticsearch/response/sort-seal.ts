/**
 * Sort values that number a shard's documents (`_doc`, `_shard_doc`) count hidden documents too. They leave the gateway
 * sealed, and come back as the client got them.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import { JsonNumber, type JsonScalar } from '../../../json/value.ts';
import { openSealed } from '../../../seal/open.ts';
import { sealFor } from '../../../seal/seal-for.ts';

export function sealSort(value: JsonScalar, grants: readonly Grant[], context: StoreContext): string {
  const id = value instanceof JsonNumber ? value.raw : JSON.stringify(value);
  return sealFor('sort', id, grants, grants[0]?.limits.keepAlive ?? 0, '', context);
}

/** @throws Refusal `malformed_body`, `absent`, `forbidden` */
export function openSort(text: string, grants: readonly Grant[], context: StoreContext): JsonScalar {
  const { id, grants: hashes } = openSealed(text, 'sort', context);
  if (hashes.length !== grants.length || hashes.some((hash, at) => hash !== grants[at]?.hash)) {
    throw new Refusal('absent', 'search_after: sealed under other grants');
  }
  const value: unknown = JSON.parse(id);
  if (typeof value === 'number') return String(value) === id ? value : new JsonNumber(id);
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
