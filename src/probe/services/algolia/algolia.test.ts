import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { algolia } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const KEY = '0a'.repeat(16);
const SCOPE = { identifiers: { appId: 'BLUEMARKET1', searchKey: KEY } };
const error = (status: number, message: string): Reply => [status, { message, status }];
const rights = (acl: readonly unknown[], indexes?: readonly unknown[]): Reply => [
  200,
  {
    value: KEY,
    createdAt: 1,
    acl,
    validity: 0,
    description: '<redacted>',
    ...(indexes === undefined ? {} : { indexes }),
  },
];
const hits = (nbHits: number): Reply => [
  200,
  { nbHits, hits: [{ objectID: 'jane@example.org', email: 'jane@example.org' }] },
];
const MISSING = error(404, 'Index does not exist');

async function ask(table: Record<string, Reply>, otherwise: Reply = MISSING, scope: AskedScope = SCOPE) {
  const server = await httpServer((path, request) =>
    request.headers['x-algolia-application-id'] === 'BLUEMARKET1' ? (table[path] ?? otherwise) : error(403, 'x'),
  );
  servers.push(server);
  return { server, result: await askPort(server.port, 'algolia', undefined, scope) };
}

describe('the Algolia dialogue', () => {
  it('tells a key that may write by its rights, and asks nothing more with it', async () => {
    const { server, result } = await ask({ [`/1/keys/${KEY}`]: rights(['search', 'addObject', 'deleteObject']) });
    expect(result).toMatchObject({ service: 'algolia', verdict: 'anonymous-write', datasets: [] });
    expect(result.reason).toContain('holds addObject, deleteObject');
    expect(server.asked).toEqual([`GET /1/keys/${KEY}`]);
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it('counts the records of the indices that the key is for and that the scope names', async () => {
    const table = {
      [`/1/keys/${KEY}`]: rights(['search'], ['products', 'dev_*']),
      '/1/indexes/products/query': hits(12_400),
      '/1/indexes/users/query': hits(3),
    };
    const { result } = await ask(table, MISSING, { ...SCOPE, datasets: ['users', '../keys'] });
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      documents: 12_403,
      datasets: [
        { name: 'users', documents: 3, fields: [] },
        { name: 'products', documents: 12_400, fields: [] },
      ],
    });
    expect(JSON.stringify(result)).not.toMatch(/jane/);
  });

  it('lists indices where the key may, and shows names that are values as patterns', async () => {
    const items = [
      { name: 'orders', entries: 7, dataSize: 700 },
      { name: 'cart-jane@example.org', entries: 1 },
      null,
      { name: 7 },
    ];
    const { result } = await ask({
      [`/1/keys/${KEY}`]: rights(['search', 'listIndexes', 'browse']),
      '/1/indexes': [200, { items }],
    });
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 8, bytes: 700 });
    expect(result.reason).toContain('each of them whole');
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('hands values to the sink with --sample only', async () => {
    const taken: unknown[] = [];
    const values = { most: 5, take: (...all: unknown[]) => taken.push(all) };
    const table = { [`/1/keys/${KEY}`]: rights(['search']), '/1/indexes/users/query': hits(3) };
    const { result } = await ask(table, MISSING, { ...SCOPE, datasets: ['users'], values });
    expect(result.datasets).toEqual([{ name: 'users', documents: 3, fields: ['objectID', 'email'] }]);
    expect(taken).toHaveLength(2);
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it.each<[string, Record<string, Reply>, Reply, string]>([
    ['a key that the application refuses', {}, error(403, 'Invalid Application-ID or API key'), 'secured'],
    ['a search key with no index named', { [`/1/keys/${KEY}`]: rights(['search']) }, MISSING, 'secured'],
    ['a server where every index answers', { [`/1/keys/${KEY}`]: rights(['search']) }, hits(1), 'inconclusive'],
    ['another server', {}, [200, { ok: true }], 'unidentified'],
    ['garbage', {}, [200, '\u0000'], 'unidentified'],
    ['half an answer', {}, [200, '{"acl":["search"'], 'unidentified'],
  ])('judges %s', async (_name, table, otherwise, verdict) => {
    expect((await ask(table, otherwise)).result).toMatchObject({ verdict, datasets: [] });
  });

  it('repeats no right that is a value', async () => {
    const { result } = await ask({ [`/1/keys/${KEY}`]: rights(['search', 'jane@example.org', 7, null]) });
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('asks nothing without a key, and never with another one', async () => {
    expect((await ask({}, MISSING, {})).result.verdict).toBe('inconclusive');
    const headers = { 'x-algolia-application-id': 'BLUEMARKET1', 'x-algolia-api-key': KEY };
    const may = (path: string, more: object = {}) =>
      algolia.allow.permitsRequest?.({ method: 'GET', path, headers, ...more }, SCOPE.identifiers);
    expect(may(`/1/keys/${KEY}`)).toBe(true);
    expect(may('/1/keys')).toBe(false);
    expect(may('/1/keys/other')).toBe(false);
    expect(may('/1/indexes', { headers: { ...headers, 'x-algolia-api-key': 'other' } })).toBe(false);
    expect(may('/1/indexes/users/browse')).toBe(false);
    expect(may('/1/indexes/users/query', { method: 'POST', body: '{}' })).toBe(false);
    expect(may('/1/indexes/users', { method: 'POST', body: '{}' })).toBe(false);
  });
});
