/** The gateway's account, as docs/guard/operations-guide.md gives it: enough for the policy, and nothing more. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, type Got, makePlace, stand, stopAll, tokenFor } from '../guard/faults/gateway.ts';
import { certificate } from './harness/daemon.ts';
import { requireSearch, type SearchNode, startSearch, until } from './harness/search.ts';

const installed = requireSearch('opensearch-2');
const security = requireSearch('opensearch-security');
const OWNER = { username: 'owner', password: 'made-up-pass-1' };
const GATEWAY = { username: 'postern-guard', password: 'made-up-pass-2' };

let node: SearchNode | undefined;

afterAll(async () => {
  await stopAll();
  await node?.stop();
});

/** The role of the guide, as the plug-in's API takes it. */
function documentedRole(): string {
  const guide = readFileSync(new URL('../../docs/guard/operations-guide.md', import.meta.url), 'utf8');
  const [, role] = /PUT \/_plugins\/_security\/api\/roles\/postern-guard\n(\{[\s\S]*?\n\})\n```/.exec(guide) ?? [];
  if (role === undefined) throw new Error('the guide has no role for OpenSearch');
  return JSON.stringify(JSON.parse(role));
}

/** The plug-in with the owner and the gateway's account; its files are YAML, of which JSON is a part. */
function withAccounts(home: string): void {
  const plugin = join(home, 'plugins/opensearch-security');
  const config = join(home, 'config/opensearch-security');
  cpSync(security ?? '', plugin, { recursive: true });
  cpSync(join(plugin, 'config'), config, { recursive: true });
  certificate(join(home, 'config'));
  const users = [
    { ...OWNER, extra: { backend_roles: ['admin'] } },
    { ...GATEWAY, extra: { opendistro_security_roles: ['postern-guard'] } },
  ].map(({ username, password, extra }) => {
    const printed = execFileSync('bash', [join(plugin, 'tools/hash.sh'), '-p', password], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return `${username}: ${JSON.stringify({ hash: /\$2y\$\S+/.exec(printed)?.[0], reserved: false, ...extra })}\n`;
  });
  const meta = '_meta:\n  type: "internalusers"\n  config_version: 2\n';
  writeFileSync(join(config, 'internal_users.yml'), meta + users.join(''));
  const roles = join(config, 'roles.yml');
  writeFileSync(roles, `${readFileSync(roles, 'utf8')}\npostern-guard: ${documentedRole()}\n`);
}

const POLICY = (port: number) => `version: 1
listeners: [{ address: '127.0.0.1:0' }]
upstreams:
  shop:
    store: opensearch
    version: 2
    nodes: ['http://127.0.0.1:${port}']
    credentials: { username: ${GATEWAY.username}, passwordFile: store }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.example.org/', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
roles:
  user:
    match: { issuer: shop, claims: { scope: { contains: shop.read } } }
    rules:
      - indices: [profiles]
        operations: [search, count, get, exists, mget, msearch, scroll, pit, field_caps]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { city: keyword, tenant: keyword }
      - indices: [orders]
        operations: [search, get, mget, index, create, update, delete, bulk]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { item: keyword, tenant: keyword }
        idNamespace: '\${claims.tenant}'
        write: { fields: { item: keyword }, set: { tenant: '\${claims.tenant}' } }
journal: { durability: write }
`;

const SETTINGS = [
  'plugins.security.ssl.transport.pemcert_filepath: server.crt',
  'plugins.security.ssl.transport.pemkey_filepath: server.key',
  'plugins.security.ssl.transport.pemtrustedcas_filepath: server.crt',
  'plugins.security.ssl.transport.enforce_hostname_verification: false',
  'plugins.security.allow_default_init_securityindex: true',
  'plugins.security.nodes_dn: ["CN=store.example.org"]',
  'plugins.security.authcz.admin_dn: ["CN=admin.example.org"]',
];

describe.skipIf(!installed || !security)('the account of the gateway in a real OpenSearch with Security', () => {
  it('does what the policy grants, operation by operation, and nothing else', async () => {
    node = await startSearch('opensearch-2', { settings: SETTINGS, prepare: withAccounts, login: OWNER });
    const owner = node;
    await until(async () => (await owner.ask('GET', '/')) !== null);
    const keyword = { type: 'keyword' };
    for (const index of ['profiles', 'orders', 'payments']) {
      await owner.ask('PUT', `/${index}`, {
        settings: { number_of_replicas: 0 },
        mappings: { dynamic: 'strict', properties: { city: keyword, item: keyword, tenant: keyword } },
      });
      await owner.ask('PUT', `/${index}/_doc/1?refresh=true`, {
        tenant: 't1',
        ...(index === 'orders' ? { item: 'a' } : { city: 'Oslo' }),
      });
    }
    const place = await makePlace(POLICY(owner.port));
    writeFileSync(join(place.folder, 'store'), GATEWAY.password, { mode: 0o600 });
    const { url } = await stand(place);
    const token = await tokenFor(place.key);
    const step = async (
      name: string,
      status: number,
      path: string,
      options: Parameters<typeof ask>[2] = {},
    ): Promise<Got> => {
      const got = await ask(url, path, { token, ...options });
      expect([name, got.status, got.status === status ? null : got.json]).toEqual([name, status, null]);
      return got;
    };
    const all = { query: { match_all: {} } };
    await step('search', 200, '/profiles/_search', { body: all });
    await step('count', 200, '/profiles/_count', { body: all });
    await step('get', 200, '/profiles/_doc/1');
    await step('exists', 200, '/profiles/_doc/1', { method: 'HEAD' });
    await step('mget', 200, '/profiles/_mget', { body: { ids: ['1', '2'] } });
    await step('field_caps', 200, '/profiles/_field_caps?fields=*');
    const first = await step('scroll', 200, '/profiles/_search?scroll=1m', { body: { ...all, size: 1 } });
    const { _scroll_id: scroll_id } = first.json as { _scroll_id: string };
    await step('next page', 200, '/_search/scroll', { body: { scroll: '1m', scroll_id } });
    await step('clear scroll', 200, '/_search/scroll', { method: 'DELETE', body: { scroll_id: [scroll_id] } });
    const opened = await step('pit', 200, '/profiles/_search/point_in_time?keep_alive=1m', { method: 'POST' });
    const { pit_id } = opened.json as { pit_id: string };
    await step('search in a pit', 200, '/_search', { body: { ...all, pit: { id: pit_id, keep_alive: '1m' } } });
    await step('close pit', 200, '/_search/point_in_time', { method: 'DELETE', body: { pit_id: [pit_id] } });
    await step('index', 201, '/orders/_doc?refresh=true', { body: { item: 'b' } });
    await step('index by id', 201, '/orders/_doc/7?refresh=true', { method: 'PUT', body: { item: 'c' } });
    await step('create', 201, '/orders/_create/8?refresh=true', { method: 'PUT', body: { item: 'd' } });
    await step('another', 201, '/orders/_create/10?refresh=true', { method: 'PUT', body: { item: 'd' } });
    await step('update', 200, '/orders/_update/7?refresh=true', { body: { doc: { item: 'e' } } });
    await step('replace', 200, '/orders/_doc/7?refresh=true', { method: 'PUT', body: { item: 'f' } });
    await step('delete', 200, '/orders/_doc/7?refresh=true', { method: 'DELETE' });
    const lines = [
      { create: { _id: '9' } },
      { item: 'g' },
      { update: { _id: '8' } },
      { doc: { item: 'h' } },
      { delete: { _id: '10' } },
    ];
    const bulk = await fetch(`${url}/orders/_bulk?refresh=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    const { items } = (await bulk.json()) as { items: Record<string, { status: number }>[] };
    expect(items.flatMap((item) => Object.entries(item).map(([verb, { status }]) => [verb, status]))).toEqual([
      ['create', 201],
      ['update', 200],
      ['delete', 200],
    ]);
    // Around the gateway with its own account: what it was not given it cannot do.
    const authorization = `Basic ${Buffer.from(`${GATEWAY.username}:${GATEWAY.password}`).toString('base64')}`;
    const direct = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`http://127.0.0.1:${owner.port}${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return answer.status;
    };
    expect(await direct('POST', '/profiles/_search', all)).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/payments/_search', all],
      ['GET', '/payments/_doc/1', undefined],
      ['PUT', '/profiles/_doc/9', { tenant: 't1' }],
      ['DELETE', '/profiles/_doc/1', undefined],
      ['PUT', '/other/_doc/1', { a: 1 }],
      ['DELETE', '/orders', undefined],
      ['PUT', '/orders/_mapping', { properties: { x: keyword } }],
      ['GET', '/_cat/indices', undefined],
      ['GET', '/_cluster/settings', undefined],
      ['GET', '/_plugins/_security/api/internalusers', undefined],
    ] as const) {
      expect([method, path, await direct(method, path, body)]).toEqual([method, path, 403]);
    }
  }, 240_000);
});
