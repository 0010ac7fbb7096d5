/** Resources that show, take or keep more than they need. */
import { claimAt } from '../../contract/claim-at.ts';
import type { Filter } from '../../contract/grant.ts';
import type { Resource, ResourceField } from '../../contract/resource.ts';
import type { Policy } from '../policy.ts';
import { isLoopback } from '../schema/names.ts';
import type { Report } from './finding.ts';
import { lintSearch, lintShared } from './lint-encrypted.ts';
import { neededFields } from './needed-fields.ts';
import { personalWord } from './personal-names.ts';

/** With 4096 values apart, equal ones among a few thousand people are as good as told. */
const TELLING_BITS = 12;

export function lintResources(policy: Policy, now: number, report: Report): void {
  const { api } = policy;
  if (!api) return;
  if (api.publish) {
    report.at(
      ['api', 'publish'],
      'guard/published',
      'info',
      'anyone can read what the resources and their fields are called',
    );
  }
  for (const [at, origin] of api.corsOrigins.entries()) {
    if (!origin.startsWith('http://') || isLoopback(new URL(origin).hostname)) continue;
    report.at(
      ['api', 'cors', 'origins', at],
      'guard/cors-plain',
      'warning',
      'whoever is between a browser and this origin can change its pages, and ask with its users’ tokens',
    );
  }
  for (const resource of api.resources) {
    lintOwner(resource, policy, report);
    lintRoles(resource, policy, now, report);
    lintWrites(resource, report);
    lintSearch(resource, policy, report);
    for (const field of resource.fields.values()) lintField(resource, field, report);
    if (resource.source.startsWith('.')) {
      const message = `${resource.source} is an index of the store’s own or a hidden one`;
      report.at(['resources', resource.name, 'index'], 'guard/dot-index', 'warning', message);
    }
  }
  lintShared(api.resources, report);
}

function lintOwner(resource: Resource, policy: Policy, report: Report): void {
  const { owner, name, filter } = resource;
  const path = ['resources', name, 'owner'];
  const strangers = policy.roles.filter(
    (role) => resource.roles.has(role.name) && role.match.some(({ source }) => source === 'anonymous'),
  );
  if (owner === null) {
    if (filter !== null && usesClaim(filter)) return;
    report.at(
      path,
      strangers.length > 0 ? 'guard/everything-for-strangers' : 'guard/resource-without-owner',
      'warning',
      strangers.length > 0
        ? 'strangers see every document of this resource'
        : 'everyone with one of its roles sees every document of this resource',
    );
    return;
  }
  const given = policy.identity.anonymous?.claims;
  for (const role of strangers) {
    if (given !== undefined && claimAt(given, owner.claim) !== undefined) continue;
    report.atKey(
      ['resources', name, 'roles'],
      role.name,
      'guard/owner-of-strangers',
      'error',
      `strangers have no claim ${owner.claim.join('.')}, so they own nothing here`,
    );
  }
}

function usesClaim(filter: Filter): boolean {
  return JSON.stringify(filter).includes('{"claim":');
}

function lintRoles(resource: Resource, policy: Policy, now: number, report: Report): void {
  for (const [name, operations] of resource.roles) {
    const path = ['resources', resource.name, 'roles', name];
    if (operations.has('update') && !operations.has('get')) {
      report.at(
        path,
        'guard/update-without-get',
        'warning',
        'an update names the version that it changes, and without get nobody learns the present one',
      );
    }
    const role = policy.roles.find((one) => one.name === name);
    if (role?.observe && role.observe.until > now) {
      report.at(
        ['roles', name, 'observe'],
        'guard/resource-enforced',
        'warning',
        `only its rules are watched: the resource ${resource.name} is enforced all the same`,
      );
    }
  }
}

function lintWrites(resource: Resource, report: Report): void {
  const { filter, fields, operations, owner } = resource;
  if (filter === null || !operations.has('create')) return;
  const sent = new Set([...fields.values()].filter(({ write }) => write.has('create')).map(({ column }) => column));
  const constant = constants(filter);
  const lacking = neededFields(filter).filter(
    (column) => !sent.has(column) && !constant.has(column) && column !== owner?.column,
  );
  if (lacking.length === 0) return;
  report.at(
    ['resources', resource.name, 'filter'],
    'guard/write-cannot-succeed',
    'error',
    `a new document never passes the filter: ${lacking.join(', ')} can neither be sent nor follows from it`,
  );
}

/** Columns that the gateway sets by itself, because the filter leaves one value only. */
function constants(filter: Filter): ReadonlySet<string> {
  if (filter.kind === 'all') return new Set(filter.filters.flatMap((inner) => [...constants(inner)]));
  return new Set(filter.kind === 'term' && !filter.field.includes('.') ? [filter.field] : []);
}

function lintField(resource: Resource, field: ResourceField, report: Report): void {
  const path = ['resources', resource.name, 'fields'];
  const beacon = field.encryption?.beacon;
  if (beacon && beacon.bits > TELLING_BITS) {
    report.at(
      [...path, field.name, 'encrypt', 'beacon'],
      'guard/beacon-tells',
      'warning',
      `${beacon.bits} bits tell in a copy of the store which documents hold one value; use ${TELLING_BITS} or fewer`,
    );
  }
  const word = personalWord(field.name) ?? personalWord(field.column);
  if (word !== undefined && field.encryption === null && field.schema.type !== 'boolean') {
    report.atKey(
      path,
      field.name,
      'guard/personal-in-plain',
      'info',
      `${word} looks personal, and the store holds it in plain${field.mask ? ' (its mask hides it in answers alone)' : ''}; \`encrypt\` would hide it`,
    );
  }
}
