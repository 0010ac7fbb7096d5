/** Which documents there are for one caller: the owner's filter and the declaration's, bound. */
import { randomBytes } from 'node:crypto';
import { claimAt } from '../contract/claim-at.ts';
import type { BoundFilter } from '../contract/grant.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Resource, ResourceOwner, ResourceScope } from '../contract/resource.ts';
import type { Vault } from '../contract/vault.ts';
import { bindFilter } from '../document/index.ts';
import { JsonNumber, type JsonObject, type JsonScalar } from '../json/value.ts';
import { readUuid } from './typed-text.ts';

/** Claims of a principal are one object for all requests of a token: what they bind is worked out once. */
const bound = new WeakMap<JsonObject, Map<Resource, ResourceScope>>();

/**
 * @throws Refusal `forbidden` where a claim is missing, empty, null or of another type; `unavailable` without a vault that the
 *   declaration needs
 */
export async function scopeOf(resource: Resource, claims: JsonObject, vault: Vault | null): Promise<ResourceScope> {
  if (resource.owner?.pseudonym !== true) return plainScope(resource, claims);
  const key = await vaultOf(vault).find(subjectOfOwner(resource.owner, claims));
  // Nobody's: 128 random bits that no document holds. The store is asked all the same.
  return { resource, bound: boundOf(resource, claims, key?.reference ?? nobody()) };
}

/** A reference that no document holds. */
export function nobody(): string {
  return randomBytes(16).toString('base64url');
}

function plainScope(resource: Resource, claims: JsonObject): ResourceScope {
  let scopes = bound.get(claims);
  if (scopes === undefined) {
    scopes = new Map();
    bound.set(claims, scopes);
  }
  let scope = scopes.get(resource);
  if (scope === undefined) {
    const value = resource.owner === null ? null : ownerClaim(resource.owner, claims);
    scope = Object.freeze({ resource, bound: boundOf(resource, claims, value) });
    scopes.set(resource, scope);
  }
  return scope;
}

/** @param value what the owner's column holds of this caller; null: the resource has no owner */
export function boundOf(resource: Resource, claims: JsonObject, value: JsonScalar): BoundFilter | null {
  const { owner, filter } = resource;
  const declared = filter === null ? null : bindFilter(filter, claims);
  if (owner === null) return declared;
  if (value === null) throw new Refusal('forbidden', 'owner: no value');
  const type = owner.type === 'number' && !owner.pseudonym ? 'number' : 'keyword';
  const own: BoundFilter = { kind: 'terms', field: owner.column, type, values: [value] };
  return declared === null ? own : { kind: 'all', filters: [own, declared] };
}

/**
 * The owner's claim as its column holds it.
 *
 * @throws Refusal `forbidden`
 */
export function ownerClaim(owner: ResourceOwner, claims: JsonObject): JsonScalar {
  const type = owner.type === 'number' ? 'number' : 'keyword';
  const filter = bindFilter({ kind: 'term', field: owner.column, type, value: { claim: owner.claim } }, claims);
  const value = filter.kind === 'terms' ? filter.values[0] : undefined;
  if (value === undefined || value === null) throw new Refusal('forbidden', 'owner: no value');
  if (owner.type !== 'uuid') return value;
  const uuid = typeof value === 'string' ? readUuid(value) : undefined;
  if (uuid === undefined) throw new Refusal('forbidden', 'owner: a value is no uuid');
  return uuid;
}

/**
 * What the vault calls the owner: the claim's text.
 *
 * @throws Refusal `forbidden`
 */
export function subjectOfOwner(owner: ResourceOwner, claims: JsonObject): string {
  ownerClaim(owner, claims);
  const claim = claimAt(claims, owner.claim);
  return claim instanceof JsonNumber ? claim.raw : String(claim);
}

/** @throws Refusal `unavailable` */
export function vaultOf(vault: Vault | null): Vault {
  if (vault === null) throw new Refusal('unavailable', 'resources: there is no vault');
  return vault;
}
