import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

const HEALTHY: Reply = [200, { message: 'API is healthy.', code: 200, data: {} }];

/** Answers as PocketBase does; `null` is a rule for superusers only. */
const base =
  (totals: Readonly<Record<string, number | null>>) =>
  (path: string): Reply => {
    if (path === '/api/health') return HEALTHY;
    const name = /^\/api\/collections\/(\w+)\/records\?perPage=1&fields=collectionName$/.exec(path)?.[1] ?? '';
    const total = Object.hasOwn(totals, name) ? totals[name] : undefined;
    if (total === undefined) return [404, { data: {}, message: 'Missing collection context.', status: 404 }];
    if (total === null) return [403, { data: {}, message: 'Only superusers can perform this action.', status: 403 }];
    return [
      200,
      { items: total > 0 ? [{ collectionName: name }] : [], page: 1, perPage: 1, totalItems: total, totalPages: total },
    ];
  };

describe('the PocketBase dialogue', () => {
  it('counts records, and people where they are accounts', async () => {
    const port = await serve(base({ users: 7, orders: 5, messages: 0, patients: 2 }));
    expect(await askPort(port, undefined, undefined, { datasets: ['patients'] })).toMatchObject({
      service: 'pocketbase',
      verdict: 'anonymous-read',
      documents: 14,
      datasets: [{ name: 'patients' }, { name: 'users', people: { count: 7, how: 'records' } }, { name: 'orders' }],
    });
  });

  it('is secured where rules lock or filter', async () => {
    const result = await askPort(await serve(base({ users: 0, orders: null })), 'pocketbase');
    expect(result).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(result.reason).toContain('of the 2 that exist');
  });

  it('never asks for a name that is no collection’s', async () => {
    const server = await httpServer(base({}));
    servers.push(server);
    await askPort(server.port, 'pocketbase', undefined, { datasets: ['../_superusers', 'a/b', 'jane@example.org'] });
    expect(server.asked.join()).not.toMatch(/superusers|jane|a\/b/);
  });

  it('believes no server that has every collection', async () => {
    const port = await serve((path) => (path === '/api/health' ? HEALTHY : [200, { items: [], totalItems: 3 }]));
    expect(await askPort(port, 'pocketbase')).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each<Reply>([
    [200, { message: 'OK' }],
    [200, '\0'],
    [200, { message: ['API is healthy.'] }],
  ])('is not found in %j', async (...reply) => {
    expect(await askPort(await serve(() => reply as unknown as Reply), 'pocketbase')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
