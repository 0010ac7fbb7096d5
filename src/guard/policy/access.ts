import { type Access, type Grant, type GrantedOperation, OPERATIONS } from '../contract/grant.ts';
import { grantHash } from './grant-hash.ts';
import { matchesPattern } from './match-pattern.ts';
import type { Catalogue, Policy, Role, Rule } from './policy.ts';

/** What watching lets through: everything on the indices that the role names, whole. */
const OBSERVED_LIMITS = Object.freeze({
  page: 10_000,
  window: 10_000,
  items: 100_000,
  clauses: 65_536,
  buckets: 65_536,
  keepAlive: 86_400_000,
});
const EVERY_OPERATION: ReadonlySet<GrantedOperation> = new Set(OPERATIONS);
const ANY_WRITE = Object.freeze({ fields: null, set: new Map(), required: Object.freeze([]) });
const MAX_CACHED = 1024;

interface CachedAccess {
  readonly access: Access;
  /** The sets of names that patterns were expanded with. */
  readonly names: readonly (ReadonlySet<string> | undefined)[];
}

interface PolicyAccess {
  readonly roles: ReadonlyMap<string, Role>;
  /** Upstreams that some pattern is about. */
  readonly expanding: readonly string[];
  /** Some role is, or was, under observation. */
  readonly observing: boolean;
  readonly enforced: Map<string, CachedAccess>;
  readonly observed: Map<string, CachedAccess>;
}

/** The names of a principal's roles as one text; worked out once for a list that cannot change. */
const joined = new WeakMap<readonly string[], string>();

function keyOf(roles: readonly string[]): string {
  let key = joined.get(roles);
  if (key === undefined) {
    key = roles.join('\n');
    if (Object.isFrozen(roles)) joined.set(roles, key);
  }
  return key;
}

const byPolicy = new WeakMap<Policy, PolicyAccess>();

/** Whose roles are asked for; names that the policy does not know mean nothing. */
interface HasRoles {
  readonly roles: readonly string[];
}

/**
 * What the names of a request mean to a principal under this policy. Built once for each set of roles.
 *
 * @param now ms since the epoch
 * @param catalogue without one, patterns match nothing
 */
export function buildAccess(policy: Policy, principal: HasRoles, _now: number, catalogue?: Catalogue): Access {
  const known = stateOf(policy);
  return cached(known.enforced, known, keyOf(principal.roles), catalogue, () =>
    build(rolesOf(policy, principal), catalogue, (grant) => grant),
  );
}

/**
 * As `buildAccess`, but for roles under observation: whole documents, every operation, on the same indices. Roles that
 * are enforced stay as narrow as they are.
 */
export function buildObservedAccess(policy: Policy, principal: HasRoles, now: number, catalogue?: Catalogue): Access {
  const known = stateOf(policy);
  let key = '';
  for (const name of principal.roles) {
    const role = known.roles.get(name);
    if (role) key += role.observe !== null && role.observe.until > now ? `${name}*\n` : `${name}\n`;
  }
  return cached(known.observed, known, key, catalogue, () =>
    build(rolesOf(policy, principal), catalogue, (grant, role) => (isObserved(role, now) ? widened(grant) : grant)),
  );
}

/** Whether the role is watched at this moment, and not enforced. */
export function isObserved(role: Role, now: number): boolean {
  return role.observe !== null && role.observe.until > now;
}

/** Whether any of the principal's roles is. */
export function anyObserved(policy: Policy, principal: HasRoles, now: number): boolean {
  const { roles, observing } = stateOf(policy);
  if (!observing) return false;
  return principal.roles.some((name) => {
    const role = roles.get(name);
    return role !== undefined && isObserved(role, now);
  });
}

function stateOf(policy: Policy): PolicyAccess {
  let state = byPolicy.get(policy);
  if (!state) {
    const rules = policy.roles.flatMap((role) => role.rules);
    state = {
      roles: new Map(policy.roles.map((role) => [role.name, role])),
      expanding: [...new Set(rules.filter(({ patterns }) => patterns.length > 0).map(({ upstream }) => upstream))],
      observing: policy.roles.some((role) => role.observe !== null),
      enforced: new Map(),
      observed: new Map(),
    };
    byPolicy.set(policy, state);
  }
  return state;
}

function cached(
  cache: Map<string, CachedAccess>,
  { expanding }: PolicyAccess,
  key: string,
  catalogue: Catalogue | undefined,
  make: () => Access,
): Access {
  const found = cache.get(key);
  if (found && expanding.every((upstream, at) => found.names[at] === catalogue?.indices(upstream))) return found.access;
  const names = expanding.map((upstream) => catalogue?.indices(upstream));
  const access = make();
  // Sets of roles are few, unless someone has very many roles: then start anew rather than grow.
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, { access, names });
  return access;
}

function rolesOf(policy: Policy, principal: HasRoles): readonly Role[] {
  return policy.roles.filter(({ name }) => principal.roles.includes(name));
}

function build(
  roles: readonly Role[],
  catalogue: Catalogue | undefined,
  adapt: (grant: Grant, role: Role) => Grant,
): Access {
  const concrete = new Map<GrantedOperation, Map<string, Grant>>(OPERATIONS.map((operation) => [operation, new Map()]));
  const aliases = new Map<GrantedOperation, Map<string, Grant>>(OPERATIONS.map((operation) => [operation, new Map()]));
  for (const role of roles) {
    for (const rule of role.rules) {
      for (const original of grantsOf(rule, catalogue)) {
        const grant = adapt(original, role);
        for (const operation of grant.operations) {
          setFirst(concrete.get(operation), grant.index, grant);
          for (const alias of rule.aliases) setFirst(aliases.get(operation), alias, grant);
        }
      }
    }
  }
  const all = new Map(
    OPERATIONS.map((operation) => [operation, Object.freeze([...(concrete.get(operation)?.values() ?? [])])]),
  );
  // An index is what it is called in the store, whatever an alias of the policy says.
  const taken = new Set([...concrete.values()].flatMap((grants) => [...grants.keys()]));
  const names = new Map<GrantedOperation, Map<string, Grant>>();
  for (const operation of OPERATIONS) {
    const free = [...(aliases.get(operation) ?? [])].filter(([alias]) => !taken.has(alias));
    names.set(operation, new Map([...free, ...(concrete.get(operation) ?? [])]));
  }
  return Object.freeze({
    find: (name: string, operation: GrantedOperation) => names.get(operation)?.get(name),
    all: (operation: GrantedOperation) => all.get(operation) ?? [],
  });
}

function setFirst(grants: Map<string, Grant> | undefined, name: string, grant: Grant): void {
  if (grants && !grants.has(name)) grants.set(name, grant);
}

/** Listed names first, then what the patterns match in the store, in the order of names. Never names with a first dot. */
function grantsOf(rule: Rule, catalogue: Catalogue | undefined): readonly Grant[] {
  if (rule.patterns.length === 0 || !catalogue) return rule.grants;
  const listed = new Set(rule.indices);
  const matched = [...catalogue.indices(rule.upstream)].filter(
    (name) =>
      !name.startsWith('.') && !listed.has(name) && rule.patterns.some((pattern) => matchesPattern(pattern, name)),
  );
  return [...rule.grants, ...matched.sort().map((name) => rule.grantFor(name))];
}

function widened(grant: Grant): Grant {
  const open = {
    ...grant,
    mode: 'compat',
    operations: EVERY_OPERATION,
    filter: null,
    fields: null,
    write: ANY_WRITE,
    idNamespace: null,
    scoring: 'index-wide',
    limits: OBSERVED_LIMITS,
  } as const;
  return Object.freeze({ ...open, hash: grantHash(open) });
}
