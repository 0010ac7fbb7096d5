/** Grants that are wider than they need be. */
import type { Policy, Role, Rule } from '../policy.ts';
import { pathOf, type Report } from './finding.ts';
import { neededFields } from './needed-fields.ts';

const LARGE_PAGE = 1000;

export function lintExposure(policy: Policy, now: number, report: Report): void {
  for (const role of policy.roles) {
    lintRole(role, now, report);
    for (const rule of role.rules) lintRule(role, rule, report);
  }
}

function lintRole(role: Role, now: number, report: Report): void {
  const path = ['roles', role.name];
  const sources = new Set(role.match.map(({ source }) => source));
  if (role.mode === 'compat') {
    if (sources.has('issuer')) {
      report.at(
        [...path, 'mode'],
        'guard/compat-for-people',
        'warning',
        'whole documents for everyone with such a token; for trusted services an API key or a certificate says who it is',
      );
    }
    if (sources.has('anonymous'))
      report.at([...path, 'mode'], 'guard/compat-anonymous', 'error', 'whole documents for anyone at all');
  }
  const open = role.match.findIndex(({ source, claims }) => source === 'issuer' && claims.length === 0);
  if (open !== -1) {
    report.at(
      [...path, 'match'],
      'guard/role-matches-anyone',
      'info',
      `every token of ${role.match[open]?.name} has this role; \`claims\` would narrow it`,
    );
  }
  if (role.observe && role.observe.until > now) {
    report.at(
      [...path, 'observe'],
      'guard/observed',
      'warning',
      'this role is watched and not enforced: its principals see whole documents',
    );
  } else if (role.observe) {
    report.at(
      [...path, 'observe'],
      'guard/observation-over',
      'info',
      'the observation is over, and the role is enforced: leave `observe` out',
    );
  }
  if (role.mode === 'strict') {
    if (!role.limits.documents)
      report.atKey(
        ['roles'],
        role.name,
        'guard/no-document-budget',
        'warning',
        'without `limits.documents` a principal can read all its documents one by one',
      );
    if (!role.limits.rate)
      report.atKey(
        ['roles'],
        role.name,
        'guard/no-rate',
        'warning',
        'without `limits.rate` a principal can ask as fast as it likes',
      );
  }
}

function lintRule(role: Role, rule: Rule, report: Report): void {
  const [grant = rule.grantFor('x')] = rule.grants;
  const path = pathOf(rule);
  if (grant.filter === null && role.match.some(({ source }) => source === 'anonymous')) {
    report.at(
      [...path, 'filter'],
      'guard/everything-for-strangers',
      'warning',
      'strangers see every document of this rule',
    );
  }
  if (grant.mode === 'strict' && grant.limits.page > LARGE_PAGE) {
    report.at([...path, 'limits', 'page'], 'guard/large-page', 'warning', `pages of more than ${LARGE_PAGE} documents`);
  }
  if (grant.mode === 'strict' && grant.scoring === 'index-wide' && grant.filter !== null) {
    report.at(
      [...path, 'scoring'],
      'guard/scores-tell',
      'warning',
      'scores are computed over hidden documents too, and tell of them',
    );
  }
  const writes = (['index', 'create', 'update'] as const).some((operation) => grant.operations.has(operation));
  if (grant.mode === 'strict' && grant.filter !== null && writes && grant.idNamespace === null) {
    // B176, B177: whether an id is taken would be answered over all documents, so such requests are refused.
    report.at(
      [...path, 'operations'],
      'guard/ids-tell',
      'info',
      'without `idNamespace` a document cannot be created under an id of the client’s choice, only under one of the store’s',
    );
  }
  const { write, filter } = grant;
  if (write?.fields && filter && (grant.operations.has('index') || grant.operations.has('create'))) {
    const lacking = neededFields(filter).filter((field) => !write.fields?.has(field) && !write.set.has(field));
    if (lacking.length > 0) {
      report.at(
        [...path, 'write'],
        'guard/write-cannot-succeed',
        'error',
        `a new document never passes the filter: ${lacking.join(', ')} can neither be sent nor is it set`,
      );
    }
  }
}
