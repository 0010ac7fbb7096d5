/**
 * Managed services that cannot be had as servers, played by what their documentation and public threads show (the sources
 * stand in each service's `tested`): every byte that is sent is held against the second grammar.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { AskedScope } from '../../src/probe/testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../src/probe/testing/http-server.ts';
import { askWatched } from './harness/asked.ts';
import { GRAMMAR } from './harness/grammar.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const google = (code: number, status: string): Reply => [code, { error: { code, message: 'm', status } }];
const rows: Reply = [206, '', { server: 'postgrest/12.2.1', 'content-range': '0-0/3' }];
const noTable: Reply = [404, { code: 'PGRST205', message: 'm' }, { server: 'postgrest/12.2.1' }];
const KEY = 'sb_publishable_made-up';
const appwriteError: Reply = [404, { code: 404, type: 'collection_not_found', message: 'm', version: '1.6.1' }];
const appwrite = (version: string) => (path: string) => {
  if (path === '/v1/health/version') return [200, { version }] as const;
  return path.includes('/users/') ? ([200, { total: 3, documents: [{ $id: 'a' }] }] as const) : appwriteError;
};

const PLAYED: readonly [string, string, AskedScope, (path: string) => Reply | undefined][] = [
  [
    'firestore',
    'open collection',
    { identifiers: { projectId: 'bluemarket', databaseId: 'eu-1' }, datasets: ['users'] },
    (path) => {
      if (path.includes('runAggregationQuery')) {
        return [200, [{ result: { aggregateFields: { n: { integerValue: '3' } } } }]];
      }
      return path.includes('/eu-1/documents/users?')
        ? [200, { documents: [{ name: 'x' }] }]
        : google(403, 'PERMISSION_DENIED');
    },
  ],
  [
    'firebase-storage',
    'open folder',
    { identifiers: { projectId: 'bluemarket' }, datasets: ['avatars'] },
    (path) =>
      path.includes('prefix=') ? [200, { prefixes: [], items: [{ name: 'a' }] }] : google(403, 'PERMISSION_DENIED'),
  ],
  [
    'firebase-remote-config',
    'template with a secret',
    { identifiers: { projectId: 'bluemarket', appId: '1:2:web:3', apiKey: 'AIzaMadeUp' } },
    (path) =>
      path.includes('firebase:fetch')
        ? [200, { state: 'UPDATE', entries: { key: 'sk_live_made-up' } }]
        : google(404, 'NOT_FOUND'),
  ],
  ['supabase', 'PostgREST', { datasets: ['profiles'] }, (path) => (path.startsWith('/profiles') ? rows : noTable)],
  [
    'supabase',
    'gateway',
    { identifiers: { anonKey: KEY }, datasets: ['profiles'] },
    (path) => {
      if (path === '/') return [404, { message: 'no Route matched with those values' }, { server: 'kong/2.8.1' }];
      return path.startsWith('/rest/v1/profiles') ? rows : noTable;
    },
  ],
  ['appwrite', '1.6', { identifiers: { projectId: 'bluemarket' }, datasets: ['main/users'] }, appwrite('1.6.1')],
  ['appwrite', '1.4', { identifiers: { projectId: 'bluemarket' }, datasets: ['main/users'] }, appwrite('1.4.13')],
  [
    'algolia',
    'search key',
    { identifiers: { appId: 'BLUEMARKET1', searchKey: '0a0a0a0a' }, datasets: ['users'] },
    (path) => {
      if (path === '/1/keys/0a0a0a0a') return [200, { acl: ['search', 'listIndexes'] }];
      if (path === '/1/indexes') return [200, { items: [] }];
      return path.includes('/users/') ? [200, { nbHits: 3, hits: [] }] : [404, { status: 404, message: 'm' }];
    },
  ],
];

describe('managed services', () => {
  it.each(PLAYED)(
    '%s (%s) sends only what its grammar has, and finds the door open',
    async (service, _what, scope, answer) => {
      const server = await httpServer(answer);
      servers.push(server);
      const result = await askWatched(server.port, service, scope);
      expect(result).toMatchObject({ service, verdict: 'anonymous-read' });
      expect(server.asked.length).toBeGreaterThan(1);
      const sent = Object.values(scope.identifiers ?? {}).filter((value) => value.length > 20);
      for (const value of sent) expect(JSON.stringify(result)).not.toContain(value);
    },
  );

  it.each<[string, string]>([
    ['firestore', 'POST /v1/projects/bluemarket/databases/(default)/documents:commit HTTP/1.1\r\n\r\n'],
    ['firestore', 'GET /v1/projects/bluemarket/databases/(default)/documents/users HTTP/1.1\r\n\r\n'],
    ['firebase-storage', 'GET /v0/b/bluemarket.appspot.com/o/a.jpg?alt=media HTTP/1.1\r\n\r\n'],
    ['firebase-remote-config', 'PUT /v1/projects/bluemarket/remoteConfig HTTP/1.1\r\n\r\n'],
    ['gcs', 'GET /storage/v1/b/bucket/o/a.jpg?alt=media HTTP/1.1\r\n\r\n'],
    ['azure-blob', 'PUT /devstoreaccount1/avatars?restype=container HTTP/1.1\r\n\r\n'],
    ['supabase', 'GET /rest/v1/profiles?select=* HTTP/1.1\r\n\r\n'],
    ['supabase', 'POST /rest/v1/rpc/transfer HTTP/1.1\r\n\r\n'],
    ['appwrite', 'GET /v1/databases/main/collections/users/documents HTTP/1.1\r\n\r\n'],
    ['algolia', 'POST /1/indexes/users/browse HTTP/1.1\r\n\r\n'],
  ])('the grammar of %s has no place for %j', (service, bytes) => {
    expect(GRAMMAR[service]?.(Buffer.from(bytes, 'latin1'))).toBeDefined();
  });
});
