/** An Api over doubles, asked as the pipeline asks it. */
import { createHmac } from 'node:crypto';
import type { Principal } from '../../contract/principal.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { Answer } from '../../contract/request.ts';
import type { Resource } from '../../contract/resource.ts';
import type { StoreContext, StoreReply } from '../../contract/store.ts';
import { readRequest } from '../../http/read-request.ts';
import { rawRequest } from '../../http/testing/raw-request.ts';
import type { JsonObject } from '../../json/value.ts';
import { createSealer } from '../../seal/index.ts';
import type { Api, ApiOptions } from '../contract.ts';
import { createApi } from '../create-api.ts';
import { createMemoryIdempotency } from '../memory-idempotency.ts';
import { createMemoryResourceStore, type MemoryResourceStore } from './memory-resource-store.ts';
import { createMemoryVault, type MemoryVault } from './memory-vault.ts';
import { ORDERS } from './resources.ts';

export const NOW = Date.UTC(2026, 2, 1, 12);
const KEY = Buffer.alloc(32, 7);

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as?: Principal;
  readonly type?: string;
}

export interface Harness {
  readonly api: Api;
  readonly store: MemoryResourceStore;
  readonly vault: MemoryVault;
  readonly clock: { now: number };
  readonly unreadable: [string, number][];
  /** As the pipeline: a refusal becomes the answer. */
  ask(target: string, asked?: Asked): Promise<Partial<StoreReply> & Answer & { readonly json: unknown }>;
  /** Creates a document. @returns its path and ETag */
  make(body: unknown, as?: Principal): Promise<{ readonly path: string; readonly id: string; readonly etag: string }>;
}

export function principal(sub: string, claims: JsonObject = {}, roles: readonly string[] = ['mobile']): Principal {
  return {
    kind: 'token',
    id: `token:https://id.example.org:${sub}`,
    roles,
    claims: { sub, ...claims },
    confirmation: null,
    expiresAt: null,
  };
}

export const ADA = principal('ada');
export const BOB = principal('bob');

export function token(field: string, value: string): string {
  return createHmac('sha256', KEY).update(`${field}\0${value}`).digest('base64url').slice(0, 16);
}

export function harness(
  given: Partial<ApiOptions> & { readonly resources?: readonly Resource[]; readonly origins?: readonly string[] } = {},
  seed: Readonly<Record<string, JsonObject>> = {},
): Harness {
  const store = createMemoryResourceStore(seed);
  const vault = createMemoryVault();
  const clock = { now: NOW };
  const unreadable: [string, number][] = [];
  const sealer = createSealer({ current: { id: '00000001', key: KEY }, previous: [] }, { now: () => clock.now });
  const api = createApi({
    config: {
      publish: given.describe !== undefined,
      corsOrigins: given.origins ?? [],
      resources: given.resources ?? [ORDERS],
    },
    stores: new Map([['shop', store]]),
    vault,
    sealer,
    token,
    idempotency: createMemoryIdempotency({ now: () => clock.now }),
    now: () => clock.now,
    onUnreadable: (name, values) => unreadable.push([name, values]),
    ...given,
  });

  async function ask(target: string, { method = 'GET', headers = {}, body, as = ADA, type }: Asked = {}) {
    const media = type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    const sent = body === undefined ? {} : { 'content-type': media };
    const raw = rawRequest(target, {
      method,
      headers: ['Host', 'api.example.org', ...Object.entries({ ...sent, ...headers }).flat()],
      body:
        body === undefined ? new Uint8Array(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    });
    let answer: Partial<StoreReply> & Answer;
    try {
      const request = readRequest(raw, 'resource');
      answer = api.preflight(request) ?? (await api.plan(request, contextOf(as)).run({ send: noStore }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = api.refuse(error);
    }
    const text = String(answer.body);
    return { ...answer, json: text === '' || !text.startsWith('{') ? undefined : JSON.parse(text) };
  }

  function contextOf(as: Principal): StoreContext {
    return {
      principal: as,
      access: { find: () => undefined, all: () => [] },
      sealer,
      token,
      dialectOf: () => 'elasticsearch-8',
      now: clock.now,
    };
  }

  async function make(body: unknown, as = ADA) {
    const made = await ask('/v1/orders', { method: 'POST', body, as });
    if (made.status !== 201) throw new Error(`not created: ${made.status} ${String(made.body)}`);
    const path = made.headers.location ?? '';
    return { path, id: path.slice(path.lastIndexOf('/') + 1), etag: made.headers.etag ?? '' };
  }

  return { api, store, vault, clock, unreadable, ask, make };
}

function noStore(): Promise<never> {
  return Promise.reject(new Error('a resource asks its own store'));
}
