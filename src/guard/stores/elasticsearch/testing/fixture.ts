/** For tests: the catalogue's principal and rules, requests as the listener would read them, and a store that notes what it is sent. */
import { randomBytes } from 'node:crypto';
import type { Access, FieldRule, Grant, GrantedOperation } from '../../../contract/grant.ts';
import { OPERATIONS } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { ParsedRequest } from '../../../contract/request.ts';
import type { Dialect, Plan, StoreContext, StoreReply, Upstream, UpstreamRequest } from '../../../contract/store.ts';
import { readRequest } from '../../../http/index.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../json/index.ts';
import { createSealer } from '../../../seal/index.ts';
import { createElasticsearchStore } from '../index.ts';

const FIELDS: readonly FieldRule[] = [
  { name: 'name', type: 'text', mask: null },
  { name: 'city', type: 'keyword', mask: null },
  { name: 'age', type: 'integer', mask: null },
  { name: 'tenant', type: 'keyword', mask: null },
  { name: 'email', type: 'keyword', mask: { kind: 'email' } },
];

/** The rule of `mobile` on `profiles`. */
export function grantOf(overrides: Partial<Grant> = {}): Grant {
  const index = overrides.index ?? 'profiles';
  const rule = overrides.rule ?? 'roles.mobile.rules[0]';
  return {
    role: 'mobile',
    rule,
    upstream: 'shop',
    index,
    dataStream: false,
    mode: 'strict',
    operations: new Set(OPERATIONS),
    filter: { kind: 'term', field: 'tenant', type: 'keyword', value: { claim: ['tenant'] } },
    fields: new Map(FIELDS.map((field) => [field.name, field])),
    write: null,
    idNamespace: null,
    scoring: 'constant',
    limits: { page: 100, window: 1000, items: 50, clauses: 256, buckets: 1000, keepAlive: 300_000 },
    hash: `${rule}/${index}`,
    ...overrides,
  };
}

/** A trusted service: whole documents. */
export function compatGrantOf(overrides: Partial<Grant> = {}): Grant {
  return grantOf({ mode: 'compat', filter: null, fields: null, ...overrides });
}

export function accessOf(grants: readonly Grant[], aliases: Readonly<Record<string, string>> = {}): Access {
  const find = (name: string, operation: GrantedOperation) =>
    grants.find((grant) => grant.index === (aliases[name] ?? name) && grant.operations.has(operation));
  return {
    find,
    all: (operation) =>
      grants.filter((grant) => grant.operations.has(operation) && find(grant.index, operation) === grant),
  };
}

export interface ContextOptions {
  readonly grants?: readonly Grant[];
  readonly aliases?: Readonly<Record<string, string>>;
  readonly dialect?: Dialect;
  readonly now?: number;
  readonly principal?: string;
}

const NOW = Date.UTC(2026, 10, 22);
const sealer = createSealer({ current: { id: '00000001', key: randomBytes(32) }, previous: [] }, { now: () => NOW });

export function contextOf({
  grants = [grantOf()],
  aliases = {},
  dialect = 'elasticsearch-8',
  now = NOW,
  principal = 'token:shop:alice',
}: ContextOptions = {}): StoreContext {
  return {
    principal: {
      kind: 'token',
      id: principal,
      roles: ['mobile'],
      claims: { tenant: 't1' },
      confirmation: null,
      expiresAt: null,
    },
    access: accessOf(grants, aliases),
    sealer,
    token: (_field, value) => `tok-${value.length}`,
    dialectOf: () => dialect,
    now,
  };
}

/** @param target as on the wire @param body a value becomes JSON; lines become newline-delimited JSON */
export function requestOf(
  method: string,
  target: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): ParsedRequest {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type = text.endsWith('\n') ? 'application/x-ndjson' : 'application/json';
  return readRequest({
    method,
    target,
    headers: [
      'host',
      'search.example.org',
      ...(text === '' ? [] : ['content-type', headers['content-type'] ?? type]),
      ...Object.entries(headers).flatMap(([name, value]) => (name === 'content-type' ? [] : [name, value])),
    ],
    body: Buffer.from(text),
    peer: { address: '192.0.2.1', port: 40000 },
    protocol: '1.1',
    origin: 'https://search.example.org',
  });
}

export function linesOf(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

export interface FakeStore extends Upstream {
  readonly sent: UpstreamRequest[];
}

/** Answers each request by what is said of it, and notes it. */
export function storeOf(answer: (request: UpstreamRequest) => { status?: number; json: unknown }): FakeStore {
  const sent: UpstreamRequest[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      const { status = 200, json } = answer(request);
      return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) };
    },
  };
}

/** A store's answer to a search that found these documents. */
export function foundOf(
  documents: Readonly<Record<string, JsonObject>>,
  index = 'profiles',
  more: object = {},
): object {
  const hits = Object.entries(documents).map(([_id, _source]) => ({ _index: index, _id, _score: 1, _source }));
  return {
    took: 3,
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    hits: { total: { value: hits.length, relation: 'eq' }, max_score: 1, hits },
    ...more,
  };
}

const store = createElasticsearchStore();

export function plan(request: ParsedRequest, context: StoreContext = contextOf()): Plan {
  return store.plan(request, context);
}

/** The refusal's code; a request that was planned is none. */
export function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'planned';
}

export function jsonOf(reply: StoreReply): JsonObject {
  const json: Json = parseJson(Buffer.from(reply.body));
  if (!isJsonObject(json)) throw new Error('the reply is no object');
  return json;
}

/** What was sent as the body, as JavaScript has it. */
export function sentBody(request: UpstreamRequest | undefined) {
  return JSON.parse(request?.body ?? 'null');
}
