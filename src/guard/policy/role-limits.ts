import { NO_LIMITS, type RoleLimits } from './limits-config.ts';
import type { Policy } from './policy.ts';

const byPolicy = new WeakMap<Policy, Map<string, RoleLimits>>();
const MAX_CACHED = 1024;

/** The limits of a principal: of several roles, the loosest value of each kind; without a role, none. */
export function limitsFor(policy: Policy, roles: readonly string[]): RoleLimits {
  let cache = byPolicy.get(policy);
  if (!cache) {
    cache = new Map();
    byPolicy.set(policy, cache);
  }
  const key = roles.join('\n');
  let limits = cache.get(key);
  if (!limits) {
    limits = loosest(policy.roles.filter(({ name }) => roles.includes(name)).map((role) => role.limits));
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(key, limits);
  }
  return limits;
}

function loosest(all: readonly RoleLimits[]): RoleLimits {
  const [first, ...others] = all;
  if (!first) return NO_LIMITS;
  return Object.freeze(
    others.reduce<RoleLimits>(
      (a, b) => ({
        rate: a.rate && b.rate && (a.rate.perSecond >= b.rate.perSecond ? a.rate : b.rate),
        concurrent: a.concurrent && b.concurrent && Math.max(a.concurrent, b.concurrent),
        documents:
          a.documents &&
          b.documents &&
          (a.documents.count / a.documents.windowMs >= b.documents.count / b.documents.windowMs
            ? a.documents
            : b.documents),
      }),
      first,
    ),
  );
}
