import { claimAt } from '../../../contract/claim-at.ts';
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { JsonObject } from '../../../json/value.ts';

/**
 * What ids in the store begin with under this grant: `<namespace>:`, or nothing.
 *
 * @throws Refusal `forbidden` where the claim is missing, empty, no text, or holds the separator (`a` would own `a:b`)
 */
export function namespaceOf(grant: Grant, claims: JsonObject): string {
  const value = grant.idNamespace;
  if (value === null) return '';
  const text = 'literal' in value ? String(value.literal) : claimAt(claims, value.claim);
  if (typeof text !== 'string' || text === '' || text.includes(':')) {
    throw new Refusal('forbidden', 'idNamespace: the claim is no usable text');
  }
  return `${text}:`;
}
