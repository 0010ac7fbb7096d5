/** The gateway over a store in memory, with the policy of the bypass catalogue; and a request run in both worlds. */
import type { Authenticator } from '../../../src/guard/authn/index.ts';
import type { Principal } from '../../../src/guard/contract/principal.ts';
import { Refusal } from '../../../src/guard/contract/refusal.ts';
import type { Answer, RawRequest } from '../../../src/guard/contract/request.ts';
import type { Dialect, Store, Upstream } from '../../../src/guard/contract/store.ts';
import type { DecisionEntry } from '../../../src/guard/journal/entry.ts';
import { type Json, jsonObject } from '../../../src/guard/json/value.ts';
import { createLimits, createMemoryStore } from '../../../src/guard/limits/index.ts';
import { createGuard, type Guard, type GuardParts } from '../../../src/guard/pipeline/handle.ts';
import type { Decisions } from '../../../src/guard/pipeline/ports.ts';
import type { Snapshot } from '../../../src/guard/pipeline/snapshot.ts';
import {
  anyObserved,
  buildAccess,
  buildObservedAccess,
  limitsFor,
  type Policy,
  parsePolicy,
} from '../../../src/guard/policy/index.ts';
import type { Catalogue } from '../../../src/guard/policy/policy.ts';
import { createPseudonyms, createTokens } from '../../../src/guard/run/keys.ts';
import { createSealer } from '../../../src/guard/seal/index.ts';
import { createElasticsearchStore } from '../../../src/guard/stores/elasticsearch/index.ts';
import { MemoryStore, type SeenRequest } from './memory-store.ts';
import { comparable, type Grammar, leaked, outsideGrammar } from './oracles.ts';
import { createWorld } from './world.ts';

/** Role `mobile` is the catalogue's; `writer` may write; `admin` is a trusted service (compat). */
export const FIXTURE_POLICY = `
version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
roles:
  mobile:
    match: { issuer: shop, claims: { role: { equals: mobile } } }
    rules:
      - indices: [profiles]
        operations: [search, count, get, exists, mget, msearch, scroll, pit, field_caps]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: &fields
          name: text
          city: keyword
          age: integer
          tenant: keyword
          email: { type: keyword, mask: email }
          ip: { type: ip, mask: network }
        limits: &limits { page: 100, window: 1000, items: 50, clauses: 256, buckets: 10000, keepAlive: 5m }
  writer:
    match: { issuer: shop, claims: { role: { equals: writer } } }
    rules:
      - indices: [profiles]
        operations: [search, count, get, exists, mget, msearch, scroll, pit, field_caps, index, create, update, delete, bulk]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: *fields
        limits: *limits
        write:
          fields: { name: { type: text, maxLength: 200 }, city: keyword, age: { type: integer, minimum: 0, maximum: 150 } }
          set: { tenant: '\${claims.tenant}' }
          required: [name]
  admin:
    match: { issuer: shop, claims: { role: { equals: admin } } }
    mode: compat
    rules:
      - indices: [profiles, orders]
        operations: [search, count, get, exists, mget, msearch, scroll, pit, field_caps, index, create, update, delete, bulk]
        filter: all
`;

/** Who a test may be: `A` and `A2` are mobile users of tenant t1, `B` of t2, `W` writes for t1, `admin` is a service. */
const PRINCIPALS: Readonly<Record<string, { role: string; tenant?: Json; confirmation?: string }>> = {
  A: { role: 'mobile', tenant: 't1' },
  A2: { role: 'mobile', tenant: 't1' },
  'A-other-device': { role: 'mobile', tenant: 't1', confirmation: 'other' },
  B: { role: 'mobile', tenant: 't2' },
  W: { role: 'writer', tenant: 't1' },
  admin: { role: 'admin', tenant: 't1' },
  // Claims that no honest issuer would send.
  injection: { role: 'mobile', tenant: 't1"}},{"match_all":{"x":"' },
  space: { role: 'mobile', tenant: 't1 ' },
  case: { role: 'mobile', tenant: 'T1' },
  nul: { role: 'mobile', tenant: 't1\0' },
  empty: { role: 'mobile', tenant: '' },
  missing: { role: 'mobile' },
  null: { role: 'mobile', tenant: null },
  number: { role: 'mobile', tenant: 1 },
  object: { role: 'mobile', tenant: jsonObject([['value', 't1']]) },
  array: { role: 'mobile', tenant: ['t1', 't2'] },
  boolean: { role: 'mobile', tenant: true },
};

export type Who = keyof typeof PRINCIPALS & string;

export function principalOf(who: string): Principal {
  const known = PRINCIPALS[who];
  if (!known) throw new Refusal('unauthenticated');
  return Object.freeze({
    kind: 'token',
    id: `token:shop:${who === 'A-other-device' ? 'A' : who}`,
    roles: [known.role],
    claims: jsonObject([
      ...(known.tenant === undefined ? [] : [['tenant', known.tenant] as const]),
      ['role', known.role],
    ]),
    confirmation: known.confirmation ?? null,
    expiresAt: null,
  } satisfies Principal);
}

export const GRAMMAR: Grammar = {
  indices: ['profiles'],
  fields: new Set(['name', 'city', 'age', 'tenant']),
  filter: { term: { tenant: { value: 't1' } } },
};

export interface BenchOptions {
  policy?: string;
  dialect?: Dialect;
  /** In place of the store in memory. */
  upstream?: Upstream;
  /** Breaks the gateway on purpose: a test of the oracles. */
  wrapStore?: (store: Store) => Store;
  /** In place of the one that believes a name; made for each world. */
  authenticator?: () => Authenticator;
  /** In place of the one that keeps entries in memory. */
  journal?: Decisions;
  journalFailure?: 'refuse' | 'allow';
  /** What patterns of the policy mean; nothing without it. */
  catalogue?: Catalogue;
  now?: () => number;
  anomalies?: GuardParts['anomalies'];
  budgets?: GuardParts['budgets'];
  devices?: Snapshot['devices'];
  requirementOf?: Snapshot['requirementOf'];
}

/** One gateway over one store. */
export interface Bench {
  readonly guard: Guard;
  /** What its requests are decided by. */
  snapshot(): Snapshot;
  readonly store: MemoryStore;
  /** What reached the store, whichever it is. */
  readonly seen: readonly SeenRequest[];
  readonly entries: DecisionEntry[];
  readonly failures: unknown[];
  readonly policy: Policy;
  /** Replaces the policy, as a reload does. */
  replace(policy: string): void;
}

const KEY = Buffer.alloc(32, 7);
/** Its memory is large: making one takes longer than most requests. */
const PSEUDONYMS = createPseudonyms(KEY);

/** A policy is immutable, and reading one takes longer than most tests. */
const policies = new Map<string, Policy>();

function policyOf(text: string): Policy {
  const known = policies.get(text) ?? parsePolicy('/fixture/guard.yaml', text);
  policies.set(text, known);
  return known;
}

export function createBench(variant: 1 | 2, options: BenchOptions = {}): Bench {
  const dialect = options.dialect ?? 'elasticsearch-8';
  const store = new MemoryStore(createWorld(variant, dialect));
  const entries: DecisionEntry[] = [];
  const failures: unknown[] = [];
  let policy = policyOf(options.policy ?? FIXTURE_POLICY);
  const seen = options.upstream ? [] : store.seen;
  const upstream = options.upstream ? recorded(options.upstream, seen) : store;
  const adapter = createElasticsearchStore();
  const binding = { store: options.wrapStore?.(adapter) ?? adapter, upstream, dialect };
  const sealer = createSealer({ current: { id: Buffer.alloc(4, 1).toString('hex'), key: KEY }, previous: [] });
  const authenticator = options.authenticator?.();
  const snapshot = (): Snapshot => ({
    authenticator: authenticator ?? {
      authenticate: (request) => principalOf(whoOf(request)),
      challenge: () => ({ 'www-authenticate': 'Bearer' }),
      ready: () => true,
      refresh: async () => undefined,
      close: () => undefined,
    },
    stores: new Map([['shop', binding]]),
    front: binding,
    sealer,
    token: createTokens(KEY),
    access: (principal, now) => buildAccess(policy, principal, now, options.catalogue),
    observed: (principal, now) =>
      anyObserved(policy, principal, now) ? buildObservedAccess(policy, principal, now) : undefined,
    limitsOf: (principal) => limitsFor(policy, principal.roles),
    api: null,
    devices: options.devices ?? null,
    requirementOf: options.requirementOf ?? (() => null),
  });
  const guard = createGuard({
    snapshot,
    journal: options.journal ?? {
      commit: async (entry) => {
        entries.push(entry);
      },
      healthy: true,
    },
    limits: createLimits({ onFailure: 'refuse', peer: null, device: null }, createMemoryStore(), { key: KEY }),
    pseudonyms: PSEUDONYMS,
    journalFailure: options.journalFailure ?? 'refuse',
    onFailure: (what, error) => failures.push([what, error]),
    ...(options.now && { now: options.now }),
    ...(options.anomalies && { anomalies: options.anomalies }),
    ...(options.budgets && { budgets: options.budgets }),
  });
  return {
    guard,
    snapshot,
    store,
    seen,
    entries,
    failures,
    get policy() {
      return policy;
    },
    replace(text) {
      policy = policyOf(text);
    },
  };
}

/** Keeps what goes to a store that does not keep it by itself. */
function recorded(upstream: Upstream, seen: SeenRequest[]): Upstream {
  return {
    send(request) {
      seen.push({ method: request.method, path: request.path, body: request.body });
      return upstream.send(request);
    },
  };
}

function whoOf({ headers }: RawRequest): string {
  for (let n = 0; n + 1 < headers.length; n += 2) {
    if (headers[n]?.toLowerCase() === 'authorization') return (headers[n + 1] ?? '').replace(/^Bearer /, '');
  }
  return '';
}

/** What a test sends. */
export interface Sent {
  method?: string;
  target: string;
  /** `A` by default; null: nobody. */
  as?: string | null;
  /** Text as it is; anything else as JSON; an array as lines of JSON (`ndjson`). */
  body?: unknown;
  ndjson?: boolean;
  headers?: readonly (readonly [string, string])[];
}

export function rawOf(sent: Sent): RawRequest {
  const { as = 'A', body, ndjson = false } = sent;
  const bytes =
    body === undefined
      ? new Uint8Array()
      : body instanceof Uint8Array
        ? body
        : Buffer.from(
            typeof body === 'string'
              ? body
              : ndjson && Array.isArray(body)
                ? body.map((line) => `${JSON.stringify(line)}\n`).join('')
                : JSON.stringify(body),
          );
  const headers = ['Host', 'search.shop.example', ...(as === null ? [] : ['Authorization', `Bearer ${as}`])];
  const typed = sent.headers?.some(([name]) => name.toLowerCase() === 'content-type') ?? false;
  if (bytes.length > 0 && !typed) headers.push('Content-Type', ndjson ? 'application/x-ndjson' : 'application/json');
  for (const [name, value] of sent.headers ?? []) headers.push(name, value);
  return {
    method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
    target: sent.target,
    headers,
    body: bytes,
    peer: { address: '192.0.2.1', port: 40000 },
    protocol: '1.1',
    origin: 'https://search.shop.example',
  };
}

export interface Outcome {
  answer: Answer;
  json: unknown;
  /** What reached the store. */
  upstream: SeenRequest[];
  entry: DecisionEntry | undefined;
}

/** Both worlds, side by side: for sequences of requests in which one needs what another answered. */
export interface Worlds {
  readonly benches: readonly [Bench, Bench];
  /**
   * Sends a request in both worlds and holds it against the oracles. The answer is the first world's.
   *
   * @throws Error that names the oracle which did not hold
   */
  send(sent: Sent | ((world: 0 | 1) => Sent)): Promise<Outcome>;
  /** The same, with what each world answered: ids are sealed anew each time. */
  both(sent: Sent | ((world: 0 | 1) => Sent)): Promise<readonly [Outcome, Outcome]>;
}

export function createWorlds(options: BenchOptions = {}): Worlds {
  const benches = [createBench(1, options), createBench(2, options)] as const;
  return {
    benches,
    async send(sent) {
      return (await this.both(sent))[0];
    },
    async both(sent) {
      const sents = [typeof sent === 'function' ? sent(0) : sent, typeof sent === 'function' ? sent(1) : sent] as const;
      const first = await sendTo(benches[0], sents[0]);
      const second = await sendTo(benches[1], sents[1]);
      const who = sents[0].as ?? 'A';
      // A trusted service sees whole documents: the oracles are about those who must not.
      if (who !== 'admin') {
        judge(sents[0], first, second);
        await idempotent(benches[0], sents[0], first);
      }
      return [first, second];
    },
  };
}

/** One request, in one world. @throws Error for a defect of the gateway */
export async function sendTo({ guard, seen, entries, failures }: Bench, sent: Sent): Promise<Outcome> {
  const before = seen.length;
  const answer = await guard.handle(rawOf(sent));
  if (failures.length > 0) throw new Error(`a defect: ${JSON.stringify(failures, replaceErrors)}`);
  const text = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString('utf8');
  return { answer, json: parsed(text), upstream: seen.slice(before), entry: entries.at(-1) };
}

/** O1, O2, O3. @throws Error that names the oracle which did not hold */
export function judge(sent: Sent, first: Outcome, second: Outcome): void {
  const shown = JSON.stringify(sent).slice(0, 400);
  for (const { answer } of [first, second]) {
    const found = leaked(answer);
    if (found !== undefined) throw new Error(`O1 canary: ${found} in the answer to ${shown}`);
  }
  const [left, right] = [comparable(first.answer), comparable(second.answer)];
  if (left !== right) throw new Error(`O2 two worlds: ${shown}\n  ${left.slice(0, 1500)}\n  ${right.slice(0, 1500)}`);
  if (
    first.answer.status === 401 ||
    // One that was allowed is the store's own.
    (first.answer.status === 400 && first.entry?.decision !== 'allow') ||
    first.answer.status === 403 ||
    first.answer.status === 405
  ) {
    // a look before a write is a read: by a search, or by the id where the role's ids have a namespace
    const changed = first.upstream.filter(({ path }) => !/\/_(?:search|mget)\b/.test(path));
    if (changed.length > 0)
      throw new Error(`O3 upstream: refused, but reached ${JSON.stringify(changed)} for ${shown}`);
  }
  const tenant = sent.as ? (PRINCIPALS[sent.as]?.tenant ?? 't1') : 't1';
  const grammar = { ...GRAMMAR, filter: { term: { tenant: { value: tenant } } }, writes: sent.as === 'W' };
  for (const request of [...first.upstream, ...second.upstream]) {
    const wrong = outsideGrammar(request, grammar);
    if (wrong !== undefined) throw new Error(`O3 upstream: ${wrong} in ${JSON.stringify(request)} for ${shown}`);
  }
}

/** O4: what was sent to the store, sent to the gateway by the same principal, is sent to the store once more as it is, or refused. */
export async function idempotent(bench: Bench, sent: Sent, { upstream, answer }: Outcome): Promise<void> {
  if (answer.status >= 300 || upstream.length !== 1) return;
  const [request] = upstream;
  if (request === undefined || !/_search(?:\?|$)|_count$/.test(request.path) || request.path.includes('scroll')) return;
  const before = bench.seen.length;
  const again = await bench.guard.handle(
    rawOf({
      method: request.method,
      target: request.path,
      as: sent.as ?? 'A',
      ...(request.body !== null && { body: request.body }),
    }),
  );
  const emitted = bench.seen.slice(before);
  if (emitted.length === 0 && again.status >= 400) return;
  if (emitted.length !== 1 || emitted[0]?.path !== request.path || emitted[0]?.body !== request.body) {
    throw new Error(`O4 idempotence: ${JSON.stringify(request)} became ${JSON.stringify(emitted)}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function replaceErrors(_: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

export type { SeenRequest };
