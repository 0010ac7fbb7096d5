import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../contract/grant.ts';
import { anyObserved, buildAccess, buildObservedAccess, isObserved } from './access.ts';
import type { Catalogue } from './policy.ts';
import { NOW, parse, withRoles } from './testing/policies.ts';

const ROLES = `reader:
  match: { issuer: shop, claims: { scope: { contains: read } } }
  rules:
    - { indices: [profiles], aliases: [people], operations: [search, get], filter: { term: { t: a } }, fields: { t: keyword } }
    - { indices: [profiles, orders], operations: [search, count], filter: all, fields: { t: keyword, u: keyword } }
admin:
  match: { issuer: shop, claims: { scope: { contains: admin } } }
  rules:
    - { indices: [people, profiles], operations: [search, get, count], filter: all, fields: { t: keyword, u: keyword, v: keyword } }
watched:
  match: { issuer: shop }
  observe: { until: 2026-06-30 }
  rules:
    - { indices: [visits], aliases: [trips], operations: [count], filter: { term: { t: a } }, fields: { t: keyword }, idNamespace: 'x' }
logs:
  match: { issuer: shop }
  rules:
    - { indices: [logs-a, 'logs-*'], catalogue: true, operations: [search], filter: all, fields: { t: keyword } }
`;
const policy = parse(withRoles(ROLES));
const who = (...roles: string[]) => ({ roles });

describe('buildAccess', () => {
  it('lets the first rule that names the index and has the operation decide', () => {
    const access = buildAccess(policy, who('reader'), NOW);
    expect(access.find('profiles', 'search')?.rule).toBe('roles.reader.rules[0]');
    expect(access.find('profiles', 'count')?.rule).toBe('roles.reader.rules[1]');
    expect(access.find('orders', 'search')?.rule).toBe('roles.reader.rules[1]');
  });

  it('knows nothing of other indices, other operations and other roles', () => {
    const access = buildAccess(policy, who('reader'), NOW);
    expect(access.find('orders', 'get')).toBeUndefined();
    expect(access.find('visits', 'count')).toBeUndefined();
    expect(access.find('constructor', 'search')).toBeUndefined();
    expect(buildAccess(policy, who(), NOW).all('search')).toEqual([]);
    expect(buildAccess(policy, who('nobody', '__proto__'), NOW).all('search')).toEqual([]);
  });

  it('takes roles in the policy’s order, whatever order the principal brings them in', () => {
    for (const roles of [who('admin', 'reader'), who('reader', 'admin')]) {
      expect(buildAccess(policy, roles, NOW).find('profiles', 'search')?.role).toBe('reader');
    }
  });

  it('finds an index by its alias, unless the alias is the name of an index that the principal may see', () => {
    expect(buildAccess(policy, who('reader'), NOW).find('people', 'search')?.index).toBe('profiles');
    const both = buildAccess(policy, who('reader', 'admin'), NOW);
    expect(both.find('people', 'search')?.index).toBe('people');
    expect(both.find('people', 'search')?.role).toBe('admin');
  });

  it('lists each index once, under its own name, in the policy’s order', () => {
    const all = buildAccess(policy, who('reader', 'admin'), NOW).all('search');
    expect(all.map(({ index, role }) => `${role} ${index}`)).toEqual([
      'reader profiles',
      'reader orders',
      'admin people',
    ]);
  });

  it('is built once for each set of roles', () => {
    expect(buildAccess(policy, who('reader'), NOW)).toBe(buildAccess(policy, who('reader'), NOW + 1));
    expect(buildAccess(policy, who('reader'), NOW)).not.toBe(buildAccess(policy, who('admin'), NOW));
  });

  it('expands patterns against the store’s own list, never to names that begin with a dot', () => {
    let names: ReadonlySet<string> = new Set(['logs-b', '.logs-c', 'logs-a', 'other', 'logs-']);
    const catalogue: Catalogue = { indices: () => names };
    const found = () =>
      buildAccess(policy, who('logs'), NOW, catalogue)
        .all('search')
        .map(({ index }) => index);
    expect(found()).toEqual(['logs-a', 'logs-', 'logs-b']);
    expect(buildAccess(policy, who('logs'), NOW, catalogue)).toBe(buildAccess(policy, who('logs'), NOW, catalogue));
    names = new Set(['logs-z']);
    expect(found()).toEqual(['logs-a', 'logs-z']);
    expect(
      buildAccess(policy, who('logs'), NOW)
        .all('search')
        .map(({ index }) => index),
    ).toEqual(['logs-a']);
  });
});

describe('buildObservedAccess', () => {
  it('widens the grants of a watched role to whole documents and every operation on the same indices', () => {
    const access = buildObservedAccess(policy, who('watched'), NOW);
    for (const operation of OPERATIONS) {
      expect(access.find('trips', operation)).toMatchObject({
        index: 'visits',
        mode: 'compat',
        filter: null,
        fields: null,
        idNamespace: null,
      });
    }
    expect(access.find('profiles', 'search')).toBeUndefined();
    expect(access.find('visits', 'count')?.hash).not.toBe(
      buildAccess(policy, who('watched'), NOW).find('visits', 'count')?.hash,
    );
  });

  it('leaves roles that are enforced as narrow as they are', () => {
    const access = buildObservedAccess(policy, who('reader', 'watched'), NOW);
    expect(access.find('profiles', 'search')).toBe(buildAccess(policy, who('reader'), NOW).find('profiles', 'search'));
    expect(access.find('profiles', 'delete')).toBeUndefined();
  });

  it('ends with the last day of the observation', () => {
    const [, , role] = policy.roles;
    const end = Date.UTC(2026, 6, 1);
    expect(role && isObserved(role, end - 1)).toBe(true);
    expect(role && isObserved(role, end)).toBe(false);
    expect(anyObserved(policy, who('watched'), end)).toBe(false);
    expect(anyObserved(policy, who('reader', 'watched'), NOW)).toBe(true);
    expect(buildObservedAccess(policy, who('watched'), NOW).find('visits', 'delete')).toBeDefined();
    expect(buildObservedAccess(policy, who('watched'), end).find('visits', 'delete')).toBeUndefined();
  });
});
