import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { COUNT_ALL, countOne, etcdAllow, FIRST_KEYS } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const VERSION: Reply = [200, { etcdserver: '3.3.27', etcdcluster: '3.3.0' }];
const header = { cluster_id: '1', member_id: '2', revision: '4', raft_term: '2' };

async function ask(answer: (path: string) => Reply | undefined) {
  const server = await httpServer((path) => (path === '/version' ? VERSION : answer(path)));
  servers.push(server);
  return await askPort(server.port, 'etcd');
}

describe('the etcd dialogue', () => {
  it('finds the gateway of 3.3', async () => {
    const result = await ask((path) => (path === '/v3beta/kv/range' ? [200, { header }] : undefined));
    expect(result).toMatchObject({ service: 'etcd', verdict: 'anonymous-write', version: '3.3.27', documents: 0 });
  });

  it('believes nothing where the control request counts a key', async () => {
    const result = await ask((path) => (path === '/v3/kv/range' ? [200, { header, count: '3' }] : undefined));
    expect(result).toMatchObject({ verdict: 'inconclusive', datasets: [] });
    expect(await ask(() => [200, 'x'])).toMatchObject({ verdict: 'inconclusive' });
  });

  /** https://etcd.io/docs/v2.3/api/ and https://etcd.io/docs/v2.3/auth_api/ */
  it('asks v2 where there is no gateway', async () => {
    const v2 =
      (enabled: boolean, keys: Reply) =>
      (path: string): Reply | undefined => {
        if (path === '/v2/keys/') return keys;
        if (path === '/v2/auth/enable') return [200, { enabled }];
        return path.startsWith('/v2/keys/') ? [404, { errorCode: 100, message: 'Key not found', index: 1 }] : undefined;
      };
    const nodes = [
      { key: '/users', dir: true },
      { key: '/jane@example.org', value: 'planted' },
    ];
    const open = await ask(v2(false, [200, { action: 'get', node: { dir: true, nodes } }]));
    expect(open).toMatchObject({ verdict: 'anonymous-write', documents: 2 });
    expect(JSON.stringify(open)).not.toMatch(/jane|planted/);
    const refused = [401, { message: 'Insufficient credentials' }] as const;
    expect(await ask(v2(true, refused))).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('says so where only the version is told', async () => {
    expect(await ask(() => undefined)).toMatchObject({ verdict: 'metadata-only', datasets: [] });
  });
});

it('the etcd allow-list counts and names, and has no place for values or writing', () => {
  const permits = (body: string, path = '/v3/kv/range') => etcdAllow.permitsPost?.(path, body);
  for (const body of [COUNT_ALL, FIRST_KEYS, countOne('x3f9c1d27ab84e05')]) expect(permits(body)).toBe(true);
  for (const body of ['{"key":"AA==","range_end":"AA=="}', FIRST_KEYS.replace('5', '50'), '{"key":"Zm9v"}', '{}']) {
    expect(permits(body)).toBe(false);
  }
  for (const path of ['/v3/kv/put', '/v3/kv/deleterange', '/v3/maintenance/snapshot', '/v3/auth/enable']) {
    expect(permits('{}', path)).toBe(false);
  }
});
