import { afterEach, describe, expect, it } from 'vitest';
import { runControl } from '../../index.ts';
import { askPort, loopbackTarget } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { couchdbAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Shape {
  party?: boolean;
  names?: readonly string[];
  members?: object;
  change?: (path: string) => Reply | undefined;
}

async function node({ party = false, names = ['orders'], members = {}, change }: Shape = {}): Promise<number> {
  const server = await httpServer((path, request) => {
    const changed = change?.(path);
    if (changed !== undefined) return changed;
    if (path === '/')
      return [200, { couchdb: 'Welcome', version: '2.3.1', vendor: { name: 'The Apache Software Foundation' } }];
    if (path === '/_all_dbs') return [200, names];
    if (path === '/_session') {
      const owner = request.headers.authorization === `Basic ${Buffer.from('owner:made-up').toString('base64')}`;
      if (request.headers.authorization !== undefined && !owner) return [401, { error: 'unauthorized' }];
      return [
        200,
        {
          ok: true,
          userCtx: owner ? { name: 'owner', roles: ['_admin'] } : { name: null, roles: party ? ['_admin'] : [] },
        },
      ];
    }
    const [, name = '', rest] = path.split('/');
    if (!names.includes(decodeURIComponent(name))) return [404, { error: 'not_found', reason: 'no_db_file' }];
    return rest === '_security' ? [200, members] : [200, { db_name: name, doc_count: 12, sizes: { file: 3400 } }];
  });
  servers.push(server);
  return server.port;
}

describe('the CouchDB dialogue', () => {
  it('calls the admin party what it is', async () => {
    const result = await askPort(await node({ party: true, names: ['_users', 'orders'] }));
    expect(result).toMatchObject({
      service: 'couchdb',
      version: '2.3.1',
      verdict: 'anonymous-write',
      documents: 12,
      bytes: 3400,
      datasets: [{ name: 'orders', documents: 12, fields: [] }],
    });
    expect(result.reason).toContain('everybody is admin');
  });

  it('says that a database without members is open to writing', async () => {
    expect(await askPort(await node())).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('does not say so where members are set', async () => {
    const result = await askPort(await node({ members: { members: { roles: ['_admin'] } } }));
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 12 });
    expect(result.notTested).toContain('whether a stranger may write');
  });

  it('calls names without contents metadata only', async () => {
    const result = await askPort(
      await node({ change: (path) => (path === '/orders' ? [401, { error: 'unauthorized' }] : undefined) }),
    );
    expect(result).toMatchObject({ verdict: 'metadata-only', datasets: [{ name: 'orders', fields: [] }] });
  });

  it('calls a refused list of databases secured', async () => {
    const refused: Reply = [401, { error: 'unauthorized', reason: 'You are not a server admin.' }];
    expect(await askPort(await node({ change: (path) => (path === '/_all_dbs' ? refused : undefined) }))).toMatchObject(
      {
        service: 'couchdb',
        verdict: 'secured',
      },
    );
  });

  it('knows a server that requires a valid user by its refusal', async () => {
    const refused: Reply = [
      401,
      { error: 'unauthorized', reason: 'Authentication required.' },
      { server: 'CouchDB/3.3.3 (Erlang OTP/24)' },
    ];
    expect(await askPort(await node({ change: () => refused }))).toMatchObject({
      service: 'couchdb',
      verdict: 'secured',
    });
  });

  it('asks no more than its bound of databases and says so', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `db-${n}`);
    const result = await askPort(await node({ names, party: true }));
    expect(result.datasets).toHaveLength(50);
    expect(result.notTested).toContain('10 further databases');
  });

  it('believes nothing where the control request succeeds', async () => {
    const result = await askPort(
      await node({ change: (path) => (/^\/[a-z][0-9a-f]{15}$/.test(path) ? [200, {}] : undefined) }),
    );
    expect(result).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('asks for a database whose name has a slash by its encoded name', async () => {
    expect(await askPort(await node({ names: ['shop/orders+1'] }))).toMatchObject({
      verdict: 'anonymous-write',
      documents: 12,
    });
  });

  it('lets the owner in, and nobody else', async () => {
    const [port, target] = [await node(), await loopbackTarget()];
    const owner = { username: 'owner', password: 'made-up' };
    expect(await runControl(target, 'couchdb', port, owner)).toMatchObject({ ok: true, address: '127.0.0.1' });
    expect(await runControl(target, 'couchdb', port, { ...owner, password: 'wrong' })).toMatchObject({ ok: false });
  });

  it.each([
    '/_users',
    '/_users/_all_docs',
    '/orders/_all_docs',
    '/orders/_changes',
    '/_config',
    '/orders/x',
    '/_utils',
    '/ORDERS',
  ])('has no place for %s', (path) => {
    expect(couchdbAllow.permitsHttp('GET', path)).toBe(false);
  });
});
