/** The catalogue's principal and rule, for the unit tests of this store's room. */
import type { FieldRule, FieldSet, FieldType, Filter, Grant, Mask } from '../../../../contract/grant.ts';
import type { StoreContext, UpstreamAnswer } from '../../../../contract/store.ts';
import { parseJson } from '../../../../json/parse.ts';
import { type Json, type JsonObject, jsonObject } from '../../../../json/value.ts';
import { createSealer } from '../../../../seal/index.ts';
import { bindFilter } from '../../filter/index.ts';
import type { SearchScope } from '../../search/index.ts';

export const TENANT: Filter = { kind: 'term', field: 'tenant', type: 'keyword', value: { claim: ['tenant'] } };

export function fieldsOf(types: Readonly<Record<string, FieldType | readonly [FieldType, Mask]>>): FieldSet {
  return new Map(
    Object.entries(types).map(([name, type]): [string, FieldRule] => [
      name,
      typeof type === 'string' ? { name, type, mask: null } : { name, type: type[0], mask: type[1] },
    ]),
  );
}

export const FIELDS: FieldSet = fieldsOf({
  name: 'text',
  city: 'keyword',
  age: 'integer',
  tenant: 'keyword',
  joined: 'date',
  email: ['keyword', { kind: 'email' }],
  ip: ['ip', { kind: 'network' }],
});

export function grantFor(change: Partial<Grant> = {}): Grant {
  return {
    role: 'mobile',
    rule: 'roles.mobile.rules[0]',
    upstream: 'shop',
    index: 'profiles',
    dataStream: false,
    mode: 'strict',
    operations: new Set(['search', 'count', 'msearch', 'scroll', 'pit', 'get'] as const),
    filter: TENANT,
    fields: FIELDS,
    write: null,
    idNamespace: null,
    scoring: 'constant',
    limits: { page: 100, window: 1000, items: 50, clauses: 256, buckets: 10_000, keepAlive: 300_000 },
    hash: 'grant-1',
    ...change,
  };
}

export const TRUSTED: Partial<Grant> = { mode: 'compat', filter: null, fields: null, hash: 'grant-2' };

export function contextFor(
  grants: readonly Grant[],
  claims: JsonObject = jsonObject([['tenant', 't1']]),
): StoreContext {
  const now = 1_800_000_000_000;
  const sealer = createSealer(
    { current: { id: '01020304', key: new Uint8Array(32).fill(7) }, previous: [] },
    { now: () => now },
  );
  return {
    principal: { kind: 'token', id: 'token:shop:ada', roles: ['mobile'], claims, confirmation: null, expiresAt: null },
    access: {
      find: (name, operation) => grants.find((grant) => grant.index === name && grant.operations.has(operation)),
      all: (operation) => grants.filter((grant) => grant.operations.has(operation)),
    },
    sealer,
    token: (field, value) => `token-of-${field}-${value.length}`,
    dialectOf: () => 'elasticsearch-8',
    now,
  };
}

export function scopeFor(change: Partial<Grant> = {}, within: SearchScope['within'] = 'search'): SearchScope {
  const grant = grantFor(change);
  const context = contextFor([grant]);
  const bound = grant.filter === null ? null : bindFilter(grant.filter, context.principal.claims);
  return { grants: [grant], bound, context, dialect: 'elasticsearch-8', within };
}

/** JSON as a client's body is read. */
export function json(text: string): Json {
  return parseJson(Buffer.from(text));
}

export function answerOf(body: unknown, status = 200): UpstreamAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
}

/** The answer of a store to a search that found these. */
export function foundAnswer(hits: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): UpstreamAnswer {
  return answerOf({
    took: 3,
    timed_out: false,
    _shards: { total: 2, successful: 2, skipped: 1, failed: 0 },
    hits: { total: { value: hits.length, relation: 'eq' }, max_score: 1.25, hits },
    ...more,
  });
}

export function hitOf(
  source: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { _index: 'profiles', _id: '1', _score: 1.25, _source: source, ...more };
}
