import { claimAt } from '../contract/claim-at.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { ClaimCondition, Role } from './policy.ts';

/** Where a principal's proof came from. */
export interface IdentitySource {
  readonly kind: 'issuer' | 'api-key' | 'certificate' | 'anonymous';
  /** Name of the issuer or of the certificate source in the policy, id of the API key; empty for `anonymous`. */
  readonly name: string;
  /** Roles that the file of API keys gives this key by name. */
  readonly roles?: readonly string[];
}

/**
 * The roles of a principal, in the policy's order.
 *
 * @param claims verified
 */
export function matchRoles(roles: readonly Role[], source: IdentitySource, claims: JsonObject): string[] {
  const names: string[] = [];
  for (const role of roles) {
    const given = source.kind === 'api-key' && source.roles?.includes(role.name) === true;
    if (
      given ||
      role.match.some(
        (match) =>
          match.source === source.kind &&
          match.name === source.name &&
          match.claims.every((condition) => isMet(condition, claims)),
      )
    ) {
      names.push(role.name);
    }
  }
  return names;
}

function isMet({ path, test, values }: ClaimCondition, claims: JsonObject): boolean {
  const claim = claimAt(claims, path);
  if (test !== 'contains') return isScalar(claim) && values.includes(claim);
  const wanted = values[0];
  // RFC 6749 §3.3: a list of scopes is one string, divided by single spaces.
  if (typeof claim === 'string') {
    return (
      path.length === 1 &&
      path[0] === 'scope' &&
      typeof wanted === 'string' &&
      wanted !== '' &&
      claim.split(' ').includes(wanted)
    );
  }
  return Array.isArray(claim) && claim.includes(wanted);
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
