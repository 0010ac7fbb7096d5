/** A whole gateway for a test: a policy on the disk, real listeners, a real client of the store, a real journal. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { expect } from 'vitest';
import { makeKey, type SigningKey, sign } from '../../../src/guard/authn/testing/issuer.ts';
import type { RawRequest } from '../../../src/guard/contract/request.ts';
import { loadPolicy } from '../../../src/guard/policy/index.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../../src/guard/run/gateway.ts';

export const ISSUER = 'https://id.example.org/';

export interface PolicyParts {
  readonly stores: readonly number[];
  /** YAML of the issuer's keys; a file by default. */
  readonly jwks?: string;
  readonly upstream?: string;
  readonly listener?: string;
  readonly role?: string;
  readonly rule?: string;
  /** Further top-level lines. */
  readonly more?: string;
}

/** One role: who has `tenant` sees its own things, and may write them. */
export function policyText(parts: PolicyParts): string {
  const { stores, jwks = '{ file: jwks.json }', upstream = '', listener = '{ address: "127.0.0.1:0" }' } = parts;
  return `version: 1
listeners: [${listener}]
upstreams:
  shop:
    store: elasticsearch
    version: 8
    nodes: [${stores.map((port) => `'http://127.0.0.1:${port}'`).join(', ')}]
    ${upstream}
identity:
  issuers:
    - { name: shop, issuer: '${ISSUER}', audience: [shop-search], jwks: ${jwks}, algorithms: [ES256], types: [at+jwt] }
roles:
  user:
    match: { issuer: shop, claims: { scope: { contains: shop.read } } }
    ${parts.role ?? ''}
    rules:
      - ${
        parts.rule ??
        `indices: [things]
        operations: [search, count, get, index, create, scroll]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { tag: keyword, tenant: keyword }
        write: { fields: { tag: keyword }, set: { tenant: '\${claims.tenant}' } }`
      }
${parts.more ?? 'journal: { durability: write }'}
`;
}

export interface Place {
  readonly folder: string;
  readonly policy: string;
  readonly key: SigningKey;
  /** Replaces the policy's file at once, as an operator should. */
  write(text: string): void;
  /** The journal's files. */
  journals(): string[];
}

export async function makePlace(text: string, key?: SigningKey): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-faults-'));
  const place: Place = {
    folder,
    policy: join(folder, 'guard.yaml'),
    key: key ?? (await makeKey('k1')),
    write(next) {
      writeFileSync(join(folder, 'next.yaml'), next);
      renameSync(join(folder, 'next.yaml'), place.policy);
    },
    journals: () =>
      readdirSync(join(folder, 'journal'))
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => join(folder, 'journal', name)),
  };
  mkdirSync(join(folder, 'journal'));
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [place.key.jwk] }));
  place.write(text);
  return place;
}

export function tokenFor(key: SigningKey, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return sign(
    key,
    { typ: 'at+jwt', kid: key.kid },
    {
      iss: ISSUER,
      aud: 'shop-search',
      sub: 'ada',
      scope: 'shop.read',
      tenant: 't1',
      iat: now - 10,
      exp: now + 600,
      ...claims,
    },
  );
}

export interface Standing {
  readonly gateway: Gateway;
  readonly url: string;
  readonly logs: string[];
  /** The pipeline itself, without a socket. */
  readonly handle: (raw: RawRequest) => Promise<{ status: number; body: Uint8Array | string }>;
  stop(): Promise<void>;
}

const standing: Standing[] = [];

export async function stand(place: Place, options: Partial<GatewayOptions> = {}): Promise<Standing> {
  const logs: string[] = [];
  let handle: Standing['handle'] | undefined;
  const gateway = await startGateway(await loadPolicy(place.policy), {
    worker: { index: 0, count: 1 },
    log: (level, message) => logs.push(`${level}: ${message}`),
    env: {},
    around(inner) {
      handle = inner;
      return inner;
    },
    ...options,
  });
  const address = gateway.listeners[0]?.address();
  if (!address || handle === undefined) throw new Error('the gateway does not listen');
  const one: Standing = {
    gateway,
    url: `http://127.0.0.1:${address.port}`,
    logs,
    handle,
    async stop() {
      const at = standing.indexOf(one);
      if (at < 0) return;
      standing.splice(at, 1);
      await gateway.close(0);
    },
  };
  standing.push(one);
  return one;
}

/** For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const one of [...standing]) await one.stop();
  for (const issuer of issuers.splice(0)) await issuer.stop();
  await agent.close();
  agent = newAgent();
}

function newAgent(): Agent {
  return new Agent({ connections: 256, pipelining: 1, headersTimeout: 15_000, connect: { rejectUnauthorized: false } });
}

let agent = newAgent();

export interface Got {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export async function ask(
  url: string,
  path: string,
  options: {
    token?: string | undefined;
    body?: unknown;
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
    proof?: string;
  } = {},
): Promise<Got> {
  const { token, body, proof } = options;
  const scheme = proof === undefined ? 'Bearer' : 'DPoP';
  const answer = await request(`${url}${path}`, {
    dispatcher: agent,
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== undefined && { authorization: `${scheme} ${token}` }),
      ...(proof !== undefined && { dpop: proof }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, json: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}

/** A search for the one document of a tag. */
export function search(url: string, token: string | undefined, tag: string): Promise<Got> {
  return ask(url, '/things/_search', { token, body: { query: { term: { tag } } } });
}

/** The tags of the documents that an answer shows. */
export function tagsIn({ json }: Pick<Got, 'json'>): unknown[] {
  if (typeof json !== 'object' || json === null || !('hits' in json)) return [];
  const { hits } = json.hits as { hits: { _id: string; _source: { tag: string } }[] };
  return hits.flatMap(({ _id, _source }) => [_id, _source.tag]);
}

/** What Elasticsearch's clients read of an error. */
export function errorShape(status: number, type: string) {
  return {
    status,
    json: {
      status,
      error: { type, reason: expect.any(String), root_cause: [{ type, reason: expect.any(String) }] },
    },
  };
}

export interface KeyServer {
  readonly url: string;
  readonly port: number;
  keys: readonly object[];
  /** Undefined: as it should. */
  status: number | undefined;
  asked: number;
  stop(): Promise<void>;
}

const issuers: KeyServer[] = [];

/** Where an issuer shows its keys. */
export async function startIssuer(keys: readonly object[], port = 0): Promise<KeyServer> {
  const server: Server = createServer((_request, response) => {
    issuer.asked += 1;
    response.writeHead(issuer.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: issuer.keys }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const issuer: KeyServer = {
    url: `http://127.0.0.1:${address.port}/jwks.json`,
    port: address.port,
    keys,
    status: undefined,
    asked: 0,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  issuers.push(issuer);
  return issuer;
}
