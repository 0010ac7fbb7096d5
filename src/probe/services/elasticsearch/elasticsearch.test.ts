import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { elasticsearchAllow, opensearchAllow } from './allow.ts';

const BANNER = { tagline: 'You Know, for Search', version: { number: '7.17.1', lucene_version: '8' } };
const LIST = [
  { index: 'orders', 'docs.count': '40', 'store.size': '4000', status: 'open' },
  { index: '.kibana', 'docs.count': '9', 'store.size': '900', status: 'open' },
  { index: 'user-jane@example.org', 'docs.count': '2', 'store.size': '200', status: 'open' },
];
const NOT_FOUND: Reply = [404, { error: { type: 'index_not_found_exception' }, status: 404 }];
const NO_HANDLER: Reply = [400, { error: 'no handler found for uri [/x] and method [GET]' }];
const LOCKED: Reply = [
  401,
  { error: { type: 'security_exception' }, status: 401 },
  { 'www-authenticate': 'Basic realm="security"' },
];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An open Elasticsearch with its security off, but for the paths that `change` answers otherwise. */
async function node(change: (path: string) => Reply | undefined = () => undefined): Promise<TestHttpServer> {
  const server = await httpServer((path) => {
    const changed = change(path);
    if (changed !== undefined) return changed;
    if (path === '/') return [200, BANNER];
    if (path.startsWith('/_cat/indices')) return [200, LIST];
    if (path.startsWith('/_cat/plugins')) return [200, []];
    if (path.startsWith('/_xpack')) return [200, { features: { security: { available: true, enabled: false } } }];
    if (path.startsWith('/_all/_settings')) return [200, {}];
    if (path.endsWith('/_mapping')) return [200, { x: { mappings: { properties: { email: { type: 'keyword' } } } } }];
    if (path.includes('/_search')) return [200, { hits: { total: { value: 40, relation: 'eq' }, hits: [] } }];
    return path.startsWith('/_') ? NO_HANDLER : NOT_FOUND;
  });
  servers.push(server);
  return server;
}

describe('the Elasticsearch dialogue', () => {
  it('counts what is the owner’s, not what is the product’s, and shows names that are values as patterns', async () => {
    const { port } = await node();
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'elasticsearch', verdict: 'anonymous-write', documents: 42, bytes: 4200 });
    expect(result.datasets.map((one) => one.name)).toEqual(['orders', '*']);
    expect(result.reason).toContain('beside 1 of the product itself');
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('asks the banner once, whatever services share the port', async () => {
    const { port, asked } = await node();
    await askPort(port);
    expect(asked.filter((one) => one === 'GET /')).toHaveLength(1);
  });

  it('asks again without the parameter that versions before 7.7 refuse', async () => {
    const { port } = await node((path) =>
      path.includes('expand_wildcards') ? [400, { error: 'unrecognized parameter: [expand_wildcards]' }] : undefined,
    );
    expect(await askPort(port)).toMatchObject({ verdict: 'anonymous-write', documents: 42 });
  });

  it('reads the columns of 1.x, where the security module is a missing index', async () => {
    const { port } = await node((path) => {
      if (path === '/') return [200, { ...BANNER, version: { number: '1.7.6', lucene_version: '4' } }];
      if (path.startsWith('/_cat/indices')) return [200, 'orders 40 4000  \nusers  2  200  \n'];
      if (path.startsWith('/_xpack')) return [404, { error: 'IndexMissingException[[_xpack] missing]' }];
      if (path.endsWith('_mapping')) return [200, { orders: { mappings: { order: { properties: { total: {} } } } } }];
      return undefined;
    });
    const result = await askPort(port);
    expect(result).toMatchObject({ version: '1.7.6', verdict: 'anonymous-write', documents: 42 });
    expect(result.datasets[0]?.fields).toEqual(['total']);
  });

  it('finds the list that a proxy forgot to lock beside the banner', async () => {
    const { port } = await node((path) =>
      path === '/' ? [401, 'no', { 'www-authenticate': 'Basic realm="proxy"' }] : undefined,
    );
    expect(await askPort(port)).toMatchObject({ service: 'elasticsearch', verdict: 'anonymous-write', documents: 42 });
  });

  it('calls a locked cluster secured', async () => {
    const { port } = await node(() => LOCKED);
    expect(await askPort(port)).toMatchObject({ service: 'elasticsearch', verdict: 'secured', datasets: [] });
  });

  it('takes a bare 401 for secured without claiming a product', async () => {
    const { port } = await node(() => [401, 'who are you']);
    expect(await askPort(port)).toMatchObject({ service: 'unknown', verdict: 'secured' });
    expect(await askPort(port, 'elasticsearch')).toMatchObject({ service: 'elasticsearch', verdict: 'secured' });
  });

  it('calls a banner without a list metadata only', async () => {
    const { port } = await node((path) => (path === '/' || /^\/[a-z][0-9a-f]{15}$/.test(path) ? undefined : LOCKED));
    expect(await askPort(port)).toMatchObject({ verdict: 'metadata-only', version: '7.17.1' });
  });

  it('calls a list whose documents are denied metadata only', async () => {
    const { port } = await node((path) => {
      if (path.includes('_search')) return [403, {}];
      return path.startsWith('/_xpack') ? [403, {}] : undefined;
    });
    const result = await askPort(port);
    expect(result).toMatchObject({ verdict: 'metadata-only', documents: 42 });
  });

  it('does not say that writing is open where it cannot be told', async () => {
    const { port } = await node((path) =>
      path.startsWith('/_xpack') || path.startsWith('/_security') ? [500, {}] : undefined,
    );
    expect(await askPort(port)).toMatchObject({
      verdict: 'anonymous-read',
      notTested: ['whether a stranger may write'],
    });
  });

  it('does not say that writing is open where another guarding plug-in is installed', async () => {
    const { port } = await node((path) =>
      path.startsWith('/_cat/plugins') ? [200, [{ component: 'readonlyrest' }]] : undefined,
    );
    expect(await askPort(port)).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('believes nothing where the control request succeeds', async () => {
    const { port } = await node((path) => (/^\/[a-z][0-9a-f]{15}$/.test(path) ? [200, {}] : undefined));
    const result = await askPort(port);
    expect(result).toMatchObject({ verdict: 'inconclusive', datasets: [] });
    expect(result).not.toHaveProperty('documents');
  });

  it('keeps what a list that is longer than the limit told', async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => ({
      ...LIST[0],
      index: `orders-${n}-${'x'.repeat(40)}`,
      'docs.count': '1',
    }));
    const { port } = await node((path) => (path.startsWith('/_cat/indices') ? [200, rows] : undefined));
    const result = await askPort(port);
    expect(result.verdict).toBe('anonymous-write');
    expect(result.documents).toBeGreaterThan(10_000);
    expect(result.notTested).toContain('indices beyond the first part of the list, which is longer than the limit');
  });

  it('calls a cluster that is not ready inconclusive', async () => {
    const { port } = await node((path) => (path === '/' ? undefined : [503, {}]));
    expect(await askPort(port)).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('the OpenSearch dialogue', () => {
  const banner: Reply = [
    200,
    { version: { number: '7.10.2' }, tagline: 'The OpenSearch Project: https://opensearch.org/' },
  ];

  it('knows the product that claims to be 7.10.2 by its tagline', async () => {
    const { port } = await node((path) => (path === '/' ? banner : undefined));
    expect(await askPort(port)).toMatchObject({ service: 'opensearch', version: '7.10.2', verdict: 'anonymous-write' });
  });

  it('says that the anonymous user writes when it has every role', async () => {
    const { port } = await node((path) => {
      if (path === '/') return banner;
      return path.startsWith('/_plugins') ? [200, { user_name: 'anonymous', roles: ['all_access'] }] : undefined;
    });
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'opensearch', verdict: 'anonymous-write' });
    expect(result.reason).toContain('all_access');
  });

  it('knows Amazon’s refusal', async () => {
    const message = { Message: 'User: anonymous is not authorized to perform: es:ESHttpGet' };
    const { port } = await node(() => [403, message]);
    expect(await askPort(port)).toMatchObject({ service: 'opensearch', verdict: 'secured' });
  });
});

describe('the allow-lists of the search engines', () => {
  it.each([
    '/_all/_search',
    '/_search',
    '/_search?size=10',
    '/orders/_search?size=0',
    '/orders/_search?size=1&terminate_after=1',
    '/orders,users/_mapping',
    '/orders%2Cusers/_mapping',
    '/*/_mapping',
    '/%2a/_mapping',
    '/_all/_mapping',
    '/.security/_mapping',
    '/orders/_doc/1',
    '/orders/_delete_by_query',
    '/_cat/indices',
    '/_nodes',
    '/_snapshot',
    '/../_search',
    '/%5Fall/_mapping',
    '/%5fall/_search?size=0&terminate_after=1',
    '/%2E%2E/_mapping',
    '/%3Clogs-%7Bnow%7D%3E/_mapping',
    '/orders%2F_doc%2F1/_mapping',
    '/%2Borders/_mapping',
    '/-orders/_mapping',
    '/orders/_mapping?x=1',
    '//',
  ])('have no place for %s', (path) => {
    expect(elasticsearchAllow.permitsHttp('GET', path)).toBe(false);
    expect(opensearchAllow.permitsHttp('GET', path)).toBe(false);
  });

  it('have no place for raw bytes', () => {
    expect(elasticsearchAllow.permitsBytes(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(false);
  });
});
