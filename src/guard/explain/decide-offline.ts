/**
 * The pipeline without a network, for `guard test` and `guard explain`: the same reading, the same decision, the same printer.
 * Nothing is sent; what would be sent is told. The store is taken to be empty, so of an operation in several steps (find the
 * visible document, then change it) the first step is told.
 */
import { randomBytes } from 'node:crypto';
import type { Principal } from '../contract/principal.ts';
import { Refusal, type RefusalCode } from '../contract/refusal.ts';
import type { Answer, RawRequest } from '../contract/request.ts';
import type { Plan, Sealer, Upstream, UpstreamAnswer, UpstreamRequest } from '../contract/store.ts';
import { readRequest } from '../http/index.ts';
import { contextOf, type Decided, decide } from '../pipeline/decide.ts';
import type { Snapshot } from '../pipeline/snapshot.ts';
import {
  anyObserved,
  buildAccess,
  buildObservedAccess,
  type Catalogue,
  limitsFor,
  type Policy,
} from '../policy/index.ts';
import { createTokens } from '../run/keys.ts';
import { createSealer } from '../seal/index.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { createOfflineApi } from './offline-resources.ts';

export interface OfflineRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface OfflineDecision {
  readonly decision: 'allow' | 'deny';
  readonly status: number;
  readonly code: RefusalCode | null;
  /** Where in the request it was refused; for the operator. */
  readonly detail: string | null;
  readonly operation: string | null;
  readonly rule: string | null;
  readonly rules: readonly string[];
  readonly indices: readonly string[];
  readonly upstream: string | null;
  /** For a watched role: what enforcing would have done. */
  readonly observed: 'deny' | 'narrow' | null;
  readonly requests: readonly Sent[];
}

/** What would be sent. A statement of a database has the method `SQL`, its text as path, and its values as body. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

export interface OfflineOptions {
  /** Index names, where rules have patterns. */
  readonly catalogue?: Catalogue;
  /** ms since the epoch. */
  readonly now?: number;
}

/** Decides requests under a policy. Each call is independent of the others. */
export function createOfflineDecider(
  policy: Policy,
  options: OfflineOptions = {},
): (request: OfflineRequest, principal: Principal) => Promise<OfflineDecision> {
  const store = createElasticsearchStore();
  const key = randomBytes(32);
  const sealer: Sealer = createSealer({ current: { id: '00000000', key }, previous: [] });
  const token = createTokens(key);
  const now = options.now ?? Date.now();
  return async (request, principal) => {
    const requests: Sent[] = [];
    const upstream: Upstream = {
      async send(sent) {
        requests.push({ method: sent.method, path: sent.path, body: sent.body });
        return emptyAnswer(sent);
      },
    };
    const api = createOfflineApi(policy, {
      sealer,
      token,
      upstream,
      onStatement: (text, values) => requests.push({ method: 'SQL', path: text, body: values }),
      now,
    });
    const snapshot = { ...snapshotOf(policy, { store, sealer, token, upstream, ...options }), api };
    const told = { operation: null, rule: null, rules: [], indices: [], upstream: null, observed: null } as const;
    try {
      const { plan, observed } = decideAny(request, principal, snapshot, now);
      const decided = {
        operation: plan.operation,
        rule: plan.rules[0] ?? null,
        rules: plan.rules,
        indices: plan.indices,
        upstream: plan.upstream,
        observed,
      };
      try {
        const { status } = await plan.run(upstream);
        return { decision: 'allow', status, code: null, detail: null, ...decided, requests };
      } catch (error) {
        return { ...refused(error), ...decided, requests };
      }
    } catch (error) {
      return { ...refused(error), ...told, requests };
    }
  };
}

function refused(error: unknown): Pick<OfflineDecision, 'decision' | 'status' | 'code' | 'detail'> {
  if (!(error instanceof Refusal)) throw error;
  return { decision: 'deny', status: error.status, code: error.code, detail: error.detail };
}

function decideAny(request: OfflineRequest, principal: Principal, snapshot: Snapshot, now: number): Decided {
  const api = snapshot.api?.owns(request.target) ? snapshot.api : null;
  const parsed = readRequest(rawOf(request), api === null ? 'search' : 'resource');
  const asking = { principal, now, watched: false };
  if (api === null) return decide(parsed, asking, snapshot);
  const open = api.preflight(parsed);
  if (open) return { plan: openPlan(open), observed: null };
  return { plan: api.plan(parsed, contextOf(snapshot.access(principal, now), asking, snapshot)), observed: null };
}

/** What is answered to anyone. */
function openPlan(answer: Answer): Plan {
  const told = { operation: 'describe', upstream: null, indices: [], rules: [], role: null } as const;
  return { ...told, run: async () => ({ ...answer, documents: [], outcome: 'answered' }) };
}

function snapshotOf(
  policy: Policy,
  parts: Pick<Snapshot, 'sealer' | 'token'> & {
    store: Snapshot['front']['store'];
    upstream: Upstream;
  } & OfflineOptions,
): Snapshot {
  const bind = (dialect: Snapshot['front']['dialect'] | null) => ({
    store: parts.store,
    upstream: parts.upstream,
    dialect: dialect ?? ('elasticsearch-8' as const),
  });
  const stores = new Map(
    [...policy.upstreams].map(([name, { dialect, store }]) => [
      name,
      bind(dialect ?? (store === 'opensearch' ? 'opensearch-2' : null)),
    ]),
  );
  const { catalogue } = parts;
  return {
    authenticator: {
      authenticate: () => {
        throw new Refusal('unauthenticated', 'nobody is authenticated here');
      },
      challenge: () => ({}),
      ready: () => true,
      refresh: async () => undefined,
      close: () => undefined,
    },
    stores,
    front: stores.values().next().value ?? bind(null),
    sealer: parts.sealer,
    token: parts.token,
    access: (principal, now) => buildAccess(policy, principal, now, catalogue),
    observed: (principal, now) =>
      anyObserved(policy, principal, now) ? buildObservedAccess(policy, principal, now, catalogue) : undefined,
    limitsOf: (principal) => limitsFor(policy, principal.roles),
    api: null,
    devices: null,
    requirementOf: () => null,
  };
}

function rawOf(request: OfflineRequest): RawRequest {
  return {
    ...request,
    headers: ['host', 'guard.invalid', ...request.headers],
    peer: { address: '127.0.0.1', port: 0 },
    protocol: '1.1',
    origin: 'https://guard.invalid',
  };
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };
const NO_HITS = {
  took: 0,
  timed_out: false,
  _shards: SHARDS,
  hits: { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] },
};

/** What an empty store of any version would say. */
function emptyAnswer({ method, path, body }: UpstreamRequest): UpstreamAnswer {
  const [name = ''] = path.split('?');
  const lines = (body ?? '').split('\n').filter((line) => line !== '');
  const json = (value: unknown, status = 200): UpstreamAnswer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  });
  if (name.endsWith('/_msearch'))
    return json({ took: 0, responses: Array.from({ length: lines.length / 2 }, () => ({ ...NO_HITS, status: 200 })) });
  if (name.endsWith('/_count')) return json({ count: 0, _shards: SHARDS });
  if (name.endsWith('/_mget')) return json({ docs: [] });
  if (name.endsWith('/_bulk')) return json({ took: 0, errors: false, items: [] });
  if (name.endsWith('/_pit')) return json({ id: 'empty' });
  if (name.endsWith('/point_in_time') && method === 'POST') return json({ pit_id: 'empty', creation_time: 0 });
  if (name.endsWith('/_search')) return json(path.includes('scroll=') ? { _scroll_id: 'empty', ...NO_HITS } : NO_HITS);
  if (method === 'GET' || method === 'DELETE')
    return json({ found: false, result: 'not_found', succeeded: true, num_freed: 0 }, 404);
  return json({ _id: 'new', result: 'created', _shards: { total: 1, successful: 1, failed: 0 } }, 201);
}
