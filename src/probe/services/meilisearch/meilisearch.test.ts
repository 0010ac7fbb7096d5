/** The examples of https://www.meilisearch.com/docs/reference/api/stats, …/health, …/version, …/reference/errors/error_codes. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { httpServer } from '../../testing/http-server.ts';

const NO_KEY: Reply = [
  401,
  {
    message: 'The Authorization header is missing. It must use the bearer authorization method.',
    code: 'missing_authorization_header',
    type: 'auth',
  },
];
const WRONG_KEY: Reply = [403, { message: 'The provided API key is invalid.', code: 'invalid_api_key', type: 'auth' }];
const STATS = {
  databaseSize: 447_819_776,
  lastUpdate: '2019-11-15T11:15:22.092896Z',
  indexes: {
    movies: { numberOfDocuments: 19_654, isIndexing: false, fieldDistribution: { id: 19_654, overview: 19_654 } },
    'user-jane@example.org': { numberOfDocuments: 1, isIndexing: false, fieldDistribution: { 'a@example.org': 1 } },
  },
};

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function node(answer: (path: string, key: string | undefined) => Reply | undefined): Promise<TestHttpServer> {
  const server = await httpServer((path, request) => {
    const special = answer(path, request.headers.authorization);
    if (special !== undefined) return special;
    if (path === '/health') return [200, { status: 'available' }];
    if (path === '/') return [200, { status: 'Meilisearch is running' }];
    return undefined;
  });
  servers.push(server);
  return server;
}

const open = (path: string): Reply | undefined => {
  if (path === '/stats') return [200, STATS];
  if (path === '/version') return [200, { commitSha: 'b46889b5', commitDate: '2024-01-01', pkgVersion: '1.6.2' }];
  return path.startsWith('/indexes/movies/documents') ? [200, { results: [{ title: 'Canary' }], total: 1 }] : undefined;
};
const locked = (key: string | undefined): Reply => (key === undefined ? NO_KEY : WRONG_KEY);

describe('the Meilisearch dialogue', () => {
  it('calls a server without a master key open to writing, with names that are values as patterns', async () => {
    const { port } = await node(open);
    const result = await askPort(port);
    expect(result).toMatchObject({
      service: 'meilisearch',
      version: '1.6.2',
      verdict: 'anonymous-write',
      documents: 19_655,
      bytes: 447_819_776,
      datasets: [{ name: 'movies', documents: 19_654, fields: ['id', 'overview'] }, { name: '*' }],
    });
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('hands documents to the classifier only', async () => {
    const taken: unknown[] = [];
    const { port } = await node(open);
    const values = { most: 5, take: (...one: unknown[]) => void taken.push(one) };
    const result = await askPort(port, 'meilisearch', undefined, { values });
    expect(taken).toEqual([['movies', 'title', ['Canary']]]);
    expect(JSON.stringify(result)).not.toContain('Canary');
  });

  it('calls a server with a master key secured, and says that no key of the app was tried', async () => {
    const { port } = await node((path, key) => (path === '/health' || path === '/' ? undefined : locked(key)));
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'meilisearch', verdict: 'secured', datasets: [] });
    expect(result.notTested[0]).toContain('searchKey');
  });

  it('tries the app’s own search key, and finds what it searches', async () => {
    const { port } = await node((path, key) => {
      if (path === '/health') return undefined;
      const own = key === 'Bearer app-search-key';
      if (own && path === '/indexes/movies/search?q=&limit=0') return [200, { hits: [], estimatedTotalHits: 1_000 }];
      return own ? WRONG_KEY : locked(key);
    });
    const scope = { identifiers: { searchKey: 'app-search-key' }, datasets: ['movies', 'other'] };
    const result = await askPort(port, 'meilisearch', undefined, scope);
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'movies', documents: 1_000 }] });
    expect(JSON.stringify(result)).not.toContain('app-search-key');
  });

  it('tells a key that manages keys for what it is', async () => {
    const { port } = await node((path, key) => {
      if (path === '/health') return undefined;
      if (key !== 'Bearer app-key') return locked(key);
      return path === '/keys?limit=1' ? [200, { results: [{ key: 'canary-key' }] }] : open(path);
    });
    const result = await askPort(port, 'meilisearch', undefined, { identifiers: { searchKey: 'app-key' } });
    expect(result).toMatchObject({ verdict: 'anonymous-write', documents: 19_655 });
    expect(JSON.stringify(result)).not.toContain('canary-key');
  });

  it('believes nothing where everything is answered', async () => {
    const { port } = await node((path) => open(path) ?? (/^\/[a-z][0-9a-f]{15}$/.test(path) ? [200, {}] : undefined));
    expect(await askPort(port, 'meilisearch')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('is not taken for another service that is healthy, nor for broken answers', async () => {
    const other = await node((path) => (path === '/health' ? [200, { status: 'pass' }] : undefined));
    expect(await askPort(other.port, 'meilisearch')).toMatchObject({ verdict: 'unidentified' });
    const broken = await node((path) => (path === '/stats' ? [200, '{"indexes":{"a":'] : undefined));
    expect((await askPort(broken.port, 'meilisearch')).verdict).toMatch(/unidentified|inconclusive/);
  });
});
