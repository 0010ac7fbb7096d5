/** Rules, roles and names that do not mean what they seem to. */

import { claimAt } from '../../contract/claim-at.ts';
import type { GrantedOperation } from '../../contract/grant.ts';
import type { Policy, RoleMatch } from '../policy.ts';
import { pathOf, type Report } from './finding.ts';

export function lintReach(policy: Policy, report: Report): void {
  shadowedRules(policy, report);
  impossibleRoles(policy, report);
  names(policy, report);
  operations(policy, report);
}

/** Within a role: across roles a rule still serves whoever has that role alone. */
function shadowedRules(policy: Policy, report: Report): void {
  for (const role of policy.roles) {
    const decided = new Map<string, string>();
    for (const rule of role.rules) {
      const granted = rule.grants[0] ?? rule.grantFor('x');
      const covers = [...rule.indices, ...rule.patterns].flatMap((index) =>
        [...granted.operations].map((operation) => `${operation} ${index}`),
      );
      const earlier = covers.map((one) => decided.get(one) ?? decided.get(one.replace(/ .*/, ' *')));
      if (earlier.every((position) => position !== undefined)) {
        const by = [...new Set(earlier)].join(' and ');
        report.at(pathOf(rule), 'guard/rule-never-matches', 'error', `this rule never decides: ${by} comes first`);
      }
      for (const one of covers) if (!decided.has(one)) decided.set(one, rule.position);
    }
  }
}

function impossibleRoles(policy: Policy, report: Report): void {
  for (const role of policy.roles) {
    if (policy.identity.apiKeys) continue; // Its file may give any role by name.
    const reasons = role.match.map((match) => impossible(match, policy));
    if (reasons.every((reason) => reason !== undefined)) {
      report.at(
        ['roles', role.name, 'match'],
        'guard/role-nobody',
        'error',
        `nobody can have this role: ${reasons[0]}`,
      );
    }
  }
}

function impossible(match: RoleMatch, policy: Policy): string | undefined {
  const asked = policy.listeners.some(({ tls }) => tls !== null && tls.clientCertificates !== 'none');
  if (match.source === 'certificate' && !asked) return 'no listener asks for client certificates';
  if (match.source !== 'anonymous') return undefined;
  const given = policy.identity.anonymous?.claims;
  const missing = match.claims.find(({ path }) => given === undefined || claimAt(given, path) === undefined);
  return missing && `strangers have no claim ${missing.path.join('.')}`;
}

function names(policy: Policy, report: Report): void {
  const rules = policy.roles.flatMap((role) => role.rules);
  const stores = new Map<string, string>();
  const aliasOf = new Map<string, string>();
  const indices = new Set(rules.flatMap((rule) => rule.indices));
  for (const rule of rules) {
    for (const [at, index] of rule.indices.entries()) {
      const store = stores.get(index) ?? rule.upstream;
      stores.set(index, store);
      const path = [...pathOf(rule), 'indices', at];
      if (store !== rule.upstream) {
        report.at(
          path,
          'guard/index-in-two-stores',
          'warning',
          `${index} is granted in ${store} too: whoever has both reaches the first one only`,
        );
      }
      if (index.startsWith('.'))
        report.at(path, 'guard/dot-index', 'warning', `${index} is an index of the store’s own or a hidden one`);
    }
    if (rule.patterns.includes('*')) {
      report.at(
        [...pathOf(rule), 'indices'],
        'guard/wide-pattern',
        'warning',
        'the pattern * grants every index that the store will ever have',
      );
    }
    for (const [at, alias] of rule.aliases.entries()) {
      const path = [...pathOf(rule), 'aliases', at];
      const [index = ''] = rule.indices;
      const other = aliasOf.get(alias) ?? index;
      aliasOf.set(alias, other);
      if (other !== index)
        report.at(
          path,
          'guard/alias-overlap',
          'warning',
          `${alias} means ${other} in an earlier rule: whoever has both reaches that one`,
        );
      if (indices.has(alias))
        report.at(
          path,
          'guard/alias-is-index',
          'error',
          `${alias} is the name of an index of this policy: for whoever may see that index, the name means the index`,
        );
    }
  }
}

const BASES: Readonly<Partial<Record<GrantedOperation, readonly GrantedOperation[]>>> = {
  msearch: ['search'],
  scroll: ['search'],
  pit: ['search'],
  mget: ['get'],
  bulk: ['index', 'create', 'update', 'delete'],
};

function operations(policy: Policy, report: Report): void {
  for (const rule of policy.roles.flatMap((role) => role.rules)) {
    const granted = (rule.grants[0] ?? rule.grantFor('x')).operations;
    for (const operation of granted) {
      const bases = BASES[operation];
      if (!bases || bases.some((base) => granted.has(base))) continue;
      report.at(
        [...pathOf(rule), 'operations'],
        'guard/operation-without-base',
        'warning',
        `${operation} does nothing without ${bases.join(', ')}`,
      );
    }
  }
}
