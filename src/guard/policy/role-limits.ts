import { NO_LIMITS, type RoleLimits } from './limits-config.ts';
import type { Policy } from './policy.ts';

interface Known {
  readonly bySet: Map<string, RoleLimits>;
  /** A principal has one list for all its requests, and looking that up spares joining its names. */
  readonly byList: WeakMap<readonly string[], RoleLimits>;
}

const byPolicy = new WeakMap<Policy, Known>();
const MAX_CACHED = 1024;

/** The limits of a principal: of several roles, the loosest value of each kind; without a role, none. */
export function limitsFor(policy: Policy, roles: readonly string[]): RoleLimits {
  let known = byPolicy.get(policy);
  if (!known) {
    known = { bySet: new Map(), byList: new WeakMap() };
    byPolicy.set(policy, known);
  }
  const { bySet, byList } = known;
  let limits = byList.get(roles);
  if (limits) return limits;
  const key = roles.join('\n');
  limits = bySet.get(key);
  if (!limits) {
    limits = loosest(policy.roles.filter(({ name }) => roles.includes(name)).map((role) => role.limits));
    if (bySet.size >= MAX_CACHED) bySet.clear();
    bySet.set(key, limits);
  }
  // A list that someone may still change says nothing for the next time.
  if (Object.isFrozen(roles)) byList.set(roles, limits);
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
