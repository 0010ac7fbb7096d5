import type { Principal } from '../contract/principal.ts';
import { matchRoles } from '../policy/match-roles.ts';
import { plainObject } from '../policy/plain-json.ts';
import type { Policy } from '../policy/policy.ts';
import type { PrincipalFile } from './schema.ts';

/** The principal of a case, as the gateway would make it after believing its proof. */
export function principalOf(file: PrincipalFile, policy: Policy): Principal {
  const source = sourceOf(file);
  const claims = plainObject({ ...(source.kind === 'issuer' && { sub: file.subject }), ...file.claims });
  const roles = file.roles
    ? policy.roles.map(({ name }) => name).filter((name) => file.roles?.includes(name))
    : matchRoles(policy.roles, source, claims);
  const kind = source.kind === 'issuer' ? 'token' : source.kind;
  const id = kind === 'token' ? `token:${source.name}:${file.subject}` : `${kind}:${source.name || file.subject}`;
  return Object.freeze({ kind, id, roles: Object.freeze(roles), claims, confirmation: null, expiresAt: null });
}

function sourceOf(file: PrincipalFile): Parameters<typeof matchRoles>[1] {
  if (file.apiKey !== undefined) return { kind: 'api-key', name: file.apiKey };
  if (file.certificate !== undefined) return { kind: 'certificate', name: file.certificate };
  if (file.anonymous) return { kind: 'anonymous', name: '' };
  return { kind: 'issuer', name: file.issuer ?? '' };
}
