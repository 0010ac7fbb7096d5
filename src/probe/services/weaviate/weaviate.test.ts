/** Answers as described in https://docs.weaviate.io/weaviate/api/rest (openapi-specs/schema.json), …/deploy/configuration/authentication. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { httpServer } from '../../testing/http-server.ts';

const META: Reply = [200, { hostname: 'http://[::]:8080', modules: {}, version: '1.27.0' }];
const SCHEMA: Reply = [
  200,
  { classes: [{ class: 'Customer', vectorizer: 'none', properties: [{ name: 'email', dataType: ['text'] }] }] },
];
const NODES: Reply = [
  200,
  {
    nodes: [
      { name: 'n1', status: 'HEALTHY', shards: [{ class: 'Customer', name: 's1', objectCount: 7 }] },
      { name: 'n2', status: 'HEALTHY', shards: [{ class: 'Customer', name: 's1', objectCount: 7 }] },
    ],
  },
];
const REFUSED: Reply = [
  401,
  { code: 401, message: 'anonymous access not enabled, please provide an auth scheme such as OIDC' },
];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(change: (path: string) => Reply | undefined = () => undefined): Promise<number> {
  const server = await httpServer((path) => {
    const changed = change(path);
    if (changed !== undefined) return changed;
    if (path === '/') return [301, '', { location: '/v1' }];
    if (path === '/v1/meta') return META;
    if (path === '/v1/schema') return SCHEMA;
    if (path.startsWith('/v1/nodes')) return NODES;
    if (path.startsWith('/v1/objects?')) return [200, { objects: [{ properties: { email: 'canary@example.org' } }] }];
    return [404, { code: 404, message: 'not found' }];
  });
  servers.push(server);
  return server.port;
}

describe('the Weaviate dialogue', () => {
  it('reads the schema and counts each replicated shard once', async () => {
    const result = await askPort(await node());
    expect(result).toMatchObject({
      service: 'weaviate',
      version: '1.27.0',
      verdict: 'anonymous-read',
      documents: 7,
      datasets: [{ name: 'Customer', documents: 7, fields: ['email'], fieldTypes: { email: 'text' } }],
      notTested: ['whether a stranger may write'],
    });
  });

  it('hands properties to the classifier only', async () => {
    const taken: unknown[] = [];
    const values = { most: 5, take: (...one: unknown[]) => void taken.push(one) };
    const result = await askPort(await node(), 'weaviate', undefined, { values });
    expect(taken).toEqual([['Customer', 'email', ['canary@example.org']]]);
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('calls a schema whose objects are forbidden metadata only', async () => {
    const port = await node((path) =>
      path.startsWith('/v1/objects/') ? [403, { error: [{ message: 'forbidden' }] }] : undefined,
    );
    expect(await askPort(port, 'weaviate')).toMatchObject({ verdict: 'metadata-only', documents: 7 });
  });

  it('is secured where anonymous access is off', async () => {
    expect(await askPort(await node(() => REFUSED), 'weaviate')).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('believes nothing where everything is answered', async () => {
    const port = await node((path) => (/^\/v1\/[a-z][0-9a-f]{15}$/.test(path) ? [200, {}] : undefined));
    expect(await askPort(port, 'weaviate')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });
});
